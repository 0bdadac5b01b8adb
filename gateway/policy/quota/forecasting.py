"""When an account's day will be spent, and by whom: "dry at 16:40 GMT at this pace".

Two rates are known of everybody who spends: that of the last minutes (exponentially weighted) and the day's mean. A
burst passes, so the recent rate is expected to fade into the mean within two hours or so; a rate that stays becomes the
mean. The expected spending is therefore, h seconds from now,

    mean * h + (recent - mean) * FADES * (1 - exp(-h / FADES))

and the day is dry when that reaches what remains. Rates are requests per second, times epoch seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

FOREIGN = "(past the gateway)"
"""Stands for the requests made past the gateway; no app can have this name."""

_RECENT = 900.0
_FADES = 7_200.0
_LEAST_SEEN = 3_600.0
"""Seconds over which the day's mean is taken at least: shortly after midnight nothing is known."""

_CLEARLY = 0.8
"""Part of what remains that is expected to be spent at most when a day is said to last again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What was counted by spender in a day until `at`, and at which rate lately."""

    at: float
    day: int
    counts: Mapping[str, int]
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Forecast:
    """`dry_at` is infinite when the day lasts; `clearly` when it does so with a margin.

    `per_hour` are the requests expected in the next hour, `parts` who makes which part of them until then (sums to 1).
    """

    dry_at: float
    clearly: bool
    per_hour: float
    parts: Mapping[str, float]


def observed(pace: Pace | None, counts: Mapping[str, int], *, day: int, elapsed: float, now: float) -> Pace:
    """Go on from what was seen before; `elapsed` are the seconds of the day that are over."""
    if pace is None:
        seen = max(elapsed, _LEAST_SEEN)
        return Pace(now, day, dict(counts), {name: count / seen for name, count in counts.items()})
    passed = now - pace.at
    if passed <= 0:
        return pace
    before = pace.counts if pace.day == day else {}
    faded = math.exp(-passed / _RECENT)
    rates = {
        name: pace.rates.get(name, 0.0) * faded
        + max(0, counts.get(name, 0) - before.get(name, 0)) / passed * (1 - faded)
        for name in sorted({*pace.rates, *counts})
    }
    return Pace(now, day, dict(counts), rates)


def forecast(pace: Pace, *, remaining: int, elapsed: float, left: float) -> Forecast:
    """Foretell when so many remaining requests are spent, if that is within the `left` seconds of the day."""
    means = {name: count / max(elapsed, _LEAST_SEEN) for name, count in pace.counts.items()}

    def expected(seconds: float) -> dict[str, float]:
        fading = _FADES * (1 - math.exp(-seconds / _FADES))
        return {
            name: means.get(name, 0.0) * seconds + (rate - means.get(name, 0.0)) * fading
            for name, rate in pace.rates.items()
        }

    def total(seconds: float) -> float:
        return sum(expected(seconds).values())

    dry = total(left) >= remaining
    span = _when(total, remaining, left) if dry else left
    return Forecast(
        dry_at=pace.at + span if dry else math.inf,
        clearly=total(left) < remaining * _CLEARLY,
        per_hour=total(3_600.0),
        parts=_parts(expected(max(span, 1.0))),
    )


def _when(total: Callable[[float], float], remaining: int, left: float) -> float:
    early, late = 0.0, left
    while late - early > 0.5:
        middle = (early + late) / 2
        early, late = (early, middle) if total(middle) >= remaining else (middle, late)
    return late if total(early) < remaining else early


def _parts(spending: Mapping[str, float]) -> dict[str, float]:
    whole = sum(spending.values())
    if whole <= 0:
        return {}
    parts = {name: amount / whole for name, amount in spending.items() if amount > 0}
    return dict(sorted(parts.items(), key=lambda part: -part[1]))
