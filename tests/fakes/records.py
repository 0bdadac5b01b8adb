"""Records in memory that can be away, and can be as the journeys of a gateway that was killed leave them."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from gateway.adapters.memory import MemoryRecords
from gateway.policy.records import Edit
from gateway.ports import RecordsAway


class FakeRecords(MemoryRecords):
    """`Records` with a clock of their own; `away` makes every call fail, `swaps` counts those that were made."""

    away = False
    swaps = 0

    @override
    async def now(self) -> float:
        self._check()
        return await super().now()

    @override
    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        self._check()
        return await super().read(kind, keys)

    @override
    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        self._check()
        return await super().scan(kind, after=after, most=most)

    @override
    async def swap(self, edits: Sequence[Edit]) -> bool:
        self._check()
        self.swaps += 1
        return await super().swap(edits)

    def _check(self) -> None:
        if self.away:
            raise RecordsAway("the fake records are away")
