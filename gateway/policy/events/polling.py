"""How often the gateway looks for changes itself, so that all looks of a day fit into their part of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gateway.policy.events.noticeable import Noticeable

KIND = "poll"
"""The kind of the records that say when a scope is looked at next, by whichever replica."""

_SOONEST = 60.0
"""Seconds until a poll that failed is tried again, where the interval is not shorter."""


@dataclass(frozen=True, slots=True)
class Day:
    """An account's day: requests allowed (0: no limit), spent by polls, and the seconds that are left of it."""

    limit: int
    spent: int
    left: float


def pause(
    rules: Noticeable, polled: Collection[Noticeable], day: Day, *, interval: float, share: float
) -> float | None:
    """Seconds from one look at a resource to its next, when all that are polled shall last until the day's end.

    None: the part is spent, and the next look is one of the next day.
    """
    stretched = interval
    if day.limit:
        remaining = int(day.limit * share) - day.spent
        if remaining <= 0:
            return None
        stretched = max(interval, day.left * sum(1 / it.every for it in polled) / remaining)
    return stretched * rules.every


def retry(retry_after: float | None, *, interval: float) -> float:
    """Seconds until a look that failed is tried again: nothing is missed by it, the next one catches up."""
    return min(interval, max(_SOONEST, retry_after or 0.0))


def young_enough(interval: float) -> int:
    """Seconds of age up to which a list that a caller has fetched saves a look."""
    return int(interval / 2)
