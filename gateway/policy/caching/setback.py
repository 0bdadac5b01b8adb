"""When is it time to ask again for what could not be renewed, while what is stored may stand in? (RFC 5861 §3, §4)

Each failed request is spent all the same. Without a pause, an outage of the upstream would cost a request for every
read of what is stale, and a busy hour of them the account's day.
"""

from __future__ import annotations

from dataclasses import dataclass

_FIRST, _LONGEST = 10.0, 60.0
"""Seconds of the first pause, and those beyond which doubling it would be felt after the outage has ended."""


@dataclass(frozen=True, slots=True)
class Setback:
    """A renewal that failed; the next is due at `until` (epoch seconds)."""

    until: float
    pause: float


def after(before: Setback | None, now: float) -> Setback:
    """One more failure: twice the pause of the one before, unless that is long ago."""
    pause = _FIRST if before is None or over(before, now) else min(_LONGEST, 2 * before.pause)
    return Setback(now + pause, pause)


def over(setback: Setback, now: float) -> bool:
    """Has it no say in the next pause any more?"""
    return now >= setback.until + _LONGEST
