"""Entries and spent quota in this process: fast, bounded by bytes, gone with the process.

The base class is the store interface of aiohttp-cache; its dict without a bound and its sweep by the wall clock are
replaced, because an entry carries its own times and a cache of answers must not grow without end.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Generic

from aiohttp_cache.backends import MemoryCache
from typing_extensions import override

from gateway.policy.entry import Entry, Selector
from gateway.policy.held import Held, Rendition
from gateway.policy.names import AccountName, CacheKey
from gateway.ports import Reading

LARGEST_PART = 4
"""An entry heavier than the bound divided by this is not kept: it would cost too many others."""


class Eviction(StrEnum):
    """Why an entry left; the closed set of a metric's label."""

    SIZE = "size"
    REPLACED = "replaced"
    DROPPED = "dropped"


class MemoryEntries(MemoryCache, Generic[Rendition]):
    """An `EntryStore` of at most `max_bytes`, the least recently used out first. Belongs to one event loop.

    A hit needs no await: `peek`. `bytes` is what the entries and their renditions weigh now.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.bytes = 0
        self.evictions: dict[Eviction, int] = dict.fromkeys(Eviction, 0)
        self._max_bytes = max_bytes
        self._held: OrderedDict[CacheKey, Held[Rendition]] = OrderedDict()
        self._keys: dict[AccountName, dict[str, set[CacheKey]]] = {}

    @property
    def entries(self) -> int:
        return len(self._held)

    def peek(self, key: CacheKey) -> Held[Rendition] | None:
        """Look up and count as used, at once."""
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def keep(self, entry: Entry) -> Held[Rendition] | None:
        """Store at once, in place of what was under the key. None: too heavy, and nothing is under the key now."""
        replaced = self._held.get(entry.key)
        if replaced is not None:
            self._remove(replaced, Eviction.REPLACED)
        held = Held[Rendition](entry, entry.weight)
        if held.weight > self._max_bytes // LARGEST_PART:
            self.evictions[Eviction.SIZE] += 1
            return None
        self._held[entry.key] = held
        self._keys.setdefault(entry.account, {}).setdefault(entry.resource, set()).add(entry.key)
        self.bytes += held.weight
        self._shrink()
        return held

    def grew(self, held: Held[Rendition], by: int) -> None:
        """Count `by` more bytes of renditions. A record grown too heavy keeps its entry and loses its renditions."""
        if self._held.get(held.entry.key) is not held:
            return
        grown = held.weight + by
        if grown > self._max_bytes // LARGEST_PART:
            held.renditions.clear()
            grown = held.entry.weight
        self.bytes += grown - held.weight
        held.weight = grown
        self._shrink()

    def discard(self, selector: Selector) -> int:
        """Drop what the selector covers, at once; looks only at the accounts and resources that it names."""
        covered = [held for key in self._candidates(selector) if selector.covers((held := self._held[key]).entry)]
        for held in covered:
            self._remove(held, Eviction.DROPPED)
        return len(covered)

    async def load(self, key: CacheKey) -> Entry | None:
        held = self.peek(key)
        return None if held is None else held.entry

    async def store(self, entry: Entry) -> None:
        self.keep(entry)

    async def drop(self, selector: Selector) -> int:
        return self.discard(selector)

    @override
    async def get(self, key: str) -> Any:
        return await self.load(CacheKey(key))

    @override
    async def set(self, key: str, value: object, expires: int = 0) -> None:
        if not isinstance(value, Entry) or value.key != key:
            raise TypeError("only an Entry is kept, under its own key")
        await self.store(value)

    @override
    async def has(self, key: str) -> bool:
        return CacheKey(key) in self._held

    @override
    async def delete(self, key: str) -> None:
        self.discard(Selector(key=CacheKey(key)))

    @override
    async def clear(self) -> None:
        self.discard(Selector())

    def _candidates(self, selector: Selector) -> Iterator[CacheKey]:
        if selector.key is not None:
            return iter([selector.key] if selector.key in self._held else [])
        accounts = list(self._keys) if selector.account is None else [selector.account]
        return (
            key
            for account in accounts
            for resource, keys in self._keys.get(account, {}).items()
            if selector.resources is None or resource in selector.resources
            for key in keys
        )

    def _shrink(self) -> None:
        while self.bytes > self._max_bytes:
            self._remove(next(iter(self._held.values())), Eviction.SIZE)

    def _remove(self, held: Held[Rendition], reason: Eviction) -> None:
        entry = held.entry
        del self._held[entry.key]
        self.bytes -= held.weight
        self.evictions[reason] += 1
        resources = self._keys[entry.account]
        resources[entry.resource].discard(entry.key)
        if not resources[entry.resource]:
            del resources[entry.resource]


class MemoryLedger:
    """A `Ledger` that ends with the process; what was spent before is then unknown.

    Unless a clock is given its time is the wall clock's at the start plus the seconds since, suspension included where
    the system counts it: steps of the wall clock do not move it.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        uptime = partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
        started = time.time() - uptime()
        self._clock = clock or (lambda: started + uptime())
        self._states: dict[str, str] = {}

    async def read(self, budgets: Sequence[str]) -> Reading:
        return Reading(tuple(self._states.get(budget) for budget in budgets), self._clock())

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        if any(self._states.get(budget) != state for budget, state in zip(budgets, before, strict=True)):
            return False
        self._states.update(zip(budgets, after, strict=True))
        return True
