"""Who leaves first: a segmented LRU (Karedla, Love and Wherry, 1994) of two `cachetools.LRUCache`, weighed in bytes.

What comes in is on probation; its first use protects it. The protected segment has a bound of its own: what it has no
room for goes back on probation as the last come. Room is made at the end of the probation, so what is read once, page
after page, pushes out nothing but its like. `benchmarks/eviction.py` shows what that is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeAlias

from cachetools import Cache, LRUCache
from typing_extensions import override

from gateway.policy.caching.held import Held, Rendition
from gateway.policy.names import CacheKey

PROTECTED_PART = 0.8
"""The part of the bytes that entries used again may hold; the rest is always open to newcomers."""

Leave: TypeAlias = Callable[[Held[Rendition]], None]


class _Segment(LRUCache[CacheKey, Held[Rendition]]):
    """An LRU that hands on what it has no room for."""

    def __init__(self, max_bytes: float, leave: Leave[Rendition]) -> None:
        super().__init__(max_bytes, getsizeof=lambda held: held.weight)
        self._leave = leave

    @override
    def popitem(self) -> tuple[CacheKey, Held[Rendition]]:
        key, held = super().popitem()
        self._leave(held)
        return key, held


class Segments(Generic[Rendition]):
    """At most `max_bytes` of records, each much lighter than that; `evicted` is told of each that had to leave."""

    def __init__(self, max_bytes: int, evicted: Leave[Rendition]) -> None:
        self._max_bytes = max_bytes
        self._probation = _Segment(max_bytes, evicted)
        self._protected = _Segment(max_bytes * PROTECTED_PART, self._demote)

    @property
    def bytes(self) -> int:
        return int(self._probation.currsize + self._protected.currsize)

    def __len__(self) -> int:
        return len(self._probation) + len(self._protected)

    def use(self, key: CacheKey) -> Held[Rendition] | None:
        """Look up and count as used."""
        try:
            return self._protected[key]
        except KeyError:
            held = self._probation.pop(key, None)
        if held is not None:
            self._protected[key] = held
        return held

    def look(self, key: CacheKey) -> Held[Rendition] | None:
        """Look up without a use: for whoever only counts or drops."""
        segment = self._of(key)
        return Cache.__getitem__(segment, key) if key in segment else None

    def put(self, held: Held[Rendition]) -> None:
        """Take a record in, or weigh it anew, in place of the one under its key: a new version stays protected."""
        key = held.entry.key
        segment = self._of(key)
        segment.pop(key, None)
        while self.bytes + held.weight > self._max_bytes:
            (self._probation or self._protected).popitem()
        segment[key] = held

    def remove(self, key: CacheKey) -> None:
        del self._of(key)[key]

    def _of(self, key: CacheKey) -> _Segment[Rendition]:
        return self._protected if key in self._protected else self._probation

    def _demote(self, held: Held[Rendition]) -> None:
        self._probation[held.entry.key] = held
