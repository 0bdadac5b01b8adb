"""A lane is worked by one replica at a time; when that dies, another takes the lane over a few seconds later."""

from __future__ import annotations

import json

from gateway.policy.records import Edit
from gateway.ports import Records

KIND = "delivery_lane"

HELD = 6.0
"""Seconds a lane is held without a sign of life."""

KEPT_EVERY = 2.0
"""Seconds after which a sign of life is due."""


class Lease:
    """The right to work one lane. `holder` is this gateway's own name, different for each that runs."""

    def __init__(self, records: Records, lane: str, *, holder: str) -> None:
        self._records = records
        self._lane = lane
        self._holder = holder
        self._written: str | None = None

    async def take(self) -> float:
        """Take it, and tell 0; or for how many seconds another holds it."""
        [record] = await self._records.read(KIND, [self._lane])
        now = await self._records.now()
        left = _until(record) - now
        if left > 0:
            return min(left, HELD)
        return 0.0 if await self._write(record, now + HELD) else HELD

    async def keep(self) -> bool:
        """Give a sign of life; tells False where another has taken it over."""
        return self._written is not None and await self._write(self._written, await self._records.now() + HELD)

    async def release(self) -> None:
        """Give it back; what another has taken over stays."""
        if self._written is not None:
            await self._records.swap([Edit(KIND, self._lane, self._written, None)])
            self._written = None

    async def _write(self, before: str | None, until: float) -> bool:
        after = json.dumps([self._holder, until])
        swapped = await self._records.swap([Edit(KIND, self._lane, before, after)])
        self._written = after if swapped else None
        return swapped


def _until(record: str | None) -> float:
    try:
        _, until = json.loads(record or "[null,0]")
        return float(until)
    except (TypeError, ValueError):
        return 0.0
