"""What the status page tells, as one value: how the gate stands, what was saved, what went wrong lately.

Counts are requests since `since`, moments epoch seconds. No target, no query value and no id is in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.exchange.line.gate import GateSnapshot
from gateway.policy.faults import VERDICTS, Kind
from gateway.policy.names import AccountName
from gateway.policy.quota.closure import Reason
from gateway.policy.quota.forecasting import Forecast
from gateway.policy.trace import Outcome
from gateway.web import quota_api
from gateway.web.quota_api import moment

TOP = 8
"""Resources in each of the two lists."""

_FREE = (Outcome.HIT, Outcome.SELECTED, Outcome.COLLAPSED, Outcome.STALE)
"""The outcomes of a read that cost nothing."""

CLOSURES = {
    Reason.DAY_SPENT: "its day is spent",
    Reason.NOT_FOUND: "the upstream does not know the account",
    Reason.INACTIVE: "the upstream says that it is inactive",
    Reason.SUSPENDED: "the upstream has suspended it",
    Reason.UNPAID: "the upstream says that it is unpaid",
    Reason.BANNED: "the upstream has banned it",
}


ENDED = {
    "failing": "every delivery failed for too long",
    "gone": "the receiver says that it is gone (410)",
    "secret_changed": "its secret is not the one it was made with",
}
"""The states of a subscription in which nothing is delivered, until an operator acts."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What callers sent, what of it went to the upstream, what ended in a fault (not known by resource)."""

    received: int = 0
    sent: int = 0
    refused: int = 0

    @property
    def saved(self) -> int:
        """Received but not sent; the gateway's own questions save nothing."""
        return max(0, self.received - self.sent)


@dataclass(frozen=True, slots=True)
class Stored:
    """The cache: what it holds now, reads by outcome, and what left it by reason."""

    entries: int
    bytes: int
    max_bytes: int
    answers: Mapping[str, int]
    evictions: Mapping[str, int]

    @property
    def hit_ratio(self) -> float | None:
        """The part of the reads that cost nothing; None before the first."""
        reads = sum(self.answers.values())
        return sum(self.answers.get(outcome, 0) for outcome in _FREE) / reads if reads else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that ended in a fault."""

    at: float
    app: str
    method: str
    resource: str
    kind: str
    status: int

    @property
    def reason(self) -> str:
        """The title that its caller read."""
        return VERDICTS[Kind(self.kind)].title


@dataclass(frozen=True, slots=True)
class UpstreamError:
    """An answer of the upstream that says no; status 0: none came."""

    at: float
    account: str
    resource: str
    status: int
    api_code: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """A subscription, or several that are counted together: how it fares, and its attempts by how they ended."""

    states: Mapping[str, int]
    delivered: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Telling:
    """Webhooks: each subscription, what waits and for how long (seconds), and what was given up and is kept."""

    subscriptions: Mapping[str, Told] = field(default_factory=dict)
    waiting: int = 0
    oldest: float = 0.0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """All of it. `refusals` and `errors` are the latest few, the newest first.

    `reload_refused`: a reload was refused since the configuration in force was read.
    """

    version: str
    since: float
    gate: GateSnapshot
    forecasts: Mapping[AccountName, Forecast]
    apps: Mapping[str, Traffic]
    resources: Mapping[str, Traffic]
    stored: Stored
    refusals: Sequence[Refusal]
    errors: Sequence[UpstreamError]
    reload_refused: bool = False
    telling: Telling = Telling()
    jobs: Mapping[str, int] = field(default_factory=dict)


def attention(status: Status) -> Iterator[str]:
    """Tell what an operator should look at, in sentences that change only when something happens."""
    gate = status.gate
    if status.reload_refused:
        yield "The configuration that was read last has mistakes: the one before is in force."
    if gate.ledger_away:
        yield "The ledger is away: only a safe share of the quota is used."
    if gate.pause_left > 0:
        yield "Sending is paused: the upstream says that requests come too fast."
    yield from _unheard(status.telling)
    for name, shut in sorted(gate.closures.items()):
        yield f"Account {name} is closed: {CLOSURES[shut.reason]}."
    for name, forecast in sorted(status.forecasts.items()):
        if name not in gate.closures and not math.isinf(forecast.dry_at):
            yield f"Account {name}: at this pace its day does not last."


def _unheard(telling: Telling) -> Iterator[str]:
    for name, told in sorted(telling.subscriptions.items()):
        for state in sorted(told.states.keys() & ENDED.keys()):
            yield f"Webhook {name} hears nothing: {ENDED[state]}."
    if telling.dead:
        yield f"Deliveries that were given up: {telling.dead:,}."


def costliest(status: Status) -> list[tuple[str, Traffic]]:
    """The resources on which most is spent, the first first."""
    return _top({name: (it.sent, it) for name, it in status.resources.items()})


def most_saving(status: Status) -> list[tuple[str, Traffic]]:
    """The resources on which most is saved, the first first."""
    return _top({name: (it.saved, it) for name, it in status.resources.items()})


def _top(ranked: Mapping[str, tuple[int, Traffic]]) -> list[tuple[str, Traffic]]:
    counted = sorted((-rank, name, it) for name, (rank, it) in ranked.items() if rank > 0)
    return [(name, it) for _, name, it in counted[:TOP]]


def document(status: Status) -> dict[str, Any]:
    """What `/api/status` answers: `/api/quota` and the rest of the page."""
    stored = status.stored
    return {
        **quota_api.document(status.gate, status.forecasts),
        "version": status.version,
        "since": moment(status.since),
        "attention": list(attention(status)),
        "apps": {name: _traffic(it) for name, it in status.apps.items()},
        "resources": {name: _traffic(it) for name, it in status.resources.items()},
        "cache": {
            "entries": stored.entries,
            "bytes": stored.bytes,
            "max_bytes": stored.max_bytes,
            "hit_ratio": None if stored.hit_ratio is None else round(stored.hit_ratio, 4),
            "answers": dict(stored.answers),
            "evictions": dict(stored.evictions),
        },
        "jobs": dict(status.jobs),
        "webhooks": _telling(status.telling),
        "refusals": [_refusal(it) for it in status.refusals],
        "upstream_errors": [_error(it) for it in status.errors],
    }


def _telling(it: Telling) -> dict[str, Any]:
    rows = {
        name: {"states": dict(told.states), "delivered": told.delivered, "failed": told.failed, "dead": told.dead}
        for name, told in it.subscriptions.items()
    }
    return {"waiting": it.waiting, "oldest_seconds": round(it.oldest, 1), "dead": it.dead, "subscriptions": rows}


def _traffic(it: Traffic) -> dict[str, int]:
    return {"received": it.received, "sent": it.sent, "saved": it.saved, "refused": it.refused}


def _refusal(it: Refusal) -> dict[str, Any]:
    fields = {"app": it.app, "method": it.method, "resource": it.resource, "reason": it.kind, "status": it.status}
    return {"at": moment(it.at), **fields}


def _error(it: UpstreamError) -> dict[str, Any]:
    fields = {"account": it.account, "resource": it.resource, "status": it.status or None, "api_code": it.api_code}
    return {"at": moment(it.at), **fields}
