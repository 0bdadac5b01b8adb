"""Who may spend the next request of an account's day: guaranteed shares, what is lent of them, and what is held back.

An app's guarantee is `share` of the day. Until half of the day is over all that an app has not spent of it is kept
for it; from then on what is kept falls evenly to nothing at midnight, and an app that is further behind than that
loses the difference to the others: it is lent. So every guarantee is kept to an app that starts to ask before noon
GMT and goes on evenly, and nothing is left over at midnight because somebody did not come.

* An app may always spend what is kept for it.
* Beyond that it may spend what is kept for nobody: not for another app, not (unless it is interactive) for the
  reserve of interactive requests, and not for the requests that are expected to be made past the gateway.

Proof that the first rule can be kept: what is left of the day is at least the sum of all that is kept. That holds at
midnight, since shares add up to 1 at most. Spending what is kept for oneself lowers both sides by one (`lend` writes
down what was lost before, so that it does not come back); spending beyond it leaves the sum untouched and is only
allowed while there is one more than it; and with time the sum only falls. Requests made past the gateway are outside
this: guarantees are shares of what these leave.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.policy.quota import arithmetic
from gateway.policy.quota.arithmetic import Daily
from gateway.policy.quota.budget import State
from gateway.policy.quota.closure import DAY

RESERVE = 0.02
"""Part of a day that only interactive requests may spend, where an account has an interactive app."""

_KEPT_WHOLE = 0.5
"""Part of the day after which what nobody asks for begins to be lent."""

_LEAST_SEEN = 0.25
"""Part of the day over which foreign requests are spread at least: a few in the first minutes are no trend."""

_FOREIGN_AT_MOST = 0.5
"""Part of what foreign requests have left of the day that can be kept for more of them."""

_ROUNDING = 1e-9
_LAST_MOMENT = 1.0


class Kept(StrEnum):
    """What the rest of a day is kept for when an app may not spend of it."""

    SHARES = "the shares of other apps"
    RESERVE = "interactive apps"
    FOREIGN = "requests made past the gateway"


@dataclass(frozen=True, slots=True)
class Sharing:
    """How an account's day is divided: the guaranteed part by app, and the part `reserve` for interactive requests."""

    shares: Mapping[str, float]
    reserve: float


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's day now: requests allowed, used, foreign among these, spent and lent by app; `left` in seconds."""

    limit: int
    used: int
    foreign: int
    spent: Mapping[str, int]
    lent: Mapping[str, int]
    left: float

    @classmethod
    def of(cls, state: State, limit: int, *, now: float) -> Standing:
        """Read a state that may still be of the day before."""
        state = arithmetic.turned(state, now)
        left = min(DAY, arithmetic.reset(state, Daily(limit), now=now))
        return cls(limit, state.used, state.foreign, state.spent, state.lent, left)

    @property
    def foreign_ahead(self) -> float:
        """Requests that are expected to be made past the gateway until midnight, by how many were made today."""
        pace = self.foreign / max(DAY - self.left, DAY * _LEAST_SEEN)
        return min(pace * self.left, max(0, self.limit - self.foreign) * _FOREIGN_AT_MOST)

    @property
    def own(self) -> float:
        """Requests of the day that are the gateway's to divide."""
        return max(0.0, self.limit - self.foreign - self.foreign_ahead)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The app may spend."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The app may not spend for `retry_after` seconds, if nobody else spends before; `kept` says for whom."""

    kept: Kept
    retry_after: float


def may_spend(rule: Sharing, app: str, day: Standing, *, interactive: bool, ahead: int = 0) -> Allowed | Refused:
    """Judge one more request of an app after `ahead` others that compete for the same; the day itself is not judged."""
    if _open(rule, app, day, interactive=interactive, ahead=ahead):
        return Allowed()
    return Refused(
        _kept_for(rule, app, day, interactive=interactive, ahead=ahead),
        _opens(rule, app, day, interactive=interactive, ahead=ahead),
    )


def guaranteed(rule: Sharing, app: str, day: Standing) -> int:
    """Requests of the day that are an app's own, spent or not."""
    return int(rule.shares.get(app, 0.0) * day.own + _ROUNDING)


def kept(rule: Sharing, app: str, day: Standing) -> int:
    """Requests that nobody but this app may spend now."""
    whole = guaranteed(rule, app, day)
    return max(0, min(whole - day.spent.get(app, 0) - day.lent.get(app, 0), _still_kept(whole, day)))


def lend(rule: Sharing, app: str, day: Standing) -> int:
    """What of an app's share has gone to the others by now; to be written down when the app spends."""
    whole = guaranteed(rule, app, day)
    return max(day.lent.get(app, 0), whole - day.spent.get(app, 0) - _still_kept(whole, day))


def _still_kept(whole: int, day: Standing) -> int:
    return math.ceil(whole * min(1.0, day.left / (DAY * (1 - _KEPT_WHOLE))))


def _open(rule: Sharing, app: str, day: Standing, *, interactive: bool, ahead: int) -> bool:
    if kept(rule, app, day) > ahead and day.used + ahead < day.limit:
        return True
    others = sum(kept(rule, other, day) for other in rule.shares if other != app)
    reserve = 0 if interactive else int(rule.reserve * day.limit)
    return day.own - (day.used - day.foreign) - (ahead + 1) >= others + reserve


def _kept_for(rule: Sharing, app: str, day: Standing, *, interactive: bool, ahead: int) -> Kept:
    if _open(rule, app, replace(day, used=day.used - day.foreign, foreign=0), interactive=interactive, ahead=ahead):
        return Kept.FOREIGN
    return Kept.RESERVE if _open(rule, app, day, interactive=True, ahead=ahead) else Kept.SHARES


def _opens(rule: Sharing, app: str, day: Standing, *, interactive: bool, ahead: int) -> float:
    """Seconds until it is allowed; time alone only frees, so halving finds the moment."""

    def at(seconds: float) -> bool:
        return _open(rule, app, replace(day, left=day.left - seconds), interactive=interactive, ahead=ahead)

    closed, opened = 0.0, day.left - _LAST_MOMENT
    if opened <= 0 or not at(opened):
        return day.left
    while opened - closed > _LAST_MOMENT / 4:
        middle = (closed + opened) / 2
        closed, opened = (closed, middle) if at(middle) else (middle, opened)
    return opened
