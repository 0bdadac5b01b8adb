"""All that is no documented record: passed through byte for byte, cached as RFC 9111 says and no further.

`__call__` is the whole story: look up, decide, and where the store cannot answer, ask once for all who ask the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer
from gateway.exchange.fetch import Fetch
from gateway.exchange.passing.flights import Flights
from gateway.exchange.passing.inquiry import Inquiry
from gateway.exchange.passing.revalidation import Passed
from gateway.exchange.setbacks import Setbacks
from gateway.exchange.writing.departures import Departures
from gateway.exchange.writing.effects import Effects
from gateway.exchange.writing.idempotency import Idempotency
from gateway.policy.caching import conditional, freshness, ranges
from gateway.policy.caching.cachecontrol import Directives
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.freshness import Forward, Fresh, Refreshable
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Request, Response
from gateway.policy.outcome import Failed
from gateway.policy.trace import Outcome, Trace
from gateway.ports import Clock

_StandIn = Callable[[Entry, Directives, float], Fresh | None]


class Passage:
    """An ordinary HTTP cache in front of paths whose meaning is not known.

    `origin`, `effects` and `departures` are those of `Flights`.
    """

    def __init__(
        self,
        *,
        cache: Cache,
        fetch: Fetch,
        coalescer: Coalescer[Passed],
        clock: Clock,
        origin: str,
        effects: Effects,
        departures: Departures,
        idempotency: Idempotency,
    ) -> None:
        self._setbacks = Setbacks(clock)
        self._flights = Flights(
            cache=cache,
            fetch=fetch,
            coalescer=coalescer,
            origin=origin,
            effects=effects,
            departures=departures,
            setbacks=self._setbacks,
        )
        self._variants = self._flights.variants
        self._coalescer = coalescer
        self._clock = clock
        self._idempotency = idempotency

    async def __call__(self, request: Request, caller: Caller, trace: Trace) -> Response:
        """Answer from the store where RFC 9111 allows it, else ask the upstream."""
        inquiry = Inquiry(request, caller, trace.resource)
        if not inquiry.reads:
            trace.outcome = Outcome.BYPASS
            trace.forwarded = "bypass" if request.method in ("GET", "HEAD") else "method"
            return await self._once(inquiry, trace)
        found = await self._variants.find(inquiry)
        if found.entry is None:
            trace.forwarded = found.missed
        else:
            decision = freshness.decide(found.entry, inquiry.asked, self._clock())
            if not isinstance(decision, Forward):
                return self._hit(inquiry, found.entry, decision, trace)
            trace.forwarded = decision.reason
            if decision.reason == "stale" and self._setbacks.pausing(found.entry.key):
                stale = self._stand_in(inquiry, found.entry, trace, freshness.serves_error)
                if stale is not None:
                    return stale
        trace.outcome = Outcome.MISS
        return await self._forward(inquiry, found.entry, trace)

    async def _once(self, inquiry: Inquiry, trace: Trace) -> Response:
        """Send what is no plain read; one that was sent before under its Idempotency-Key is answered as it was then."""
        claim = await self._idempotency.claim(inquiry.request.headers, inquiry.order(None), said=None)
        if isinstance(claim, Response):
            trace.outcome = Outcome.REPLAYED
            return _measured(claim)
        return await self._forward(replace(inquiry, claim=claim), None, trace)

    def _hit(self, inquiry: Inquiry, entry: Entry, found: Fresh | Refreshable, trace: Trace) -> Response:
        trace.outcome = Outcome.HIT if found.ttl > 0 else Outcome.STALE
        trace.ttl = found.ttl
        refreshes = isinstance(found, Refreshable) and not self._setbacks.pausing(entry.key)
        if refreshes and "only-if-cached" not in inquiry.asked:
            self._flights.board(inquiry.for_the_store(), entry)  # nobody rides: it is for those who come later
        return _delivered(inquiry.request, _aged(entry, found.age))

    async def _forward(self, inquiry: Inquiry, entry: Entry | None, trace: Trace) -> Response:
        if "only-if-cached" in inquiry.asked:
            raise Fault(Kind.NOT_CACHED, "only-if-cached was asked for, and nothing that may be used is stored")
        try:
            passed, joined = await self._ride(inquiry, entry, trace)
        except Fault as fault:
            stale = None
            if fault.unanswered:
                stale = self._stand_in(inquiry, entry, trace, freshness.serves_disconnected)
            if stale is None:
                raise
            return stale
        _tell(trace, passed, joined=joined)
        if isinstance(passed.arrival.verdict, Failed):
            stale = self._stand_in(inquiry, entry, trace, freshness.serves_error)
            if stale is not None:
                return stale
        if passed.whole:
            return _delivered(inquiry.request, passed.answer)
        return passed.answer if inquiry.request.method == "HEAD" else _measured(passed.answer)

    def _stand_in(self, inquiry: Inquiry, entry: Entry | None, trace: Trace, allowed: _StandIn) -> Response | None:
        """The stored response in place of a failure, if there is one and it may (RFC 5861 §4)."""
        found = allowed(entry, inquiry.asked, self._clock()) if entry is not None else None
        if entry is None or found is None:
            return None
        trace.outcome, trace.ttl, trace.forwarded, trace.stored = Outcome.STALE, found.ttl, None, False
        return _delivered(inquiry.request, _aged(entry, found.age))

    async def _ride(self, inquiry: Inquiry, entry: Entry | None, trace: Trace) -> tuple[Passed, bool]:
        """Take part in a flight; True where another caller launched it. Who may not share its answer flies alone."""
        clock = asyncio.get_running_loop().time
        began = clock()
        flight, joined = self._flights.board(inquiry, entry)
        passed = await self._coalescer.ride(flight, inquiry.patience, bill=None if joined else trace)
        if not joined or passed.shared:
            return passed, joined
        left = max(0.0, inquiry.patience - (clock() - began))
        return await self._coalescer.ride(self._flights.alone(inquiry, entry), left, bill=trace), False


def _aged(entry: Entry, age: float) -> Response:
    """A stored response with its age in whole seconds (RFC 9111 §5.1)."""
    return replace(entry.response, headers=entry.response.headers.put("Age", str(int(age))))


def _delivered(request: Request, whole: Response) -> Response:
    """Apply the caller's conditions, and then the range, to a complete response (RFC 9110 §13.2.2)."""
    answer = conditional.answered(request.headers, whole)
    if answer is whole and request.method == "GET" and "range" in request.headers:
        answer = ranges.answered(request.headers, whole)
    return _measured(answer)


def _measured(answer: Response) -> Response:
    """The edge tells the length of what it sends."""
    return replace(answer, headers=answer.headers.without({"content-length"}))


def _tell(trace: Trace, passed: Passed, *, joined: bool) -> None:
    """Record the flight in a rider's trace: only the one who launched it bears its cost."""
    arrival = passed.arrival
    trace.collapsed, trace.stored, trace.ttl = joined, passed.stored, passed.ttl
    trace.forwarded_status, trace.api_code = arrival.response.status, arrival.api_code
    if joined:
        trace.outcome = Outcome.COLLAPSED
    else:
        trace.queued, trace.upstream = arrival.queued, arrival.took
