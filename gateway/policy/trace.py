"""What happened to one request, recorded once; the header, the log line and the metrics are its renderings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.policy.names import AccountName, AppName

CACHE_NAME = "intervals-gateway"

_NOTHING = 0.00005
"""Seconds below which a duration in tenths of milliseconds is 0.0; not to format it saves a hit 0.2 us."""

SELECTED = "selected"
"""The `detail` of an answer that was picked out of a stored list."""


class Outcome(StrEnum):
    """How the answer came about, by what it cost: only a miss, a bypass and a write spend quota.

    Replayed is the answer to a write that was sent before (`policy/writing/idempotency.py`); it is not the cache's.
    """

    HIT = "hit"
    SELECTED = "selected"
    COLLAPSED = "collapsed"
    STALE = "stale"
    MISS = "miss"
    BYPASS = "bypass"
    WRITE = "write"
    REPLAYED = "replayed"
    REFUSED = "refused"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was sent upstream for another: when (epoch seconds), after which wait, and what came of it.

    Durations are seconds; status 0: no answer came.
    """

    at: float
    queued: float
    took: float
    method: str
    status: int
    api_code: int | None


@dataclass(slots=True)
class Trace:
    """One request's history. Durations are seconds; None means that the stage was not reached."""

    request_id: str
    traceparent: str
    app: AppName | None = None
    account: AccountName | None = None
    method: str = ""
    resource: str = "other"
    representation: str | None = None
    outcome: Outcome = Outcome.LOCAL
    forwarded: str | None = None  # RFC 9211 §2.2 `fwd`: why the cache could not answer
    forwarded_status: int | None = None
    stored: bool = False
    collapsed: bool = False
    ttl: float | None = None
    detail: str | None = None
    cost: int = 0
    status: int = 0
    api_code: int | None = None
    refusal: str | None = None
    queued: float | None = None
    upstream: float | None = None
    spent: float = 0.0
    replaced_characters: int = 0
    calls: tuple[Call, ...] = ()  # what was sent for it, not for another it shared an answer with
    minted: bool = False  # both ids are the gateway's own: the caller sent none

    def cache_status(self) -> str | None:
        """Render Cache-Status (RFC 9211 §2); an answer the gateway invented carries none."""
        if self.outcome in (Outcome.REPLAYED, Outcome.REFUSED, Outcome.LOCAL):
            return None
        parts = [CACHE_NAME]
        if self.forwarded is None:
            parts.append("hit")
        else:
            parts.append(f"fwd={self.forwarded}")
            if self.forwarded_status is not None:
                parts.append(f"fwd-status={self.forwarded_status}")
            parts += ["stored"] * self.stored + ["collapsed"] * self.collapsed
        if self.ttl is not None:
            parts.append(f"ttl={int(self.ttl // 1)}")
        if self.detail is not None:
            parts.append(f"detail={self.detail}")
        return "; ".join(parts)

    def server_timing(self) -> str:
        """Render Server-Timing in milliseconds: the wait in line, the upstream, and the gateway's own share."""
        if self.queued is None and self.upstream is None:  # the way of a hit
            return instant(self.spent)
        spans = [("queue", self.queued), ("upstream", self.upstream)]
        own = self.spent - sum(span for _, span in spans if span is not None)
        spans.append(("gateway", max(0.0, own)))
        return ", ".join(f"{name};dur={span * 1000:.1f}" for name, span in spans if span is not None)


def instant(spent: float) -> str:
    """Render the Server-Timing of an answer that waited for nobody; of a hit it says that it took no time."""
    return "gateway;dur=0.0" if spent < _NOTHING else f"gateway;dur={spent * 1000:.1f}"
