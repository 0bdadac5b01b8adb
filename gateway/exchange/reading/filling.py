"""One upstream request for the equal reads of several replicas: who fills an entry, and how the others get it.

It is the coalescer's promise beyond one process. The flight of a replica that does not fill waits for the entry instead
of standing in line; its riders' patience holds as ever. When whoever fills it fails, or dies, another takes over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gateway.exchange.cache import Cache
from gateway.exchange.fetch import Arrival
from gateway.exchange.landing import Landed
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching import freshness
from gateway.policy.caching.freshness import Fresh
from gateway.policy.outcome import Answer
from gateway.ports import Clock, Fills

_LOOK = 0.25
"""Seconds until a look whether an entry is there, where no word of it came."""


class Filling:
    """Fetches what may be stored once for all replicas."""

    def __init__(self, fills: Fills, cache: Cache, clock: Clock) -> None:
        self._fills = fills
        self._cache = cache
        self._clock = clock

    async def __call__(self, question: Question, fetch: Callable[[], Awaitable[Landed]]) -> Landed:
        """Fetch, or wait for what another replica fetches. Raises the `Fault` of `fetch`."""
        key, account, resource = question.key, question.caller.account, question.resource
        waited, before = False, 0.0
        while True:
            claim = await self._fills.claim(key, account, resource)
            try:
                found = await self._cache.reread(key)
                received = 0.0 if found is None else found.entry.received_at
                if found is not None and ((waited and received != before) or self._answers(question, found)):
                    return _landed(found)
                if claim is not None:
                    return await fetch()
            finally:  # also when all who asked have left: the claim would be kept alive
                if claim is not None:
                    await self._fills.release(claim)
            if not waited:
                waited, before = True, received
            await self._fills.changed(key, _LOOK)

    def _answers(self, question: Question, found: HeldAnswer) -> bool:
        """Has another replica filled it since this one looked?"""
        decision = freshness.decide(found.entry, question.asked, self._clock())
        return isinstance(decision, Fresh) and decision.ttl > 0


def _landed(held: HeldAnswer) -> Landed:
    entry = held.entry
    arrival = Arrival(
        response=entry.response,
        verdict=Answer(),
        api_code=None,
        requested_at=entry.requested_at,
        received_at=entry.received_at,
        queued=0.0,
        took=0.0,
    )
    return Landed(held, arrival, stored=True, elsewhere=True)
