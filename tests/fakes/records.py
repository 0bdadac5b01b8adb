"""Records in memory that can be slow and away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from typing_extensions import override

from gateway.adapters.memory import MemoryRecords
from gateway.policy.records import Edit
from gateway.ports import RecordsAway


class FakeRecords(MemoryRecords):
    """`latency` is of each swap in seconds; `swaps` counts those that were asked for.

    `away` refuses everything, `half_done` makes the next swaps and then says that they failed.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.away = False
        self.half_done = 0
        self.latency = 0.0
        self.swaps = 0

    @override
    async def now(self) -> float:
        self._reached()
        return await super().now()

    @override
    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        self._reached()
        return await super().read(kind, keys)

    @override
    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        self._reached()
        return await super().scan(kind, after=after, most=most)

    @override
    async def swap(self, edits: Sequence[Edit]) -> bool:
        self._reached()
        self.swaps += 1
        await asyncio.sleep(self.latency)
        made = await super().swap(edits)
        if self.half_done:
            self.half_done -= 1
            raise RecordsAway("the connection broke")
        return made

    def _reached(self) -> None:
        if self.away:
            raise RecordsAway("the fake records are away")
