"""A ledger in memory that can be slow, lose races and be away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from gateway.ports import LedgerAway, Reading


class FakeLedger:
    """Keeps states as a dictionary. `clock` is its own time in epoch seconds, `latency` of each call in seconds.

    `answers_after`: seconds that the answer to a read takes on top, after the clock was read.
    """

    def __init__(self, clock: Callable[[], float], *, latency: float = 0.0) -> None:
        self.states: dict[str, str] = {}
        self.away = False
        self.answers_after = 0.0
        self.races_to_lose = 0
        self.reads = 0
        self.swaps = 0
        self._clock = clock
        self._latency = latency

    async def read(self, budgets: Sequence[str]) -> Reading:
        await self._travel()
        self.reads += 1
        now = self._clock()
        reading = Reading(tuple(self.states.get(budget) for budget in budgets), now)
        await self._travel()
        if self.answers_after:
            await asyncio.sleep(self.answers_after)
        return reading

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        await self._travel()
        self.swaps += 1
        if self.races_to_lose:
            self.races_to_lose -= 1
            return False
        swapped = [self.states.get(budget) for budget in budgets] == list(before)
        if swapped:
            self.states.update(zip(budgets, after, strict=True))
        await self._travel()
        return swapped

    async def _travel(self) -> None:
        if self.away:
            raise LedgerAway("the fake ledger is away")
        if self._latency:
            await asyncio.sleep(self._latency / 2)
