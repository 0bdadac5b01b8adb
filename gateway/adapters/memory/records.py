"""Records in this process."""

from __future__ import annotations

import time
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Sequence

from gateway.policy.records import Edit


class MemoryRecords:
    """`Records` that end with the process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kinds: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._order: defaultdict[str, list[str]] = defaultdict(list)

    async def now(self) -> float:
        return self._clock()

    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        return [self._kinds[kind].get(key) for key in keys]

    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        order = self._order[kind]
        first = bisect_right(order, after)
        return [(key, self._kinds[kind][key]) for key in order[first : first + most]]

    async def swap(self, edits: Sequence[Edit]) -> bool:
        if any(self._kinds[edit.kind].get(edit.key) != edit.before for edit in edits):
            return False
        for edit in edits:
            self._write(edit)
        return True

    def _write(self, edit: Edit) -> None:
        records, order = self._kinds[edit.kind], self._order[edit.kind]
        if edit.after is None:
            if records.pop(edit.key, None) is not None:
                del order[bisect_right(order, edit.key) - 1]
            return
        if edit.key not in records:
            insort(order, edit.key)
        records[edit.key] = edit.after
