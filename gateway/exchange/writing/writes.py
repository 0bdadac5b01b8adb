"""A write to a documented resource: translate the body, send it once, and take it into what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from gateway.exchange import landing, rendering
from gateway.exchange.coalescer import Coalescer, Flight, Launch
from gateway.exchange.fetch import Fetch, Order
from gateway.exchange.landing import Landed, Place
from gateway.exchange.pace import drive
from gateway.exchange.rendering import HeldAnswer
from gateway.exchange.writing.departures import Departures
from gateway.exchange.writing.effects import Effects
from gateway.exchange.writing.idempotency import Idempotency
from gateway.policy import negotiation, outgoing
from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Match
from gateway.policy.faults import REFUSALS, Fault, Kind
from gateway.policy.messages import Request, Response
from gateway.policy.negotiation import Representation, Unsupported
from gateway.policy.outcome import CallerMistake, Failed
from gateway.policy.preference import patience
from gateway.policy.trace import Outcome, Trace
from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Body, Document, Untranslatable
from gateway.policy.translation.malformed import Limits, Malformed, TooLarge
from gateway.policy.writing.change import written


@dataclass(frozen=True, slots=True)
class _Write:
    """One write on its way: the order, and what it says, for telling what it changed."""

    order: Order
    match: Match
    query: str
    said: Body | None


class Writes:
    """Sends writes; a caller who hangs up frees the place in line, but what was sent completes and takes effect.

    One that was sent before under its Idempotency-Key is answered as it was then, and changes nothing here.
    """

    def __init__(
        self,
        *,
        effects: Effects,
        departures: Departures,
        fetch: Fetch,
        coalescer: Coalescer[Landed],
        idempotency: Idempotency,
        form: Representation,
        limits: Limits,
        max_answer: int,
    ) -> None:
        self._effects = effects
        self._departures = departures
        self._fetch = fetch
        self._coalescer = coalescer
        self._idempotency = idempotency
        self._form = form
        self._limits = limits
        self._max_answer = max_answer

    async def __call__(self, request: Request, caller: Caller, match: Match, trace: Trace) -> HeldAnswer:
        """Send a write and give its answer; raises `Fault` also where it is unknown whether it was done."""
        trace.outcome, trace.forwarded = Outcome.WRITE, "method"
        body, said = await self._body(request, match)
        willing = patience(request.headers.get("prefer"), caller.patience)
        order = Order(
            caller=caller,
            request=outgoing.write(request, caller, self._form, body),
            resource=match.resource.name,
            patience=willing,
        )
        claim = await self._idempotency.claim(request.headers, order, said=said)
        if isinstance(claim, Response):
            trace.outcome = Outcome.REPLAYED
            return landing.replayed(claim, _place(order, match))
        write = _Write(replace(order, crossing=claim), match, request.query, said)
        launch: Launch[Landed] = partial(self._launch, write)
        if claim is not None:
            launch = partial(claim.around, launch, _answer)
        flight, _ = self._coalescer.board(None, launch)
        landed = await self._coalescer.ride(flight, willing, bill=trace)
        landed.tell(trace, joined=False)
        return landed.held

    async def _launch(self, write: _Write, flight: Flight[Landed]) -> Landed | Fault:
        async with self._departures.noted(write.order) as order:
            return await self._sent(replace(write, order=order), flight)

    async def _sent(self, write: _Write, flight: Flight[Landed]) -> Landed | Fault:
        known = self._effects.known(write.order.caller.account, write.order.resource)
        order, caller, place = write.order, write.order.caller, _place(write.order, write.match)
        try:
            landed = landing.unstored(await self._fetch(order, flight), place, max_answer=self._max_answer)
        except Fault as fault:
            if flight.cost and fault.kind not in REFUSALS:
                await self._effects.unknown(caller.account, order.resource)
            return fault
        if isinstance(landed.arrival.verdict, Failed):
            await self._effects.unknown(caller.account, order.resource)
        elif not isinstance(landed.arrival.verdict, CallerMistake):
            await self._took_effect(write, landed, known=known)
        return landed

    async def _took_effect(self, write: _Write, landed: Landed, *, known: int) -> None:
        order, answer = write.order, await _document(landed)
        change = written(
            write.match,
            order.request.method,
            query=write.query,
            body=write.said,
            status=landed.arrival.response.status,
            document=answer,
        )
        await self._effects.done(order.caller, write.match, change, landed, answer, known=known)

    async def _body(self, request: Request, match: Match) -> tuple[bytes, Body | None]:
        """Bring the caller's body into the upstream's format; one that has it already goes on byte for byte."""
        if not request.body:
            return b"", None
        form = negotiation.body_format(request.headers.get("content-type"))
        if isinstance(form, Unsupported):
            if request.method == "DELETE":  # only projectteam reads one; what other clients send along is not ours
                return request.body, None
            raise Fault(Kind.UNSUPPORTED_MEDIA_TYPE, form.reason)
        try:
            return await self._translated(form, request.body, match.resource.name)
        except TooLarge as error:
            raise Fault(Kind.TOO_LARGE, str(error)) from error
        except Malformed as error:
            raise Fault(Kind.MALFORMED, f"the {form.value.upper()} body cannot be read: {error}") from error
        except Untranslatable as error:
            raise Fault(Kind.MALFORMED, f"the body cannot be written as {self._form.value}: {error}") from error

    async def _translated(self, form: Representation, body: bytes, resource: str) -> tuple[bytes, Body]:
        codec = json_codec if form is Representation.JSON else xml_codec
        said = await drive(codec.reading_body(body, limits=self._limits))
        if form is self._form:
            return body, said
        if self._form is Representation.JSON:
            return await drive(json_codec.writing_body(said)), said
        return await drive(xml_codec.writing_body(said, resource)), said


def _place(order: Order, match: Match) -> Place:
    caller, target = order.caller, order.request.target
    return Place(cachekey.plain_key(caller.partition, target), caller.account, match, target, 0)


def _answer(landed: Landed) -> Response:
    return landed.held.entry.response


async def _document(landed: Landed) -> Document | None:
    try:
        return await rendering.document(landed.held.entry.response)
    except Malformed:
        return None
