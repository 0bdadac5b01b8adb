"""When an account is closed, for how long, and when one request may look whether it is open again.

The upstream closes accounts for reasons of its own (`policy/outcome.py`). Where the state can pass,
a single request, the probe, is let through now and then; letting it out moves the next probe away, so that
there is one at a time among all replicas, and a probe that never comes back costs nothing but time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

DAY = 86_400.0
"""Seconds of a GMT day; epoch seconds know no leap second."""

RECHECK = 60.0
"""Seconds until somebody looks again whether the upstream's day has begun as well."""

SKEW = 600.0
"""Seconds after 00:00 GMT in which the upstream's clock may still show the day before."""

FIRST_PROBE = 60.0
LONGEST_PROBE = 3_600.0


class Reason(StrEnum):
    """Why nothing is sent for an account; a metric label."""

    DAY_SPENT = "day_spent"
    NOT_FOUND = "not_found"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    UNPAID = "unpaid"
    BANNED = "banned"


@dataclass(frozen=True, slots=True)
class Closure:
    """An account state: what the upstream said, since when, until when (None: unknown), and the next probe.

    Times are epoch seconds on the ledger's clock. `probe_at` None means that no request may ask.
    """

    reason: Reason
    status: int
    api_code: int | None
    since: float
    until: float | None = None
    probe_at: float | None = None
    attempts: int = 0

    def in_force(self, now: float) -> bool:
        return self.until is None or now < self.until

    def bars(self, *, free_of_day: bool, now: float) -> bool:
        """Tell whether an errand must not be sent; one that costs nothing of the day ignores a spent day."""
        return self.in_force(now) and not (free_of_day and self.reason is Reason.DAY_SPENT)

    def probe_due(self, now: float) -> bool:
        return self.probe_at is not None and self.probe_at <= now

    def retry_after(self, now: float) -> float | None:
        """Seconds until coming back can help, or None when only an operator can reopen the account."""
        if self.until is not None:
            return max(0.0, self.until - now)
        if self.probe_at is None:
            return None
        return self.probe_at - now if self.probe_at > now else _interval(self.attempts)


def next_midnight(now: float) -> float:
    """The next 00:00 GMT in epoch seconds."""
    return (now // DAY + 1) * DAY


def spent(now: float) -> Closure:
    """The upstream said that the day is spent (400 with code 11): closed until 00:00 GMT.

    Shortly after it the upstream may mean the day before, by a clock that is behind: then for a minute at a time.
    """
    until = now + RECHECK if now % DAY < SKEW else next_midnight(now)
    return Closure(Reason.DAY_SPENT, 400, 11, since=now, until=until)


def shut(reason: Reason, *, status: int, api_code: int | None, can_pass: bool, now: float) -> Closure:
    """The upstream closed the account; a state that can pass is probed, first after a minute."""
    return Closure(reason, status, api_code, since=now, probe_at=now + FIRST_PROBE if can_pass else None)


def holding(old: Closure | None, new: Closure, *, now: float) -> Closure:
    """Of two closures, the one that holds.

    Requests that were under way together report the same state several times: only the first one counts, and a
    failed probe finds the next one already set. A spent day never hides a graver state.
    """
    if old is None or not old.in_force(now):
        return new
    if old.reason is new.reason or new.reason is Reason.DAY_SPENT or old.reason is Reason.BANNED:
        return old
    return new


def probed(closure: Closure, *, now: float) -> Closure:
    """Record that a probe leaves: the next may leave after twice the time, an hour at most."""
    attempts = closure.attempts + 1
    return replace(closure, attempts=attempts, probe_at=now + _interval(attempts))


def _interval(attempts: int) -> float:
    return min(LONGEST_PROBE, FIRST_PROBE * 2.0 ** min(attempts, 10))
