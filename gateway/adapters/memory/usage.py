"""Daily totals in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.policy.quota.usage import Counts, Line, Row, oldest_kept


class MemoryUsage:
    """A `UsageStore` that ends with the process."""

    def __init__(self) -> None:
        self._days: dict[str, dict[Line, Counts]] = {}

    async def add(self, day: str, counts: Mapping[Line, Counts]) -> None:
        lines = self._days.setdefault(day, {})
        for line, more in counts.items():
            lines.setdefault(line, Counts()).add(more)
        oldest = oldest_kept(day)
        self._days = {kept: lines for kept, lines in self._days.items() if kept >= oldest}

    async def read(self, since: str) -> Sequence[Row]:
        days = sorted(day for day in self._days if day >= since)
        return [Row(day, line, replace(counts)) for day in days for line, counts in self._days[day].items()]
