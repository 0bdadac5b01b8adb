"""The straight line of one exchange: route, negotiate, look up, decide, forward or not, deliver.

Read `handle` first: it is the product. The stages it names are in the files beside this one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from gateway.exchange.delivery import Delivery
from gateway.exchange.passing.passage import Passage
from gateway.exchange.reading.question import Question
from gateway.exchange.reading.reads import Reads
from gateway.exchange.reading.repeat import Repeat
from gateway.exchange.writing.writes import Writes
from gateway.policy import negotiation, outgoing
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.negotiation import NotAcceptable, Representation
from gateway.policy.trace import Outcome, Trace
from gateway.ports import Clock

_READS = frozenset({"GET", "HEAD"})
_CREDENTIALS = frozenset({"authorization", "cookie", "x-api-key"})
_NEVER_SENT_ON = frozenset({"CONNECT", "TRACE"})  # TRACE would show the caller our upstream credential


Accept = Callable[[Request, Caller, Trace], Awaitable[Response | None]]
"""Takes a request on as a job, to be run later, and answers so; None where it is to be answered now."""


class Walk:
    """Everything that happens to one request between the server edge and the upstream."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        reads: Reads,
        writes: Writes,
        passage: Passage,
        delivery: Delivery,
        clock: Clock,
        accept: Accept | None,
    ) -> None:
        self._catalogue = catalogue
        self._reads = reads
        self._writes = writes
        self._passage = passage
        self._delivery = delivery
        self._clock = clock
        self._accept = accept

    def follow(self, catalogue: Catalogue) -> None:
        """Go by other rules of the resources from now on; what is under way ends by those it began with."""
        self._catalogue = catalogue

    async def handle(self, request: Request, caller: Caller, trace: Trace) -> Response:
        """Answer one request of one caller; raises `Fault` where there is no answer to give."""
        request = outgoing.overridden(request)
        trace.method, trace.resource = request.method, self._catalogue.label(request.path)
        _allow(request, caller, trace.resource)
        if self._accept is not None and "prefer" in request.headers:
            accepted = await self._accept(request, caller, trace)
            if accepted is not None:
                return accepted

        match = self._catalogue.match(request.path)
        if match is None or negotiation.wants_other_media(request.headers.get("accept")):
            return await self._passage(request, caller, trace)
        if request.method == "OPTIONS":
            return _options(match)
        representation = _negotiate(request, trace)

        if request.method in _READS:
            held = await self._reads(request, caller, match, trace)
        else:
            held = await self._writes(request, caller, match, trace)
        return await self._delivery(held, representation, request, trace, now=self._clock())

    def repeat(self, request: Request, caller: Caller, trace: Trace) -> Repeat | None:
        """What answered a request just now, if it can answer the same request again without a walk."""
        match = self._catalogue.match(request.path)
        hit = request.method in _READS and trace.outcome in (Outcome.HIT, Outcome.SELECTED)
        if match is None or not hit or not caller.lent:  # a credential of the caller's own is not kept
            return None
        keyless = replace(request, headers=request.headers.without(_CREDENTIALS))
        return Repeat.of(Question(keyless, caller, match), trace, reads=self._reads, clock=self._clock)


def _allow(request: Request, caller: Caller, resource: str) -> None:
    if request.method in _NEVER_SENT_ON:
        raise Fault(Kind.METHOD_UNSUPPORTED, f"{request.method} is never sent on")
    if not caller.may(request.method, resource, request.path):
        raise Fault(
            Kind.NOT_ALLOWED,
            f"app {caller.app} may not {request.method} {resource}; `allow` in its configuration says what",
        )


def _negotiate(request: Request, trace: Trace) -> Representation:
    chosen = negotiation.choose(request.headers.get("accept"))
    if isinstance(chosen, NotAcceptable):
        offered = " and ".join(chosen.offered)
        raise Fault(Kind.NOT_ACCEPTABLE, f"nothing fits {chosen.accept[:200]!r}; {offered} are offered")
    trace.representation = chosen.value
    return chosen


def _options(match: Match) -> Response:
    """Answer OPTIONS from the catalogue (RFC 9110 §9.3.7): it costs the upstream nothing."""
    methods = ["OPTIONS", *match.methods, *(["HEAD"] if "GET" in match.methods else [])]
    return Response(204, Headers([("Allow", ", ".join(methods)), ("Accept-Post", "application/json, application/xml")]))
