"""What an upstream answer becomes: parsed, judged, stored or not, and ready to be rendered for whoever waits."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.exchange import rendering
from gateway.exchange.cache import Cache
from gateway.exchange.fetch import Arrival
from gateway.exchange.pace import drive
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import contentcoding
from gateway.policy.caching import cachecontrol, freshness, storing
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.held import Held
from gateway.policy.caching.storing import Storable, Unstorable
from gateway.policy.catalogue import Lifetimes, Match
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.outcome import Answer
from gateway.policy.trace import Trace
from gateway.policy.translation.document import discarding
from gateway.policy.translation.malformed import Malformed


@dataclass(frozen=True, slots=True)
class Landed:
    """An answer with its place in the cache, shared by all riders of one flight.

    `elsewhere`: another replica fetched it, and this one nothing.
    """

    held: HeldAnswer
    arrival: Arrival
    stored: bool
    elsewhere: bool = False

    def tell(self, trace: Trace, *, joined: bool) -> None:
        """Record the flight in a rider's trace: only the one who launched it bears its cost."""
        trace.forwarded_status = self.arrival.response.status
        trace.api_code = self.arrival.api_code
        trace.stored = self.stored
        if self.stored:
            trace.ttl = self.held.entry.lifetime - self.held.entry.initial_age
        if not joined:
            trace.queued = (trace.queued or 0.0) + self.arrival.queued
            trace.upstream = (trace.upstream or 0.0) + self.arrival.took


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs: the key, the account, the rules, and the writes known when it was asked for."""

    key: CacheKey
    account: AccountName
    match: Match
    target: str
    generation: int


def unstored(arrival: Arrival, place: Place, *, max_answer: int) -> Landed:
    """Take an answer for its caller only."""
    return _passed_on(contentcoding.decoded(arrival.response, limit=max_answer), arrival, place)


def replayed(answer: Response, place: Place) -> HeldAnswer:
    """Hold an answer of before for a caller who asks the same again."""
    arrival = Arrival(answer, Answer(), None, requested_at=0.0, received_at=0.0, queued=0.0, took=0.0)
    return _passed_on(answer, arrival, place).held


async def stored(
    arrival: Arrival, place: Place, asked: Headers, cache: Cache, *, query: str, max_answer: int
) -> Landed:
    """Take an answer, and keep it where the rules allow; what is no document is never kept."""
    answer = contentcoding.decoded(arrival.response, limit=max_answer)
    why_not = place.match.resource.why_not_stored(member=place.match.member, query=query)
    verdict = storing.document(cachecontrol.of(asked), answer, place.match.resource.lifetimes, why_not)
    if isinstance(verdict, Storable) and not await _is_document(answer, place.match.resource.name):
        verdict = Unstorable("not a document")
    if isinstance(verdict, Unstorable) or verdict.lifetimes.fresh <= 0:
        return _passed_on(answer, arrival, place)
    held, kept = await cache.keep(_entry(answer, arrival, place, verdict.lifetimes), place.generation)
    return Landed(held, arrival, stored=kept)


def _passed_on(answer: Response, arrival: Arrival, place: Place) -> Landed:
    entry = _entry(answer, arrival, place, Lifetimes())
    return Landed(Held(entry, entry.weight), arrival, stored=False)


async def _is_document(answer: Response, resource: str) -> bool:
    try:
        parsed = await rendering.document(answer)
    except Malformed:
        return False
    found = resource in parsed.fields
    await drive(discarding(parsed))
    return found


def _entry(answer: Response, arrival: Arrival, place: Place, lifetimes: Lifetimes) -> Entry:
    return Entry(
        key=place.key,
        account=place.account,
        resource=place.match.resource.name,
        target=place.target.partition("?")[0],
        response=answer,
        requested_at=arrival.requested_at,
        received_at=arrival.received_at,
        initial_age=freshness.initial_age(
            answer.headers, requested_at=arrival.requested_at, received_at=arrival.received_at
        ),
        lifetime=lifetimes.fresh,
        stale_while_revalidate=lifetimes.stale_while_revalidate,
        stale_if_error=lifetimes.stale_if_error,
    )
