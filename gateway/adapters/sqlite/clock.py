"""The ledger's own time: epoch seconds that steps of the wall clock cannot make run faster, also across restarts.

A window is only safe if the ledger's seconds are never shorter than real ones, and the account's day only if they
agree with the wall clock. One rule serves both. Time starts from the mark that the last swap stored (boot id, seconds
since boot, epoch) and moves with the seconds since boot, which go on through restarts of the process and suspension:

* in step with the wall clock: one second a second;
* ahead of it (the wall clock was set back): half speed until they agree, so windows only get longer;
* behind it (the wall clock was set forward): still one second a second, so the day changes late rather than early,
  until nothing was swapped for `quiet` seconds: then no stamp matters any more and time jumps to the wall clock.

After a reboot the seconds between are unknown: time is the wall clock's, but not before the mark. A mark more than a
day ahead of the wall clock comes from a clock that was wrong, and is not followed by a process that starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment in both times: `uptime` seconds after the boot named `boot`, it was `epoch`."""

    boot: str
    uptime: float
    epoch: float


def reckon(mark: Mark, *, uptime: float, wall: float, quiet: bool) -> float:
    """The epoch seconds at `uptime` of the mark's own boot, by the rule above."""
    passed = max(0.0, uptime - mark.uptime)
    behind = wall - mark.epoch
    return mark.epoch + max(passed / 2, behind if quiet else min(passed, behind))


def boot_id() -> str:
    """Name this boot of the machine; where the kernel has no name for it every process start counts as a boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"process {time.time_ns()}"


def seconds_since_boot() -> Callable[[], float]:
    """A clock that no one can set; it counts suspension where the system offers that."""
    return partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic


class LedgerClock:
    """Reads the clocks and follows the rule; never goes back within a process. Any thread may read it.

    `quiet`: seconds without a swap after which no stamp can matter; longer than any sliding window plus its time-out.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        uptime: Callable[[], float] | None = None,
        boot: str | None = None,
        quiet: float = 600.0,
    ) -> None:
        self._wall = wall
        self._uptime = uptime or seconds_since_boot()
        self._boot = boot or boot_id()
        self._quiet = quiet
        self._begun = self._uptime()
        self._last: Mark | None = None
        self._lock = Lock()

    def read(self, stored: Mark | None) -> Mark:
        """The time now, to be stored with the next swap. `stored` is the mark of the last swap by anyone."""
        with self._lock:
            self._last = self._next(stored, self._uptime(), self._wall())
            return self._last

    def _next(self, stored: Mark | None, uptime: float, wall: float) -> Mark:
        last = self._last
        if stored is not None and stored.epoch - max(wall, last.epoch if last else wall) > DAY:
            stored = None
        if stored is not None and stored.boot != self._boot:
            stored = Mark(self._boot, uptime, max(wall, stored.epoch)) if last is None else None
        known = max(filter(None, (stored, last)), key=lambda mark: mark.uptime, default=Mark(self._boot, uptime, wall))
        quiet = uptime - (stored.uptime if stored is not None else self._begun) >= self._quiet
        epoch = reckon(known, uptime=uptime, wall=wall, quiet=quiet)
        return Mark(self._boot, uptime, max(epoch, last.epoch if last else 0.0))
