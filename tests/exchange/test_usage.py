"""Counts reach the store every few seconds, on their own day, once; also when it is away or the caller leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.exchange.background import Background
from gateway.exchange.usage import EVERY, Recorder
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.usage import Counts, Heading, Names, Row, Usage
from gateway.policy.trace import Trace
from gateway.ports import UsageAway

HEADING = Heading("acme", "tool", "client", "GET")
TRACE = Trace("id", "parent", AppName("tool"), AccountName("acme"), "GET", "client", status=200)
EVENING = 20_000 * 86_400.0 - 7.0  # 2024-10-03
START = 1_000.0  # of the virtual clock


@dataclass
class Store:
    """A store that is slow, and away while it is told to be."""

    added: list[tuple[str, int]] = field(default_factory=list)
    away: bool = False
    takes: float = 0.0

    async def add(self, day: str, counts: Mapping[Heading, Counts]) -> None:
        await asyncio.sleep(self.takes)
        if self.away:
            raise UsageAway("the disk is full")
        self.added += [(day, it.received) for it in counts.values()]

    async def read(self, since: str) -> Sequence[Row]:
        if self.away:
            raise UsageAway("the disk is full")
        return [Row(day, HEADING, Counts(received=n)) for day, n in self.added if day >= since]


class Place:
    """A recorder before a store, seven seconds before midnight."""

    def __init__(self) -> None:
        names = Names(*(frozenset({name}) for name in HEADING))
        self.store, self.told = Store(), list[str]()
        self.background = Background(lambda name, error: self.told.append(f"{name} died of {error!r}"))
        self.counted = Usage(names)
        self.recorder = Recorder(
            self.counted, self.store, clock=self.clock, spawn=self.background.spawn, tell=self.tell
        )

    def clock(self) -> float:
        return EVENING + asyncio.get_running_loop().time() - START

    def tell(self, name: str, /, *, level: str = "info", **fields: Any) -> None:
        self.told.append(f"{name} ({level}): {fields['detail']}")


async def test_counts_are_added_every_few_seconds_and_before_the_day_changes() -> None:
    place = Place()
    running = place.background.spawn(place.recorder.run(), "usage")
    for moment in (1, EVERY + 1, 8):
        await asyncio.sleep(START + moment - asyncio.get_running_loop().time())
        place.counted.add(TRACE)
    await asyncio.sleep(EVERY)
    running.cancel()
    assert place.store.added == [("2024-10-03", 1), ("2024-10-03", 1), ("2024-10-04", 1)]
    await place.background.drain(1)
    assert place.told == []


async def test_nothing_is_written_where_nothing_happened() -> None:
    place = Place()
    await place.recorder.flush()
    assert place.store.added == []


async def test_a_store_that_is_away_gets_the_counts_later_and_is_told_of_once() -> None:
    place = Place()
    place.store.away = True
    for _ in range(3):
        place.counted.add(TRACE)
        await place.recorder.flush()
    place.store.away = False
    await place.recorder.flush()
    assert place.store.added == [("2024-10-03", 3)]
    assert place.told == ["usage_unwritten (error): the disk is full"]


async def test_who_leaves_while_it_is_written_changes_nothing() -> None:
    place = Place()
    place.store.takes = 1.0
    place.counted.add(TRACE)
    flushing = place.background.spawn(place.recorder.flush(), "leaving")
    await asyncio.sleep(0.5)
    flushing.cancel()
    place.counted.add(TRACE)
    await place.recorder.flush()
    assert place.store.added == [("2024-10-03", 1), ("2024-10-03", 1)]


async def test_a_question_counts_up_to_this_moment() -> None:
    place = Place()
    place.counted.add(TRACE)
    assert await place.recorder.read(7) == ("2024-09-27", [Row("2024-10-03", HEADING, Counts(received=1))])
