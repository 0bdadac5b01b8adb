"""How many requests may leave now, and when the next: exact, whatever the network does.

A request leaves at one moment and ends (answered, failed, timed out) at a later one; it arrives at the upstream
at an unknown moment between. It therefore counts

* in a sliding window from its dispatch until a full period after its end. Proof: let k requests arrive within
  (t - period, t], and look at the one that was dispatched last. It left at or before t. Each of the others ended at
  or after its own arrival, so after t - period, so its stamp still counted at that moment. Hence k <= limit;
* in every GMT day between dispatch and end. It is counted in the day of its dispatch; at midnight all that can still
  be under way is counted again, into the new day. Whose it is goes with its stamp, so apps are charged alike.

While a request is under way, the latest moment it can end (dispatch + hold) stands in for its end. A crash leaves
that in place, so nothing else is needed to survive one. `now` is the ledger's clock in epoch seconds; a clock that
was stepped back makes no stamp count longer than one just dispatched, and never reopens a day that was left.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from gateway.policy.quota.budget import Stamp, State
from gateway.policy.quota.closure import DAY

LONGEST_PAUSE = 3_600.0


@dataclass(frozen=True, slots=True)
class Sliding:
    """At most `limit` requests in any `period` seconds; limit 0 is no limit."""

    limit: int
    period: float


@dataclass(frozen=True, slots=True)
class Daily:
    """At most `limit` requests in a GMT day; limit 0 is no limit.

    `learns`: the limit holds only until the upstream has told the plan; otherwise the plan can only lower it.
    """

    limit: int
    learns: bool = False


Window = Sliding | Daily


class Bound(StrEnum):
    """What stands in the way of the next send."""

    PAUSE = "pause"
    WINDOW = "window"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Granted:
    """The state to write before anything leaves, and the leases it covers."""

    state: State
    leases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Denied:
    """Nothing may leave for `retry_after` seconds."""

    bound: Bound
    retry_after: float


def in_force(window: Window, state: State) -> Window:
    """A window with the limit that is known to hold, by what the upstream told of the account's plan."""
    match window:
        case Daily(limit=limit, learns=learns) if limit and state.plan:
            return Daily(state.plan if learns else min(limit, state.plan), learns)
        case _:
            return window


def take(
    state: State, windows: Sequence[Window], wanted: Sequence[str], *, hold: float, now: float, app: str = ""
) -> Granted | Denied:
    """Grant as many of the wanted leases as every window allows, at least one, or none.

    `hold` is the longest time in seconds between this `now` and the end of a request. A state whose day is ahead of
    `now` (a clock was stepped back, or the upstream's midnight came first) counts into that day.
    """
    wait = pause_left(state, now)
    if wait > 0:
        return Denied(Bound.PAUSE, wait)
    limited = [window for window in windows if window.limit]
    if not limited:
        return Granted(state, tuple(wanted))
    state = current(state, windows, hold=hold, now=now)
    for window in limited:
        if remaining(state, window, now=now) == 0:
            bound = Bound.DAY if isinstance(window, Daily) else Bound.WINDOW
            return Denied(bound, retry_after(state, windows, now=now))
    room = min(remaining(state, window, now=now) for window in limited)
    leases = tuple(wanted[:room])
    for lease in leases:
        state = _counted(replace(state, stamps=(*state.stamps, Stamp(lease, now + hold, app))), app, 1)
    return Granted(state, leases)


def charge(state: State, lease: str, *, ends: float, app: str) -> State:
    """Count a lease without asking, as for a request that was sent while the ledger was away."""
    charged = replace(state, stamps=(*state.stamps, Stamp(lease, ends, app)))
    return _counted(charged, app, int(ends >= state.day * DAY))


def settle(state: State, lease: str, *, ended: float, hold: float = math.inf) -> State:
    """Note when the request of a lease that still counts ended; a clock stepped back ends none before it left."""
    before = next((stamp for stamp in state.stamps if stamp.lease == lease), None)
    if before is None:
        return state
    ended, midnight = max(ended, before.ends - hold), state.day * DAY
    stamps = tuple(replace(stamp, ends=ended) if stamp is before else stamp for stamp in state.stamps)
    return _counted(replace(state, stamps=stamps), before.app, (ended >= midnight) - (before.ends >= midnight))


def give_back(state: State, lease: str) -> State:
    """Forget a lease whose request never left."""
    gone = next((stamp for stamp in state.stamps if stamp.lease == lease), None)
    if gone is None:
        return state
    kept = tuple(stamp for stamp in state.stamps if stamp is not gone)
    return _counted(replace(state, stamps=kept), gone.app, -(gone.ends >= state.day * DAY))


