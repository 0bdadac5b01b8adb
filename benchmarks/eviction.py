"""What stays in a cache that is too small: hit ratios of the gateway's store beside plain LRU and LFU.

    python -m benchmarks.eviction

A trace of reads with Zipf popularity over whole lists, pages and members of a busy account; 2 % of the events are
writes, each drops a list. In the second trace exports run as well: they read thousands of pages in order, some of them
never again; in the third the tools turn to other rows at noon. The bound is a part of what the trace touches. Bytes and
lists stand beside the plain ratio because a policy can buy hits on small members with the lists that answer for them.
The same numbers on every run and machine.
"""

from __future__ import annotations

import random
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from cachetools import Cache, LFUCache, LRUCache

from gateway.adapters.memory import MemoryEntries
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey

EVENTS = 200_000
PARTS = (0.01, 0.03, 0.06, 0.12, 0.25)
_BODIES = {size: bytes(size) for size in (*range(1_000, 16_001, 500), *range(20_000, 600_001, 20_000))}


@dataclass(frozen=True, slots=True)
class Event:
    """A read of an entry, or a write that drops it."""

    entry: Entry
    write: bool = False


class Store(Protocol):
    """What a policy must be able to do here."""

    def peek(self, key: CacheKey) -> object | None: ...

    def keep(self, entry: Entry) -> object: ...

    def discard(self, selector: Selector) -> object: ...


class Plain:
    """One of cachetools' policies as it is."""

    def __init__(self, cache: Cache[CacheKey, Entry]) -> None:
        self._cache = cache

    def peek(self, key: CacheKey) -> object | None:
        return self._cache.get(key)

    def keep(self, entry: Entry) -> None:
        self._cache[entry.key] = entry

    def discard(self, selector: Selector) -> None:
        if selector.key is not None:
            self._cache.pop(selector.key, None)


def _weight(entry: Entry) -> int:
    return entry.weight


POLICIES: dict[str, Callable[[int], Store]] = {
    "plain LRU": lambda bound: Plain(LRUCache(bound, getsizeof=_weight)),
    "LFU": lambda bound: Plain(LFUCache(bound, getsizeof=_weight)),
    "the gateway's": MemoryEntries[object],
}


def entries(kind: str, number: int, size: Callable[[], float]) -> list[Entry]:
    """Make entries of one kind; the body is the largest of the steps that fits."""
    steps = sorted(_BODIES)
    return [
        Entry(
            CacheKey(f"{kind}{index}"),
            AccountName("acme"),
            kind,
            f"/{kind}/{index}/",
            Response(200, body=_BODIES[steps[max(bisect_left(steps, size()) - 1, 0)]]),
            *(0.0, 0.0, 0.0, 60.0),
        )
        for index in range(number)
    ]


def zipf(chance: random.Random, rows: Sequence[Entry], skew: float) -> Callable[[], Entry]:
    """Draw entries, the first most often."""
    weights = list(accumulate(1 / (rank + 1) ** skew for rank in range(len(rows))))
    return lambda: rows[bisect_left(weights, chance.random() * weights[-1])]


def trace(*, exports_each: int | None, turn: int = EVENTS) -> list[Event]:
    """One day. `exports_each`: reads of the tools for one export; `turn`: the event at which the favourites change."""
    chance = random.Random(1)
    lists = entries("list", 120, lambda: chance.lognormvariate(11, 1))
    members = entries("member", 30_000, lambda: chance.uniform(1_500, 3_000))
    pages = entries("page", 6_000, lambda: chance.uniform(8_000, 15_000))
    once = iter(entries("once", 100_000, lambda: chance.uniform(8_000, 15_000)))
    kinds = ((lists, 0.9), (members, 0.9), (pages, 0.8))
    favourites = [zipf(chance, rows, skew) for rows, skew in kinds]
    events: list[Event] = []
    export: Iterator[Entry] = iter(())
    while len(events) < EVENTS:
        if exports_each and (exported := next(export, None) if chance.random() < 0.7 else None):
            events.append(Event(exported))
            continue
        if exports_each and chance.random() < 1 / exports_each:
            export = _export(chance, pages, once)
        if len(events) >= turn:
            turn, favourites = EVENTS, [zipf(chance, rows[::-1], skew) for rows, skew in kinds]
        draw = chance.choices(favourites, (45, 35, 20))[0]
        events.append(Event(favourites[0](), write=True) if chance.random() < 0.02 else Event(draw()))
    return events


def _export(chance: random.Random, pages: Sequence[Entry], once: Iterator[Entry]) -> Iterator[Entry]:
    if chance.random() < 0.5:
        first = chance.randrange(len(pages) - 2_000)
        return iter(pages[first : first + 2_000])
    return (entry for entry, _ in zip(once, range(3_000), strict=False))


def replay(events: Iterable[Event], store: Store) -> tuple[float, float, float]:
    """The part of the reads, of their bytes, and of the reads of lists that the store answered."""
    sums = {"": [0, 0], "bytes": [0, 0], "list": [0, 0]}
    for event in events:
        entry = event.entry
        if event.write:
            store.discard(Selector(key=entry.key))
            continue
        hit = store.peek(entry.key) is not None
        for name, worth in (("", 1), ("bytes", entry.weight), ("list", int(entry.resource == "list"))):
            sums[name][0] += worth * hit
            sums[name][1] += worth
        if not hit:
            store.keep(entry)
    reads, size, lists = (hits / max(total, 1) for hits, total in sums.values())
    return reads, size, lists


def main() -> None:
    traces = {
        "tools only": trace(exports_each=None),
        "tools and exports": trace(exports_each=6_000),
        "tools that turn to other rows, and exports": trace(exports_each=6_000, turn=EVENTS // 2),
    }
    for title, events in traces.items():
        touched = sum(entry.weight for entry in {event.entry.key: event.entry for event in events}.values())
        sys.stdout.write(f"\n{title}: {len(events):,} events touch {touched / 2**20:.0f} MiB\n")
        sys.stdout.write(f"{'bound':>9}  {'policy':<14} {'hits':>7} {'bytes':>7} {'lists':>7}\n")
        for part in PARTS:
            for name, make in POLICIES.items():
                ratios = "".join(f" {ratio:7.2%}" for ratio in replay(events, make(int(touched * part))))
                sys.stdout.write(f"{touched * part / 2**20:5.1f} MiB  {name:<14}{ratios}\n")


if __name__ == "__main__":
    main()
