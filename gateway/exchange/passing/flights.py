"""What goes to the upstream for undocumented paths, and what it does to the store: reads shared, writes alone."""

from __future__ import annotations

from functools import partial

from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer, Flight, Launch
from gateway.exchange.fetch import Arrival, Fetch, Order
from gateway.exchange.passing.inquiry import Inquiry
from gateway.exchange.passing.revalidation import Passed, Reading, Revalidation
from gateway.exchange.passing.variants import Variants
from gateway.exchange.setbacks import Setbacks
from gateway.exchange.writing.departures import Departures
from gateway.exchange.writing.effects import Effects
from gateway.policy.caching import invalidation
from gateway.policy.caching.entry import Entry
from gateway.policy.faults import REFUSALS, Fault
from gateway.policy.messages import Response
from gateway.policy.outcome import CallerMistake


class Flights:
    """Launches requests, each settled with the store before anybody hears of it.

    `origin` is the upstream's URL, to know its absolute references by. `effects` drops documented resources where a
    write to one passes here: other media, sub-actions. `departures` notes writes while they are under way, `setbacks`
    reads that failed.
    """

    def __init__(
        self,
        *,
        cache: Cache,
        fetch: Fetch,
        coalescer: Coalescer[Passed],
        origin: str,
        effects: Effects,
        departures: Departures,
        setbacks: Setbacks,
    ) -> None:
        self.variants = Variants(cache)
        self._revalidation = Revalidation(self.variants)
        self._cache = cache
        self._fetch = fetch
        self._coalescer = coalescer
        self._origin = origin
        self._effects = effects
        self._departures = departures
        self._setbacks = setbacks

    def board(self, inquiry: Inquiry, entry: Entry | None) -> tuple[Flight[Passed], bool]:
        """Join the flight of an equal request that no write came before, or launch one; True when it was joined."""
        if not inquiry.reads:
            launch: Launch[Passed] = partial(self._passed_on, inquiry)
            if inquiry.claim is not None:
                launch = partial(inquiry.claim.around, launch, _answer)
            return self._coalescer.board(None, launch)
        account, resource = inquiry.caller.account, inquiry.resource
        writes = (self.variants.underway.sort(inquiry.key, account), self._cache.generation(account, resource))
        return self._coalescer.board((inquiry.alike, writes), partial(self._read, inquiry, entry))

    def alone(self, inquiry: Inquiry, entry: Entry | None) -> Flight[Passed]:
        """Launch a read that nobody else may join."""
        return self._coalescer.board(None, partial(self._read, inquiry, entry))[0]

    async def _read(self, inquiry: Inquiry, entry: Entry | None, flight: Flight[Passed]) -> Passed | Fault:
        account = inquiry.caller.account
        generation = self._cache.generation(account, inquiry.resource)
        with self.variants.underway.reading(inquiry.key, account, flight) as read:
            try:
                fetching = self._fetch(inquiry.order(entry), flight)
                arrival = await (fetching if entry is None else self._setbacks.through(entry.key, fetching))
            except Fault as fault:
                return fault
            return await self._revalidation.settle(Reading(inquiry, entry, read, generation), arrival)

    async def _passed_on(self, inquiry: Inquiry, flight: Flight[Passed]) -> Passed | Fault:
        """Send what is no plain read; a write takes effect on the store before it is answered."""
        order = inquiry.order(None)
        if not invalidation.unsafe(inquiry.request.method):
            return await self._sent(inquiry, order, flight)
        async with self._departures.noted(order) as noted:
            return await self._sent(inquiry, noted, flight)

    async def _sent(self, inquiry: Inquiry, order: Order, flight: Flight[Passed]) -> Passed | Fault:
        writes = invalidation.unsafe(inquiry.request.method)
        try:
            arrival = await self._fetch(order, flight)
        except Fault as fault:
            if writes and flight.sent and fault.kind not in REFUSALS:  # it may have been done
                await self._invalidate(inquiry, Response(200))
            return fault
        if writes and not isinstance(arrival.verdict, CallerMistake):
            await self._invalidate(inquiry, arrival.response)
            if invalidation.describes_its_target(inquiry.request, arrival.response, self._origin):
                await self._keep(inquiry, arrival, flight)
        return Passed(arrival, arrival.response, shared=False)

    async def _invalidate(self, inquiry: Inquiry, answer: Response) -> None:
        account, request = inquiry.caller.account, inquiry.request
        targets = invalidation.targets(request, answer, self._origin)
        await self.variants.invalidate(account, targets, invalidation.invalidated_groups(request, answer))
        await self._effects.passed(account, request.path)

    async def _keep(self, inquiry: Inquiry, arrival: Arrival, flight: Flight[Passed]) -> None:
        account = inquiry.caller.account
        with self.variants.underway.reading(inquiry.key, account, flight) as read:
            generation = self._cache.generation(account, inquiry.resource)
            await self._revalidation.keep(Reading(inquiry, None, read, generation), arrival)


def _answer(passed: Passed) -> Response:
    return passed.answer
