"""Entries in this process, bounded by what they weigh.

The base class is the store interface of aiohttp-cache; its dict without a bound and its sweep by the wall clock are
replaced, because an entry carries its own times and a cache of answers must not grow without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Generic

from aiohttp_cache.backends import MemoryCache
from typing_extensions import override

from gateway.adapters import CacheFace
from gateway.adapters.memory.index import Index
from gateway.adapters.memory.segments import Segments
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.caching.held import RENDITION_WEIGHT, Changes, Held, Holding, Rendition
from gateway.policy.names import CacheKey

LARGEST_PART = 4
"""An entry heavier than the bound divided by this is not kept: it would cost too many others."""


class Eviction(StrEnum):
    """Why an entry left; the closed set of a metric's label."""

    SIZE = "size"
    REPLACED = "replaced"
    DROPPED = "dropped"


class MemoryEntries(CacheFace, MemoryCache, Generic[Rendition]):
    """An `EntryStore` of at most `max_bytes`; what was used only once leaves first. Belongs to one event loop.

    A hit needs no await: `peek`. `bytes` is what the entries and their renditions weigh now.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.max_bytes = max_bytes
        self.evictions: dict[Eviction, int] = dict.fromkeys(Eviction, 0)
        self.changes = Changes()
        self._held = Segments[Rendition](max_bytes, self._evicted)
        self._index = Index()

    @property
    def entries(self) -> int:
        return len(self._held)

    @property
    def bytes(self) -> int:
        return self._held.bytes

    def peek(self, key: CacheKey) -> Held[Rendition] | None:
        """Look up and count as used, at once."""
        return self._held.use(key)

    def keep(self, entry: Entry) -> Held[Rendition] | None:
        """Store at once, in place of what was under the key. None: too heavy, and nothing is under the key now."""
        replaced = self._held.look(entry.key)
        held = Held[Rendition](entry, entry.weight)
        if held.weight > self._heaviest:
            self.evictions[Eviction.SIZE] += 1
            if replaced is not None:
                self._remove(replaced, Eviction.REPLACED)
            return None
        if replaced is not None:
            self._left(replaced, Eviction.REPLACED)
        self._index.add(entry)
        self._held.put(held)
        self.changes.note()
        return held

    def grew(self, held: Held[Rendition], by: int) -> None:
        """Count one more addition of `by` bytes. A record grown too heavy keeps its entry and lets go of the rest."""
        if self._held.look(held.entry.key) is not held:
            return
        held.weight += by + RENDITION_WEIGHT
        if held.weight > self._heaviest:
            held.lighten()
            held.weight = held.entry.weight
            self.changes.note()
        self._held.put(held)

    def covered(self, selector: Selector) -> list[Held[Rendition]]:
        """What the selector covers; looks only at the accounts and resources that it names, and counts as no use."""
        if selector.key is not None:
            held = self._held.look(selector.key)
            return [held] if held is not None and selector.covers(held.entry) else []
        return [held for _, _, keys in self._index.groups(selector) for held in self._all(keys)]

    def discard(self, selector: Selector) -> int:
        """Drop what the selector covers, at once."""
        covered = self.covered(selector)
        for held in covered:
            self._remove(held, Eviction.DROPPED)
        return len(covered)

    def summary(self) -> list[Holding]:
        """What is held of each account and resource."""
        return [
            Holding.of(account, resource, list(self._all(keys)))
            for account, resource, keys in self._index.groups(Selector())
        ]

    @override
    async def load(self, key: CacheKey) -> Entry | None:
        held = self.peek(key)
        return None if held is None else held.entry

    @override
    async def store(self, entry: Entry) -> None:
        self.keep(entry)

    @override
    async def drop(self, selector: Selector) -> int:
        return self.discard(selector)

    @override
    async def has(self, key: str) -> bool:
        return self._held.look(CacheKey(key)) is not None

    @property
    def _heaviest(self) -> int:
        return self.max_bytes // LARGEST_PART

    def _all(self, keys: Iterable[CacheKey]) -> Iterator[Held[Rendition]]:
        return (held for key in keys if (held := self._held.look(key)) is not None)

    def _remove(self, held: Held[Rendition], reason: Eviction) -> None:
        self._held.remove(held.entry.key)
        self._left(held, reason)

    def _evicted(self, held: Held[Rendition]) -> None:
        self._left(held, Eviction.SIZE)

    def _left(self, held: Held[Rendition], reason: Eviction) -> None:
        self.evictions[reason] += 1
        self.changes.note()
        self._index.remove(held.entry)
        held.lighten()  # an entry selected from it may refer to it for longer
