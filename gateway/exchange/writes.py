"""A write to a documented resource: translate the body, send it once, drop what it may have changed."""

from __future__ import annotations

from functools import partial

from gateway.exchange import landing
from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer, Flight
from gateway.exchange.fetch import Fetch, Order
from gateway.exchange.landing import Landed, Place
from gateway.exchange.pace import drive
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import cachekey, negotiation, outgoing
from gateway.policy.caller import Caller, patience
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.faults import REFUSALS, Fault, Kind
from gateway.policy.messages import Request
from gateway.policy.negotiation import Representation, Unsupported
from gateway.policy.outcome import CallerMistake
from gateway.policy.trace import Outcome, Trace
from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Untranslatable
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.ports import Watch


class Writes:
    """Sends writes; a caller who hangs up frees the place in line, but what was sent completes and takes effect."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        cache: Cache,
        fetch: Fetch,
        coalescer: Coalescer[Landed],
        watch: Watch,
        form: Representation,
        limits: Limits,
        max_body: int,
    ) -> None:
        self._catalogue = catalogue
        self._cache = cache
        self._fetch = fetch
        self._coalescer = coalescer
        self._watch = watch
        self._form = form
        self._limits = limits
        self._max_body = max_body

    async def __call__(self, request: Request, caller: Caller, match: Match, trace: Trace) -> HeldAnswer:
        """Send a write and give its answer; raises `Fault` also where it is unknown whether it was done."""
        trace.outcome, trace.forwarded = Outcome.WRITE, "method"
        body = await self._body(request, match)
        willing = patience(request.headers.get("prefer"), caller.patience)
        order = Order(
            caller=caller,
            request=outgoing.write(request, caller, self._form, body),
            resource=match.resource.name,
            patience=willing,
        )
        flight, joined = self._coalescer.board(None, partial(self._launch, order, match))
        landed = await self._coalescer.ride(flight, willing)
        landed.tell(trace, joined=joined)
        return landed.held

    async def _launch(self, order: Order, match: Match, flight: Flight[Landed]) -> Landed | Fault:
        caller, target = order.caller, order.request.target
        place = Place(cachekey.plain_key(caller.partition, target), caller.account, match, target, 0)
        try:
            landed = await self._fetch(order, flight)
            if not isinstance(landed.verdict, CallerMistake):
                await self._takes_effect(order, "write")
            return landing.unstored(landed, place, max_body=self._max_body)
        except Fault as fault:
            if flight.sent and fault.kind not in REFUSALS:
                await self._takes_effect(order, "unknown")
            return fault

    async def _takes_effect(self, order: Order, cause: str) -> None:
        """Drop what this write changed, or may have changed where its answer was lost."""
        affected = self._catalogue.changed_by(order.resource)
        await self._cache.invalidate(order.caller.account, affected)
        for resource in affected:
            self._watch.invalidated(resource, cause)

    async def _body(self, request: Request, match: Match) -> bytes:
        """Bring the caller's body into the upstream's format; one that has it already goes on byte for byte."""
        if not request.body:
            return b""
        form = negotiation.body_format(request.headers.get("content-type"))
        if isinstance(form, Unsupported):
            if request.method == "DELETE":  # only projectteam reads one; what other clients send along is not ours
                return request.body
            raise Fault(Kind.UNSUPPORTED_MEDIA_TYPE, form.reason)
        name = match.resource.name
        codec = json_codec if form is Representation.JSON else xml_codec
        try:
            value = await drive(codec.reading_body(request.body, limits=self._limits))
            if form is self._form:
                return request.body
            if self._form is Representation.JSON:
                return await drive(json_codec.writing_body(value))
            return await drive(xml_codec.writing_body(value, name))
        except Malformed as error:
            raise Fault(Kind.MALFORMED, f"the {form.value.upper()} body cannot be read: {error}") from error
        except Untranslatable as error:
            raise Fault(Kind.MALFORMED, f"the body cannot be written as {self._form.value}: {error}") from error
