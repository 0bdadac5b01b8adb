"""Usage on its way to the store: what was counted is added to the day's totals every few seconds and at the stop.

A crash loses at most what was counted since. Nothing is counted twice: what was taken is either added, as a whole, or
counted again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.exchange.background import Spawn
from gateway.policy.quota import usage
from gateway.policy.quota.usage import Row, Usage
from gateway.ports import Clock, Tell, UsageAway, UsageStore

EVERY = 5.0
"""Seconds between two additions; the most that a crash loses."""


class Recorder:
    """Brings counts to the store. `clock` decides which day they belong to."""

    def __init__(self, counted: Usage, store: UsageStore, *, clock: Clock, spawn: Spawn, tell: Tell) -> None:
        self.counted = counted
        self._store = store
        self._clock = clock
        self._spawn = spawn
        self._tell = tell
        self._turn = asyncio.Lock()
        self._day = usage.day_of(clock())
        self._away = False

    async def run(self) -> None:
        """Add what was counted every few seconds, and when a day ends, until cancelled."""
        while True:
            await asyncio.sleep(min(EVERY, usage.until_midnight(self._clock())))
            await self.flush()

    async def flush(self) -> None:
        """Add what was counted so far. What is begun is finished also if the caller is cancelled."""
        await asyncio.shield(self._spawn(self._flush(), "usage"))

    async def read(self, days: int) -> tuple[str, Sequence[Row]]:
        """The first of the last days, and their totals up to this moment. Raises `UsageAway`."""
        await self.flush()
        since = usage.first_of(days, usage.day_of(self._clock()))
        return since, await self._store.read(since)

    async def _flush(self) -> None:
        async with self._turn:
            day, self._day = self._day, usage.day_of(self._clock())
            counts = self.counted.take()
            if not counts:
                return
            try:
                await self._store.add(day, counts)
            except UsageAway as away:
                self.counted.give_back(counts)
                if not self._away:
                    self._tell("usage_unwritten", level="error", detail=str(away))
                self._away = True
            else:
                self._away = False
