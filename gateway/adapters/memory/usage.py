"""Daily totals in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.policy.quota.usage import Counts, Heading, Row, oldest_kept


class MemoryUsage:
    """A `UsageStore` that ends with the process."""

    def __init__(self) -> None:
        self._days: dict[str, dict[Heading, Counts]] = {}

    async def add(self, day: str, counts: Mapping[Heading, Counts]) -> None:
        headings = self._days.setdefault(day, {})
        for heading, more in counts.items():
            headings.setdefault(heading, Counts()).add(more)
        oldest = oldest_kept(day)
        self._days = {kept: headings for kept, headings in self._days.items() if kept >= oldest}

    async def read(self, since: str) -> Sequence[Row]:
        days = sorted(day for day in self._days if day >= since)
        return [Row(day, heading, replace(counts)) for day in days for heading, counts in self._days[day].items()]
