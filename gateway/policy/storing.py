"""May an answer be stored, and for how long? (RFC 9111 §3, and the catalogue's rows for documented resources)"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.policy import cachecontrol, freshness
from gateway.policy.catalogue import Lifetimes
from gateway.policy.messages import Request, Response

_HEURISTIC_OR_FINAL = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})


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
    """Judge any other answer as RFC 9111 §3 does: explicit freshness only.

    `lent`: the credential is the gateway's own, and the partition keeps the answer among those who share it.
    """
    said = cachecontrol.of(answer.headers)
    asked = cachecontrol.of(request.headers)
    if request.method != "GET" or answer.status not in _HEURISTIC_OR_FINAL:
        return Unstorable(f"{request.method} with status {answer.status}")
    if "no-store" in said or "no-store" in asked or "private" in said:
        return Unstorable("no-store or private")
    if (answer.headers.get("vary") or "").strip() == "*":
        return Unstorable("vary: *")
    if not lent and "authorization" in request.headers and not said.keys() & {"public", "s-maxage", "must-revalidate"}:
        return Unstorable("authorization")
    if freshness.explicit_lifetime(answer) is None:
        return Unstorable("no explicit freshness")
    return _spans(answer, said, Lifetimes())


def _spans(answer: Response, said: cachecontrol.Directives, row: Lifetimes) -> Verdict:
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
