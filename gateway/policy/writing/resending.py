"""May a request that brought no answer be sent again, and after which pause?

Only where it cannot be done twice: it never left, or was refused, or is a read that may have arrived. A write that
may have arrived is never sent again (RFC 9110 §9.2.2), and what timed out has used up its time.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

_READS = frozenset({"GET", "HEAD"})


class Failure(StrEnum):
    """Why an attempt brought no answer."""

    NEVER_SENT = "never_sent"
    UNSENDABLE = "unsendable"
    CUT_OFF = "cut_off"
    TOO_FAST = "too_fast"


NOT_DONE = frozenset({Failure.NEVER_SENT, Failure.UNSENDABLE, Failure.TOO_FAST})
"""The failures after which the request certainly was not done."""

_PAUSES: Mapping[Failure, tuple[float, ...]] = {
    Failure.NEVER_SENT: (0.25, 1.0),  # a listener that is being restarted; costs no quota
    Failure.CUT_OFF: (0.25,),  # costs a request of the budget: once
    Failure.TOO_FAST: (0.0,),  # the line itself waits until the upstream's pause is over
    Failure.UNSENDABLE: (),
}
"""Seconds before each further attempt; as many attempts as there are pauses."""


def pause(failure: Failure | None, method: str, tries: int) -> float | None:
    """Seconds before the next attempt, after so many that failed, the last one in this way; None: none is made."""
    if failure is None or (failure is Failure.CUT_OFF and method not in _READS):
        return None
    pauses = _PAUSES[failure]
    return pauses[tries - 1] if tries <= len(pauses) else None
