"""How often an address may ask, and an account on one day.

An address may send `limit` requests in any window (t - period, t], counted by exact stamps. One more is an overrun:
it is refused, and so is everything from the address for `suspension` seconds, twice as long after each further
overrun. A day without overrun forgets the earlier ones.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from gateway.simulator.clock import Clock
from gateway.simulator.errors import Refused
from gateway.simulator.options import Options

_FORGET = 86400.0


@dataclass(slots=True)
class _Address:
    stamps: deque[float] = field(default_factory=deque)
    overruns: int = 0
    last_overrun: float = 0.0
    suspended_until: float = 0.0


class AddressLimit:
    """The minute: one window per client address."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._addresses: dict[str, _Address] = {}

    def admit(self, address: str, now: float) -> None:
        """Count a request that arrived at `now`. Raises Refused 12 if it is too much."""
        options = self._options
        if options.limit <= 0:
            return
        seen = self._addresses.setdefault(address, _Address())
        while seen.stamps and seen.stamps[0] <= now - options.period:
            seen.stamps.popleft()
        suspended = now < seen.suspended_until
        full = len(seen.stamps) >= options.limit
        if options.count_refused or not (suspended or full):
            seen.stamps.append(now)
        if full and not suspended:
            self._overrun(seen, now)
        if full or suspended:
            raise Refused(12)

    def _overrun(self, seen: _Address, now: float) -> None:
        if now - seen.last_overrun > _FORGET:
            seen.overruns = 0
        seen.overruns += 1
        seen.last_overrun = now
        seen.suspended_until = now + self._options.suspension * 2 ** (seen.overruns - 1)

    def suspended(self, now: float) -> dict[str, float]:
        """Addresses shut out at the moment, with the seconds that are left."""
        return {
            name: seen.suspended_until - now for name, seen in self._addresses.items() if seen.suspended_until > now
        }


class DayLimit:
    """The day: one counter per account, renewed at 00:00 GMT of the simulated calendar."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day = clock.day_number()
        self._used: Counter[str] = Counter()

    def take(self, account: str, per_day: int) -> None:
        """Count one request. Raises Refused 11, and counts nothing, when the day is spent; `per_day` 0 is no limit."""
        if 0 < per_day <= self.used(account):
            raise Refused(11)
        self._used[account] += 1

    def used(self, account: str) -> int:
        """Requests counted so far today."""
        self._turn_page()
        return self._used[account]

    def spend(self, account: str, requests: int) -> None:
        """Count requests that somebody else made under the same account."""
        self._turn_page()
        self._used[account] += requests

    def _turn_page(self) -> None:
        day = self._clock.day_number()
        if day != self._day:
            self._day = day
            self._used.clear()
