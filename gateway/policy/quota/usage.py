"""Who used what, day by day: counts that add up.

Days are those of the service: they end at 00:00 GMT. Every name comes from a closed set (`Names`), any other is
`other`; so callers cannot make the counts grow, and no path, id or key can get into them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from gateway.policy.catalogue import OTHER
from gateway.policy.trace import Trace

KEPT_DAYS = 400
"""Daily totals are kept for a year and a little, so that a month can be compared with the same one a year before."""

A_WAIT = 0.1
"""Seconds in line from which a request counts as one that waited."""

_DAY = 86_400.0


class Heading(NamedTuple):
    """What requests are counted apart by, within a day."""

    account: str
    app: str
    resource: str
    method: str


@dataclass(slots=True)
class Counts:
    """How many requests: received from apps, sent to the upstream, waited in line (and how long), refused."""

    received: int = 0
    sent: int = 0
    waited: int = 0
    waited_seconds: float = 0.0
    refused: int = 0

    @property
    def saved(self) -> int:
        """Received minus sent: below zero where the gateway asked more on its own account than it was asked."""
        return self.received - self.sent

    def add(self, more: Counts) -> None:
        self.received += more.received
        self.sent += more.sent
        self.waited += more.waited
        self.waited_seconds += more.waited_seconds
        self.refused += more.refused


@dataclass(frozen=True, slots=True)
class Names:
    """The closed sets of the four names."""

    accounts: frozenset[str]
    apps: frozenset[str]
    resources: frozenset[str]
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Row:
    """The total of one heading on one day (ISO 8601)."""

    day: str
    heading: Heading
    counts: Counts


class Usage:
    """Counts since they were last taken. A finished request costs one look-up and one addition."""

    def __init__(self, names: Names) -> None:
        self._counts: dict[tuple[str | None, ...], Counts] = {}
        self.learn(names)

    def learn(self, names: Names) -> None:
        """Take the names of a new configuration; what was counted under others stays counted."""
        self._sets = (names.accounts, names.apps, names.resources, names.methods)

    def add(self, trace: Trace, *, times: int = 1) -> None:
        """Count a finished request, or so many that are alike; those have waited for nothing."""
        key = (trace.account, trace.app, trace.resource, trace.method)
        counts = self._counts.get(key) or self._folded(key)
        counts.received += times
        if trace.queued is not None and trace.queued >= A_WAIT:
            counts.waited += 1
            counts.waited_seconds += trace.queued
        if trace.refusal is not None:
            counts.refused += 1

    def sent(self, account: str, app: str | None, resource: str, method: str) -> None:
        """Count a request that left for the upstream."""
        self._folded((account, app, resource, method)).sent += 1

    def take(self) -> dict[Heading, Counts]:
        """Hand over what was counted; counting starts anew."""
        taken, self._counts = self._counts, {}
        return {Heading(*map(str, key)): counts for key, counts in taken.items()}

    def give_back(self, taken: Mapping[Heading, Counts]) -> None:
        """Count again what was taken and could not be kept."""
        for heading, counts in taken.items():
            self._counts.setdefault(heading, Counts()).add(counts)

    def _folded(self, key: tuple[str | None, ...]) -> Counts:
        known = tuple(name if name in names else OTHER for name, names in zip(key, self._sets, strict=True))
        return self._counts.setdefault(known, Counts())


def day_of(now: float) -> str:
    """The GMT day of a moment in epoch seconds."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def until_midnight(now: float) -> float:
    """Seconds until the day ends."""
    return _DAY - now % _DAY


def first_of(days: int, last: str) -> str:
    """The first of so many days."""
    return (date.fromisoformat(last) - timedelta(days - 1)).isoformat()


def oldest_kept(day: str) -> str:
    """The first of the days that are kept on a day."""
    return first_of(KEPT_DAYS, day)
