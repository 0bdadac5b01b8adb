"""When a delivery that failed is tried again: the growing plan of Standard Webhooks, with jitter and `Retry-After`."""

from __future__ import annotations

import math

from gateway.policy import httpdate

WAITS = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each attempt, counted from the one before: 10 attempts in a little more than three days."""

JITTER = 0.2
"""Part of a wait that is added at most, so that what failed together does not come back together."""

LONGEST_ASKED = 86_400.0
"""A receiver may ask for a longer wait than the plan's, but for no more than a day."""


def wait(attempts: int, *, drawn: float, asked: float | None) -> float | None:
    """Tell the seconds to wait after so many failed attempts; None when the plan is at its end.

    `drawn` is a random number from 0 to below 1; `asked` the seconds of a `Retry-After`, None without one. What was
    asked for is never shortened.
    """
    if attempts >= len(WAITS):
        return None
    planned = WAITS[attempts] * (1 + JITTER * drawn)
    return max(planned, respected(asked))


def respected(asked: float | None) -> float:
    """Bound the wait a receiver asks for; a wait that is none, or is no number, is no wait."""
    if asked is None or math.isnan(asked):
        return 0.0
    return min(max(0.0, asked), LONGEST_ASKED)


def asked(retry_after: str | None, now: float) -> float | None:
    """Read a `Retry-After` (RFC 9110 §10.2.3) as seconds; None where there is none, or it is neither of its forms."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])  # more digits than a lifetime needs
    moment = httpdate.read(text)
    return None if moment is None else max(0.0, moment - now)
