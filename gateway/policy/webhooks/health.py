"""Whether a subscription is still delivered to: since when it fails, and whether it has ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

KIND = "subscription_health"
"""The kind of the records; there is none for a subscription in good health."""


class Ended(StrEnum):
    """Why a subscription is not delivered to any more, until an operator enables it."""

    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Health:
    """Since when every attempt has failed, and when and why that was the end (epoch seconds)."""

    failing_since: float | None = None
    ended: Ended | None = None
    ended_at: float | None = None


GOOD = Health()


def failed(health: Health, *, now: float, patience: float) -> Health:
    """What an attempt that failed makes of it; `patience` is the span of failure after which it ends, in seconds."""
    if health.ended is not None:
        return health
    since = now if health.failing_since is None else health.failing_since
    return Health(since) if now - since < patience else Health(since, Ended.FAILING, now)


def gone(health: Health, *, now: float) -> Health:
    """What the receiver's 410 makes of it."""
    return health if health.ended is not None else Health(health.failing_since, Ended.GONE, now)


def dump(health: Health) -> str | None:
    """Write a record, or none for good health."""
    return None if health == GOOD else json.dumps([health.failing_since, health.ended, health.ended_at])


def load(record: str | None) -> Health:
    """Read a record; where it is none, the subscription is in good health."""
    try:
        since, ended, at = json.loads(record or "[]")
        return Health(since, None if ended is None else Ended(ended), at)
    except (TypeError, ValueError):
        return GOOD
