"""Has the ledger forgotten what was written into it, and what must count then?

A server that is started anew empty, or with what it held a moment ago, would let everything be spent twice. Each text
says when its budget was first written and how many times since, so whoever has read a later one notices. Then all that
is still known counts, and nothing is sent until what others may have sent, and nobody knows any more, has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.policy.quota import arithmetic
from gateway.policy.quota.arithmetic import Sliding, Window
from gateway.policy.quota.budget import State


def forgot(known: State, found: State) -> bool:
    """Is what was found older than what was known, or of another beginning?"""
    return known.born > 0 and (found.born != known.born or found.writes < known.writes)


def recalled(known: State, found: State, windows: Sequence[Window], *, hold: float, now: float) -> State:
    """Put together what one process knows and what was written since; the upstream is to be asked for the rest."""
    state = arithmetic.turned(known, now)
    leases = {stamp.lease for stamp in state.stamps}
    for stamp in found.stamps:
        if stamp.lease not in leases:
            state = arithmetic.charge(state, stamp.lease, ends=stamp.ends, app=stamp.app)
    state = replace(
        state,
        used=max(state.used, found.used) if state.day == found.day else state.used,
        born=found.born,
        writes=max(known.writes, found.writes),
        closed=state.closed or found.closed,
        plan=state.plan or found.plan,
        foreign=max(state.foreign, found.foreign) if state.day == found.day else state.foreign,
        told=None,
        asked_at=0.0,
    )
    longest = max((window.period for window in windows if isinstance(window, Sliding)), default=0.0)
    return resting(state, windows, until=max(found.paused_until, now + hold + longest))


def resting(state: State, windows: Sequence[Window], *, until: float) -> State:
    """Send nothing for a while that is not of the upstream's making: it is no pause in a row."""
    if not any(isinstance(window, Sliding) and window.limit for window in windows):
        return state
    return replace(state, paused_until=max(state.paused_until, until), pauses=0)
