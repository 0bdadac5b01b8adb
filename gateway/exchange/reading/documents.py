"""One document, stored or fetched: look up, decide, and where the cache cannot answer, ask once for all who ask."""

from __future__ import annotations

from functools import partial

from gateway.exchange import landing
from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer, Flight
from gateway.exchange.fetch import Fetch, Order
from gateway.exchange.landing import Landed, Place
from gateway.exchange.reading.filling import Filling
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.exchange.setbacks import Setbacks
from gateway.policy import outgoing
from gateway.policy.caching import freshness
from gateway.policy.caching.freshness import Forward, Refreshable
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.negotiation import Representation
from gateway.policy.outcome import Failed
from gateway.policy.trace import SELECTED, Outcome, Trace
from gateway.ports import Clock

_NEVER = -1
"""A generation that no resource has: what was asked under it is not kept."""


_IMPATIENT = frozenset({Kind.WAIT_TOO_LONG, Kind.TIMED_OUT, Kind.TOO_FAST})


class Documents:
    """Answers from the cache, or by one flight for all callers who want the same document."""

    def __init__(
        self,
        *,
        cache: Cache,
        fetch: Fetch,
        coalescer: Coalescer[Landed],
        clock: Clock,
        form: Representation,
        max_answer: int,
        filling: Filling | None = None,
    ) -> None:
        """With `filling`, what is fetched for one replica is fetched for all."""
        self._cache = cache
        self._fetch = fetch
        self._coalescer = coalescer
        self._clock = clock
        self._form = form
        self._max_answer = max_answer
        self._filling = filling
        self._setbacks = Setbacks(clock)

    async def obtain(self, question: Question, trace: Trace) -> HeldAnswer:
        """Find or fetch what is asked; what happened is in the trace. Raises `Fault`."""
        held = await self._cache.find(question.key)
        if held is None:
            return await self._forward(question, None, "uri-miss", trace)
        decision = freshness.decide(held.entry, question.asked, self._clock())
        if isinstance(decision, Forward):
            pausing = decision.reason == "stale" and self._setbacks.pausing(question.key)
            stale = self.stand_in(question, held, trace) if pausing else None
            return stale or await self._forward(question, held, decision.reason, trace)
        trace.outcome = Outcome.HIT if decision.ttl > 0 else Outcome.STALE
        trace.ttl, trace.detail = decision.ttl, SELECTED if held.source else None
        if isinstance(decision, Refreshable):
            self.refresh(question)
        return held

    def at_hand(self, question: Question) -> HeldAnswer | None:
        """What `obtain` would find without a wait, whatever its age."""
        return self._cache.peek(question.key)

    async def ask(self, question: Question) -> Response:
        """Ask the upstream, whatever is stored, and store nothing. Raises `Fault`."""
        flight, _ = self._coalescer.board(None, partial(self._launch, question, _NEVER))
        landed = await self._coalescer.ride(flight, question.patience)
        return landed.held.entry.response

    def refresh(self, question: Question) -> None:
        """Launch a flight that nobody rides: it renews the entry for those who come later, unless that just failed."""
        if not self._setbacks.pausing(question.key):
            self._board(question)

    def stand_in(self, question: Question, held: HeldAnswer | None, trace: Trace) -> HeldAnswer | None:
        """The stored answer that may stand in for a failure (RFC 5861 §4), if there is one."""
        if held is None:
            return None
        decision = freshness.serves_error(held.entry, question.asked, self._clock())
        if decision is None:
            return None
        trace.outcome, trace.ttl, trace.forwarded, trace.stored = Outcome.STALE, decision.ttl, None, False
        return held

    async def _forward(self, question: Question, held: HeldAnswer | None, why: str, trace: Trace) -> HeldAnswer:
        if "only-if-cached" in question.asked:
            raise Fault(Kind.NOT_CACHED, "only-if-cached was asked for, and nothing that may be used is stored")
        trace.ttl = trace.detail = None
        trace.forwarded = "bypass" if question.never_stored else why
        try:
            landed, joined = await self._ride(question, trace)
        except Fault as fault:
            stale = self.stand_in(question, held, trace) if fault.unanswered else None
            if stale is None:
                raise
            return stale
        landed.tell(trace, joined=joined)
        if isinstance(landed.arrival.verdict, Failed):
            return self.stand_in(question, held, trace) or landed.held
        return landed.held

    async def _ride(self, question: Question, trace: Trace) -> tuple[Landed, bool]:
        """Ride a flight to its end; True where another caller launched it.

        When that caller's patience was too short for the line, a more patient one takes a flight of its own.
        """
        while True:
            flight, joined = self._board(question)
            trace.collapsed = joined
            trace.outcome = Outcome.COLLAPSED if joined else Outcome.BYPASS if question.never_stored else Outcome.MISS
            try:
                landed = await self._coalescer.ride(flight, question.patience, bill=None if joined else trace)
                return landed, joined or self._elsewhere(landed, trace)
            except Fault as fault:
                outlasted = flight.over and flight.patience < question.patience and fault.kind in _IMPATIENT
                if not (joined and outlasted):
                    raise

    def _elsewhere(self, landed: Landed, trace: Trace) -> bool:
        """Did another replica launch the flight? Then its answer may be older than the question."""
        if landed.elsewhere:
            trace.collapsed, trace.outcome = True, Outcome.COLLAPSED
        return landed.elsewhere

    def _board(self, question: Question) -> tuple[Flight[Landed], bool]:
        """Join the flight of this document or launch one; a flight from before a write is not joined."""
        generation = self._cache.generation(question.caller.account, question.resource)
        sort = ("no-store" in question.asked, generation)
        return self._coalescer.board((question.key, sort), partial(self._launch, question, generation))

    async def _launch(self, question: Question, generation: int, flight: Flight[Landed]) -> Landed | Fault:
        request, caller, match = question.request, question.caller, question.match
        order = Order(
            caller=caller,
            request=outgoing.read(request.target, caller, self._form),
            resource=question.resource,
            patience=question.patience,
        )
        flight.patience = question.patience
        place = Place(question.key, caller.account, match, request.target, generation)

        async def fetch() -> Landed:
            arrival = await self._setbacks.through(question.key, self._fetch(order, flight))
            return await landing.stored(
                arrival, place, request.headers, self._cache, query=request.query, max_answer=self._max_answer
            )

        kept = generation != _NEVER and not question.never_stored and "no-store" not in question.asked
        try:
            return await (self._filling(question, fetch) if kept and self._filling is not None else fetch())
        except Fault as fault:
            return fault
