"""Spent quota in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from gateway.ports import Reading


class MemoryLedger:
    """A `Ledger` that ends with the process; what was spent before is then unknown.

    Unless a clock is given its time is the wall clock's at the start plus the seconds since, suspension included where
    the system counts it: steps of the wall clock do not move it.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        uptime = partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
        started = time.time() - uptime()
        self._clock = clock or (lambda: started + uptime())
        self._states: dict[str, str] = {}

    async def read(self, budgets: Sequence[str]) -> Reading:
        return Reading(tuple(self._states.get(budget) for budget in budgets), self._clock())

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        if any(self._states.get(budget) != state for budget, state in zip(budgets, before, strict=True)):
            return False
        self._states.update(zip(budgets, after, strict=True))
        return True
