"""Counts what waits in the outbox and what is dead, for gauges and lists, and has the dead forgotten in time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from gateway.exchange.pages import pages
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import DEAD, WAITING
from gateway.ports import Records, RecordsAway

EVERY = 5.0
"""Seconds between two counts of little."""

_COUNTED = 100.0
"""Records that a second of rest is due for: a long list is counted seldom."""


class Outstanding:
    """The latest count."""

    def __init__(self, records: Records, *, prune: Callable[[], Awaitable[None]]) -> None:
        self._records = records
        self._prune = prune
        self.waiting: Mapping[str, int] = {}
        self.dead = 0
        self.oldest: float | None = None

    async def run(self) -> None:
        """Count now and then, until cancelled. While the store is away the latest count stands."""
        while True:
            counted = 0
            try:
                await self._prune()
                counted = await self.count()
            except RecordsAway:
                pass  # the deliverer has told
            await asyncio.sleep(EVERY + counted / _COUNTED)

    async def count(self) -> int:
        """Count all, and tell how many records that were."""
        waiting: Counter[str] = Counter()
        moments: list[float] = []
        async for rows in pages(self._records, WAITING):
            waiting.update(delivery.lane_of(key) for key, _ in rows)
            moments.append(min(delivery.happened_at(key) for key, _ in rows))
        dead = 0
        async for rows in pages(self._records, DEAD):
            dead += len(rows)
        self.waiting, self.dead, self.oldest = dict(waiting), dead, min(moments, default=None)
        return waiting.total() + dead
