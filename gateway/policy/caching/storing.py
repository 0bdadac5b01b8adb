"""May an answer be stored, and for how long? (RFC 9111 §3, and the catalogue's rows for documented resources)"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.policy import httpdate
from gateway.policy.caching import cachecontrol, freshness, targeted, vary
from gateway.policy.caching.entry import Entry
from gateway.policy.catalogue import Lifetimes
from gateway.policy.messages import Request, Response

_NEVER_COMPLETE = frozenset({206, 304})
"""A part is never taken for the whole (RFC 9111 §3.3), and a 304 is about a response, not one (§4.3.3)."""

_UNDERSTOOD = frozenset({200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451, 501})
"""Statuses whose caching rules are kept here, for `must-understand` (RFC 9111 §5.2.2.3)."""

_MAKES_PUBLIC = frozenset({"public", "s-maxage", "must-revalidate"})
"""Directives that allow a shared cache to store what was asked with Authorization (RFC 9111 §3.5)."""


@dataclass(frozen=True, slots=True)
class Storable:
    """Store it with these spans (seconds); `explicit` when the upstream itself stated the lifetime."""

    lifetimes: Lifetimes
    explicit: bool


@dataclass(frozen=True, slots=True)
class Unstorable:
    """Do not store it; `why` goes to the trace."""

    why: str


Verdict = Storable | Unstorable


def document(asked: cachecontrol.Directives, answer: Response, row: Lifetimes, why_not: str | None) -> Verdict:
    """Judge the answer of a documented resource: the row's lifetime, unless the upstream says otherwise.

    Entries are shared under one upstream credential only, which is why `private` and the rule on
    Authorization (RFC 9111 §3.5) do not forbid it: the partition makes the cache private.
    """
    said = cachecontrol.of(answer.headers)
    if answer.status != 200:
        return Unstorable(f"status {answer.status}")
    if "no-store" in asked:
        return Unstorable("the caller said no-store")
    if "no-store" in said:
        return Unstorable("the upstream said no-store")
    if why_not is not None:
        return Unstorable(why_not)
    return _spans(answer, said, row)


def plain(request: Request, answer: Response, *, lent: bool) -> Verdict:
    """Judge the answer to any other GET as RFC 9111 §3 does: explicit freshness only, or `no-cache` and a validator.

    `lent`: the credential is the gateway's own, and the partition keeps the answer among those who share it.
    """
    said = targeted.directives(answer.headers)
    if request.method != "GET" or answer.status < 200 or answer.status in _NEVER_COMPLETE:
        return Unstorable(f"{request.method} with status {answer.status}")
    if "no-store" in cachecontrol.of(request.headers):
        return Unstorable("the caller said no-store")
    if (why_not := _not_for_others(answer, said)) is not None:
        return Unstorable(why_not)
    if not lent and "authorization" in request.headers and not said.keys() & _MAKES_PUBLIC:
        return Unstorable("authorization")
    return _worth_keeping(_spans(answer, said, Lifetimes()), answer, said)


def for_all_who_ask(answer: Response) -> bool:
    """May those who ask for the same at the same time, with the same fields and credential, have this answer too?

    Its lifetime does not matter, since nobody gets it later than the first; but what must not be stored, is one
    reader's own, must be validated for each, or sets cookies, each has to ask for, be it but some of its fields
    (RFC 9111 §4, §5.2.2).
    """
    said = targeted.directives(answer.headers)
    alone = not said.keys().isdisjoint({"no-cache", "private"}) or "set-cookie" in answer.headers
    return not alone and _not_for_others(answer, said) is None


def outrun(answer: Entry, present: Entry) -> bool:
    """Did what is stored come while this answer was on its way, and is it the more recent by its Date? (RFC 9111 §4)

    Within one second, or without a Date, the one that was asked for later counts as that.
    """
    if present.received_at <= answer.requested_at:
        return False
    mine, theirs = (httpdate.read(entry.response.headers.get("date")) for entry in (answer, present))
    if mine is None or theirs is None or mine == theirs:
        return present.requested_at > answer.requested_at
    return theirs > mine


def dated(answer: Response, *, received_at: float) -> Response:
    """Put a date on an answer whose own is missing or cannot be read: when it was received (RFC 9110 §6.6.1)."""
    if httpdate.read(answer.headers.get("date")) is not None:
        return answer
    return replace(answer, headers=answer.headers.put("Date", httpdate.write(received_at)))


def without_unstored(answer: Response) -> Response:
    """Leave out the fields that a qualified directive keeps out of the store (RFC 9111 §3.1), and the length."""
    said = targeted.directives(answer.headers)
    left_out = cachecontrol.listed(said, "no-cache") | cachecontrol.listed(said, "private") | {"content-length"}
    return replace(answer, headers=answer.headers.without(left_out))


def _not_for_others(answer: Response, said: cachecontrol.Directives) -> str | None:
    if "must-understand" in said:  # §5.2.2.3: it takes the place of no-store where the status is understood
        if answer.status not in _UNDERSTOOD:
            return f"status {answer.status} is not understood"
    elif "no-store" in said:
        return "the upstream said no-store"
    if cachecontrol.unqualified(said, "private"):
        return "private"
    return "vary: *" if vary.names(answer.headers) is None else None


def _worth_keeping(spans: Storable, answer: Response, said: cachecontrol.Directives) -> Verdict:
    validated = "etag" in answer.headers or "last-modified" in answer.headers
    if cachecontrol.unqualified(said, "no-cache"):
        return spans if validated else Unstorable("no-cache, and nothing to validate it by")
    if not spans.explicit:
        return Unstorable("no explicit freshness")
    lasting = spans.lifetimes
    if validated or lasting.fresh > 0 or lasting.stale_while_revalidate > 0 or lasting.stale_if_error > 0:
        return spans
    return Unstorable("stale at once, and nothing to validate it by")


def _spans(answer: Response, said: cachecontrol.Directives, row: Lifetimes) -> Storable:
    explicit = freshness.explicit_lifetime(answer)
    revalidate = cachecontrol.seconds(said, "stale-while-revalidate")
    on_error = cachecontrol.seconds(said, "stale-if-error")
    return Storable(
        Lifetimes(
            fresh=row.fresh if explicit is None else explicit,
            stale_while_revalidate=row.stale_while_revalidate if revalidate is None else revalidate,
            stale_if_error=row.stale_if_error if on_error is None else on_error,
        ),
        explicit=explicit is not None,
    )
