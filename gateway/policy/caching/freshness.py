"""How old is a stored response, how long is it good, and may it answer this request now? (RFC 9111 §4)

Everything is a function of values; `now` is epoch seconds by the gateway's own clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gateway.policy import httpdate
from gateway.policy.caching import cachecontrol, targeted
from gateway.policy.caching.cachecontrol import Directives
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response

DISCONNECTED = 3600.0
"""Seconds of staleness in which an answer of an undocumented path may stand in while the upstream cannot be asked."""

_INEXACT = 0.001
_NEVER_STALE = frozenset({"must-revalidate", "proxy-revalidate", "s-maxage"})
"""Directives that forbid stale service to a shared cache (RFC 9111 §4.2.4, §5.2.2.2, §5.2.2.8, §5.2.2.10)."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Use it. `ttl` is what is left of the freshness lifetime, below zero where the caller accepts stale."""

    age: float
    ttl: float


@dataclass(frozen=True, slots=True)
class Refreshable:
    """Use it, though stale, and refresh it behind the caller's back (RFC 5861 §3)."""

    age: float
    ttl: float


@dataclass(frozen=True, slots=True)
class Forward:
    """Ask the upstream; `reason` is the `fwd` parameter of RFC 9211 §2.2."""

    reason: str


Decision = Fresh | Refreshable | Forward


def initial_age(headers: Headers, *, requested_at: float, received_at: float) -> float:
    """The corrected initial age of an answer just received (RFC 9111 §4.2.3)."""
    lines = headers.lines("age")
    first = lines[0].split(",")[0].strip() if lines else ""
    said = cachecontrol.delta(first) or 0.0
    dated = httpdate.read(headers.get("date"))
    apparent = max(0.0, received_at - dated) if dated is not None else 0.0
    return max(apparent, said + max(0.0, received_at - requested_at))


def explicit_lifetime(response: Response) -> float | None:
    """The lifetime the upstream states: s-maxage, max-age, or Expires, in that order (RFC 9111 §4.2.1).

    A targeted field puts Cache-Control and Expires aside (RFC 9213 §2.1).
    """
    aimed = targeted.of(response.headers)
    directives = cachecontrol.of(response.headers) if aimed is None else aimed
    for name in ("s-maxage", "max-age"):
        if name in directives:
            return cachecontrol.seconds(directives, name)
    if aimed is not None or "expires" not in response.headers:
        return None
    lines = response.headers.lines("expires")
    expires = httpdate.read(lines[0]) if len(set(lines)) == 1 else None
    dated = httpdate.read(response.headers.get("date"))
    if expires is None or dated is None:
        return 0.0
    return max(0.0, expires - dated)


def age(entry: Entry, now: float) -> float:
    """The current age (RFC 9111 §4.2.3); a clock that stepped back does not make a response younger."""
    return entry.initial_age + max(0.0, now - entry.received_at)


def steady_until(entry: Entry, now: float) -> float:
    """Until when age and ttl are the same in whole seconds; a little early, because sums of floats are not exact."""
    current = age(entry, now)
    return now + min(1.0 - current % 1.0, (entry.lifetime - current) % 1.0) - _INEXACT


def decide(entry: Entry, asked: Directives, now: float) -> Decision:
    """May this stored response answer a request with these directives now? (RFC 9111 §4 and §5.2.1)"""
    current = age(entry, now)
    ttl = entry.lifetime - current
    stored = targeted.directives(entry.response.headers)
    if "no-cache" in asked or cachecontrol.unqualified(stored, "no-cache"):
        return Forward("request" if "no-cache" in asked else "stale")
    if (most := cachecontrol.seconds(asked, "max-age")) is not None and current > most:
        return Forward("request")
    if (least := cachecontrol.seconds(asked, "min-fresh")) is not None and ttl < least:
        return Forward("request")
    if ttl > 0:
        return Fresh(current, ttl)
    if stored.keys() & _NEVER_STALE:
        return Forward("stale")
    if "max-stale" in asked and _tolerates(asked, -ttl):
        return Fresh(current, ttl)
    if -ttl < entry.stale_while_revalidate and "max-age" not in asked and "min-fresh" not in asked:
        return Refreshable(current, ttl)
    return Forward("stale")


def fresh_until(entry: Entry, asked: Directives) -> float:
    """Until when (epoch seconds) `decide` says `Fresh` with a ttl above zero; minus infinity where it never does."""
    stored = targeted.directives(entry.response.headers)
    if "no-cache" in asked or cachecontrol.unqualified(stored, "no-cache"):
        return -math.inf
    most, least = cachecontrol.seconds(asked, "max-age"), cachecontrol.seconds(asked, "min-fresh")
    oldest = min(entry.lifetime - (least or 0.0), math.inf if most is None else most)
    return entry.received_at + oldest - entry.initial_age if oldest > entry.initial_age else -math.inf


def serves_error(entry: Entry, asked: Directives, now: float) -> Fresh | None:
    """May it stand in while the upstream is away or the account closed? (RFC 5861 §4)"""
    return _stands_in(entry, asked, now, entry.stale_if_error)


def serves_disconnected(entry: Entry, asked: Directives, now: float) -> Fresh | None:
    """May it stand in where the upstream could not be asked at all? (RFC 9111 §4.2.4)"""
    return _stands_in(entry, asked, now, max(entry.stale_if_error, DISCONNECTED))


def _stands_in(entry: Entry, asked: Directives, now: float, span: float) -> Fresh | None:
    current = age(entry, now)
    ttl = entry.lifetime - current
    span = max(span, cachecontrol.seconds(asked, "stale-if-error") or 0.0)  # the caller may allow more, never less
    stored = targeted.directives(entry.response.headers)
    if stored.keys() & _NEVER_STALE or cachecontrol.unqualified(stored, "no-cache") or "no-cache" in asked:
        return None
    return Fresh(current, ttl) if -ttl < span else None


def _tolerates(asked: Directives, staleness: float) -> bool:
    bound = cachecontrol.seconds(asked, "max-stale")
    return asked["max-stale"] is None or (bound is not None and staleness <= bound)
