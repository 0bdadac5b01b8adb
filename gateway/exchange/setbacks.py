"""Which stored answers could not be renewed just now, so that the same failure is not bought again by every reader."""

from __future__ import annotations

from collections.abc import Awaitable

from gateway.exchange.fetch import Arrival
from gateway.policy.caching import setback
from gateway.policy.caching.setback import Setback
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import CacheKey
from gateway.policy.outcome import Failed
from gateway.ports import Clock

_MOST = 10_000
"""Setbacks that are kept; beyond them the oldest goes."""

_FAILURES = frozenset({Kind.UPSTREAM_UNREACHABLE, Kind.UPSTREAM_TIMED_OUT, Kind.UPSTREAM_UNINTELLIGIBLE})


class Setbacks:
    """Remembers failed renewals by the key of what is stored; in memory, since a restart may well ask anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_key: dict[CacheKey, Setback] = {}

    def pausing(self, key: CacheKey) -> bool:
        """Is it too early to ask for this again, if what is stored may answer?"""
        known = self._by_key.get(key)
        return known is not None and self._clock() < known.until

    async def through(self, key: CacheKey, fetching: Awaitable[Arrival]) -> Arrival:
        """Take note of how a fetch ends."""
        try:
            arrival = await fetching
        except Fault as fault:
            if fault.kind in _FAILURES:
                self._failed(key)
            raise
        if isinstance(arrival.verdict, Failed):
            self._failed(key)
        else:
            self._by_key.pop(key, None)
        return arrival

    def _failed(self, key: CacheKey) -> None:
        now = self._clock()
        before = self._by_key.pop(key, None)  # the latest is last
        if len(self._by_key) >= _MOST:
            del self._by_key[next(iter(self._by_key))]
        self._by_key[key] = setback.after(before, now)
