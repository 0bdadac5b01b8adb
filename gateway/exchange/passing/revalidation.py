"""What an answer to a read does to what is stored: store it, freshen or replace what was there, or neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from gateway.exchange.fetch import Arrival
from gateway.exchange.passing.inquiry import Inquiry
from gateway.exchange.passing.underway import Read
from gateway.exchange.passing.variants import Variants
from gateway.policy.caching import freshening, freshness, storing
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.freshening import Bearing
from gateway.policy.caching.storing import Unstorable
from gateway.policy.messages import Headers, Response
from gateway.policy.names import CacheKey


@dataclass(frozen=True, slots=True)
class Passed:
    """What one flight brought. `whole` is a complete response that the caller's conditions and range are applied to.

    `shared`: those who asked for the same meanwhile may have it too.
    """

    arrival: Arrival
    answer: Response
    shared: bool
    whole: bool = False
    stored: bool = False
    ttl: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A read that was sent: the inquiry, the stored response it validates, and what is known of writes meanwhile."""

    inquiry: Inquiry
    stored: Entry | None
    read: Read
    generation: int


class Revalidation:
    """Settles answers with the store."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    async def settle(self, reading: Reading, arrival: Arrival) -> Passed:
        """Do to the store what an answer means, and say what its caller gets."""
        inquiry, stored, answer = reading.inquiry, reading.stored, arrival.response
        before = stored.response if stored else None
        match freshening.bearing(inquiry.request.method, inquiry.sent.headers, before, answer):
            case Bearing.STANDS:
                await self._forget(reading)
                stands = freshening.updated(before, Headers()) if before else answer
                return Passed(arrival, stands, shared=False, whole=True)
            case Bearing.FRESHENS:
                return await self._freshened(reading, arrival)
            case Bearing.REPLACES:
                return await self._taken(reading, arrival)
            case Bearing.NONE:
                if stored is None:
                    return await self._taken(reading, arrival)
                return Passed(arrival, answer, storing.for_all_who_ask(answer))
            case unknown:
                assert_never(unknown)

    async def keep(self, reading: Reading, arrival: Arrival) -> Entry | None:
        """Store a complete answer as that of a GET, where that is allowed."""
        return await self._keep(reading, arrival, storing.dated(arrival.response, received_at=arrival.received_at))

    async def _taken(self, reading: Reading, arrival: Arrival) -> Passed:
        """Take an answer as it came, in place of all that is stored for those who ask like this."""
        inquiry = reading.inquiry
        kept = await self.keep(reading, arrival) if inquiry.request.method == "GET" else None
        if reading.stored is not None and "no-store" not in inquiry.asked:
            await self._variants.supersede(inquiry, kept, asked_at=arrival.requested_at)
        shared = storing.for_all_who_ask(arrival.response)
        return Passed(arrival, arrival.response, shared, whole=kept is not None, stored=kept is not None)

    async def _freshened(self, reading: Reading, arrival: Arrival) -> Passed:
        """Lay new fields over the stored response; the answer to HEAD goes to its caller as it is."""
        stored, told = reading.stored, arrival.response
        assert stored is not None, "there is something to freshen"
        newer = storing.dated(told, received_at=arrival.received_at)
        fresh = freshening.updated(stored.response, newer.headers)
        kept = await self._keep(reading, arrival, fresh)
        if kept is None or kept.key != stored.key:
            await self._forget(reading)
        if told.status != 304:
            return Passed(arrival, told, storing.for_all_who_ask(told))
        ttl = kept.lifetime - kept.initial_age if kept else None
        return Passed(arrival, fresh, storing.for_all_who_ask(fresh), whole=True, ttl=ttl)

    async def _keep(self, reading: Reading, arrival: Arrival, answer: Response) -> Entry | None:
        inquiry, asked_at, received_at = reading.inquiry, arrival.requested_at, arrival.received_at
        verdict = storing.plain(replace(inquiry.sent, method="GET"), answer, lent=inquiry.caller.lent)
        if isinstance(verdict, Unstorable):
            return None
        entry = Entry(
            key=CacheKey(""),  # it follows from the Vary
            account=inquiry.caller.account,
            resource=inquiry.resource,
            target=inquiry.request.path,
            response=storing.without_unstored(answer),
            requested_at=asked_at,
            received_at=received_at,
            initial_age=freshness.initial_age(arrival.response.headers, requested_at=asked_at, received_at=received_at),
            lifetime=verdict.lifetimes.fresh,
            stale_while_revalidate=verdict.lifetimes.stale_while_revalidate,
            stale_if_error=verdict.lifetimes.stale_if_error,
        )
        return await self._variants.keep(entry, inquiry, reading.read, reading.generation)

    async def _forget(self, reading: Reading) -> None:
        if reading.stored is not None and "no-store" not in reading.inquiry.asked:
            await self._variants.forget(reading.stored)