def current(state: State, windows: Sequence[Window], *, hold: float, now: float) -> State:
    """Bring a state up to `now`: turn the day, drop stamps that count nowhere, bound what a wrong clock wrote."""
    state = turned(state, now)
    longest = max((window.period for window in windows if isinstance(window, Sliding)), default=0.0)
    stamps = tuple(
        stamp if stamp.ends <= now + hold else replace(stamp, ends=now + hold)
        for stamp in state.stamps
        if stamp.ends + longest > now
    )
    return replace(state, stamps=stamps, paused_until=min(state.paused_until, now + DAY))


def turned(state: State, now: float) -> State:
    """Begin a new day, if the state's own is over; what is under way counts in it again."""
    day = _day(now)
    if state.day >= day:
        # One day ahead is the same midnight seen by two clocks: stay there. More is a clock that was plainly wrong.
        return state if state.day <= day + 1 else replace(state, day=day)
    return begun(state, day)


def begun(state: State, day: int) -> State:
    """The state at the start of a day that the one before has been left for."""
    apps = [stamp.app for stamp in state.stamps if stamp.ends >= day * DAY]
    spent = dict(Counter(filter(None, apps)))
    return replace(state, day=day, used=len(apps), foreign=0, spent=spent, lent={}, told=None)


def used(state: State, window: Window, *, now: float) -> int:
    """Requests that count in a window now."""
    match window:
        case Sliding(period=period):
            return sum(stamp.ends + period > now for stamp in state.stamps)
        case Daily():
            return turned(state, now).used
        case _:
            assert_never(window)


def remaining(state: State, window: Window, *, now: float) -> int:
    """Requests that may still leave."""
    return max(0, window.limit - used(state, window, now=now))


def reset(state: State, window: Window, *, now: float) -> float:
    """Seconds until all of a window is free again, if nothing more is sent."""
    match window:
        case Sliding(period=period):
            return max((max(0.0, stamp.ends + period - now) for stamp in state.stamps), default=0.0)
        case Daily():
            day = _day(now)
            return (day + 1 + (state.day == day + 1)) * DAY - now
        case _:
            assert_never(window)


def retry_after(state: State, windows: Sequence[Window], *, now: float) -> float:
    """Seconds until one request may leave, if nothing that is under way ends before its time."""
    sends = (_nth(state, window, 0, latency=0.0, now=now) for window in windows if window.limit)
    return max(sends, default=0.0)


def forecast(state: State, windows: Sequence[Window], ahead: int, *, hold: float, latency: float, now: float) -> float:
    """Seconds until the (ahead + 1)-th send from now may leave.

    Requests under way are expected to take `latency` seconds in all; sends that this window has no stamp for are
    expected to be counted for a period and a latency each.
    """
    expected = tuple(
        stamp if stamp.ends <= now else Stamp(stamp.lease, min(stamp.ends, max(now, stamp.ends - hold + latency)))
        for stamp in state.stamps
    )
    state = replace(state, stamps=expected)
    sends = (_nth(state, window, ahead, latency=latency, now=now) for window in windows if window.limit)
    return max(pause_left(state, now), max(sends, default=0.0))


def pause(state: State, *, asked: float | None, first: float, now: float) -> State:
    """Hold all sends back: `first` seconds, doubled each time in a row, at least what the upstream asked for.

    Answers to requests that were under way together are one occasion. After an hour without one it starts anew.
    """
    wish = min(asked or 0.0, DAY)
    if now < state.paused_until:
        return replace(state, paused_until=max(state.paused_until, now + wish))
    pauses = state.pauses + 1 if now - state.paused_until < LONGEST_PAUSE else 1
    length = min(LONGEST_PAUSE, first * 2.0 ** min(pauses - 1, 16))
    return replace(state, pauses=pauses, paused_until=now + max(length, wish))


def pause_left(state: State, now: float) -> float:
    """Seconds of the pause that are left; a clock that was stepped back makes it no longer than a day."""
    return min(DAY, max(0.0, state.paused_until - now))


def _nth(state: State, window: Window, ahead: int, *, latency: float, now: float) -> float:
    if isinstance(window, Daily):
        beyond = ahead - remaining(state, window, now=now)
        return 0.0 if beyond < 0 else reset(state, window, now=now) + beyond // window.limit * DAY
    free = sorted(stamp.ends + window.period - now for stamp in state.stamps if stamp.ends + window.period > now)
    slots = [0.0] * (window.limit - len(free)) + free[-window.limit :]
    return slots[ahead % window.limit] + ahead // window.limit * (window.period + latency)


def _day(now: float) -> int:
    return int(now // DAY)


def _counted(state: State, app: str, requests: int) -> State:
    """Add to what is counted in the state's day, or take off it."""
    spent = {**state.spent, app: max(0, state.spent.get(app, 0) + requests)} if app else state.spent
    return replace(state, used=max(0, state.used + requests), spent=spent)
