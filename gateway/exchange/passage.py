"""All that is no documented record: passed through byte for byte, cached as RFC 9111 says and no further."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer, Flight
from gateway.exchange.fetch import Fetch, Landing, Order
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import cachecontrol, cachekey, freshness, outgoing, storing, validation
from gateway.policy.caller import Caller, patience
from gateway.policy.entry import Entry
from gateway.policy.faults import Fault, Kind
from gateway.policy.freshness import Fresh
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import CacheKey
from gateway.policy.storing import Storable
from gateway.policy.trace import Outcome, Trace
from gateway.ports import Clock

_OF_THE_CALLER = frozenset({"traceparent", "tracestate", "x-request-id", "user-agent"})
"""Fields that may differ between callers who get the same answer."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The answer of one flight, shared by its riders."""

    landing: Landing
    stored: bool


class Passage:
    """An ordinary HTTP cache in front of paths whose meaning is not known."""

    def __init__(self, *, cache: Cache, fetch: Fetch, coalescer: Coalescer[Passed], clock: Clock) -> None:
        self._cache = cache
        self._fetch = fetch
        self._coalescer = coalescer
        self._clock = clock

    async def __call__(self, request: Request, caller: Caller, trace: Trace) -> Response:
        """Answer from the store where RFC 9111 allows it, else ask the upstream."""
        key = cachekey.plain_key(caller.partition, request.target)
        reads = request.method in ("GET", "HEAD") and not request.body and "range" not in request.headers
        held = await self._cache.find(key) if reads else None
        if held is not None and (found := self._usable(held, request)) is not None:
            trace.outcome, trace.ttl = Outcome.HIT, found.ttl
            return _stored(held, request, found)
        asked = cachecontrol.of(request.headers)
        if "only-if-cached" in asked:
            raise Fault(Kind.NOT_CACHED, "only-if-cached was asked for, and nothing that may be used is stored")
        trace.outcome = Outcome.MISS if reads else Outcome.BYPASS
        trace.forwarded = "uri-miss" if reads and held is None else "stale" if reads else "method"
        return await self._forward(request, caller, trace, key, shared=reads)

    def _usable(self, held: HeldAnswer, request: Request) -> Fresh | None:
        entry = held.entry
        if any(request.headers.get(name) != value for name, value in entry.vary):
            return None
        decision = freshness.decide(entry, cachecontrol.of(request.headers), self._clock())
        return decision if isinstance(decision, Fresh) else None

    async def _forward(
        self, request: Request, caller: Caller, trace: Trace, key: CacheKey, *, shared: bool
    ) -> Response:
        willing = patience(request.headers.get("prefer"), caller.patience)
        sent = outgoing.plain(request, caller)
        order = Order(caller=caller, request=sent, resource=trace.resource, patience=willing)
        alike = (key, sent.method, sent.headers.without(_OF_THE_CALLER)) if shared else None
        flight, joined = self._coalescer.board(alike, partial(self._launch, order, request, key))
        passed = await self._coalescer.ride(flight, willing)
        landing = passed.landing
        trace.collapsed, trace.stored = joined, passed.stored
        trace.forwarded_status, trace.api_code = landing.response.status, landing.api_code
        if joined:
            trace.outcome = Outcome.COLLAPSED
        else:
            trace.cost, trace.queued, trace.upstream = 1, landing.queued, landing.took
        return Response(
            landing.response.status, landing.response.headers.without({"content-length"}), landing.response.body
        )

    async def _launch(self, order: Order, request: Request, key: CacheKey, flight: Flight[Passed]) -> Passed | Fault:
        generation = self._cache.generation(order.caller.account, order.resource)
        try:
            landing = await self._fetch(order, flight)
        except Fault as fault:
            return fault
        verdict = storing.plain(order.request, landing.response, lent=order.caller.lent)
        if not isinstance(verdict, Storable) or verdict.lifetimes.fresh <= 0:
            return Passed(landing, stored=False)
        entry = _entry(order, request, key, landing, verdict)
        _, kept = await self._cache.keep(entry, generation)
        return Passed(landing, stored=kept)


def _stored(held: HeldAnswer, request: Request, found: Fresh) -> Response:
    entry = held.entry
    headers = entry.response.headers.without({"content-length", "age"})
    headers = Headers((*headers, ("Age", str(int(found.age)))))
    etag = headers.get("etag")
    if etag is not None and validation.matches(request.headers.get("if-none-match"), etag):
        return Response(304, headers)
    return Response(entry.response.status, headers, entry.response.body)


def _entry(order: Order, request: Request, key: CacheKey, landing: Landing, verdict: Storable) -> Entry:
    answer = landing.response
    names = [name.strip().lower() for name in (answer.headers.get("vary") or "").split(",") if name.strip()]
    return Entry(
        key=key,
        account=order.caller.account,
        resource=order.resource,
        target=request.target,
        response=answer,
        requested_at=landing.requested_at,
        received_at=landing.received_at,
        initial_age=freshness.initial_age(
            answer.headers, requested_at=landing.requested_at, received_at=landing.received_at
        ),
        lifetime=verdict.lifetimes.fresh,
        stale_while_revalidate=verdict.lifetimes.stale_while_revalidate,
        stale_if_error=verdict.lifetimes.stale_if_error,
        vary=tuple((name, request.headers.get(name)) for name in names),
    )
