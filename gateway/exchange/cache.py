"""What is stored: entries in use in memory, above a durable store; nothing older than a write gets in after it.

A read that was under way while a write changed its resource may carry the old rows. So every read notes the
generation of its resource before it leaves, writes raise it, and an answer of an older generation is not kept. What
another replica writes comes here as a drop.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from weakref import ref

from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.caching.held import Changes, Held
from gateway.policy.lists.collection import Collection
from gateway.policy.names import AccountName, CacheKey
from gateway.ports import EntryStore


class Memory(Protocol):
    """Entries in this process, reached without a wait; all that happens to them is noted in `changes`."""

    @property
    def changes(self) -> Changes: ...

    def peek(self, key: CacheKey) -> HeldAnswer | None: ...

    def keep(self, entry: Entry) -> HeldAnswer | None: ...

    def discard(self, selector: Selector) -> int: ...

    def covered(self, selector: Selector) -> list[HeldAnswer]: ...

    def grew(self, held: HeldAnswer, by: int) -> None: ...


class Cache:
    """Memory above a durable store; without one, entries end with the process."""

    def __init__(self, memory: Memory, durable: EntryStore | None) -> None:
        self.changes = memory.changes
        self._memory = memory
        self._durable = durable
        self._generations: dict[tuple[AccountName, str], int] = {}
        self._elsewhere: dict[tuple[AccountName, str], int] = {}
        self._purges = 0
        self._drops = 0

    def peek(self, key: CacheKey) -> HeldAnswer | None:
        """Look in memory only: the way of a hit."""
        return self._memory.peek(key)

    def hold(self, entry: Entry, source: HeldAnswer, generation: int) -> HeldAnswer:
        """Keep in memory what was selected from a whole list: it lasts as long as that, which may be over already.

        `generation` is that of the resource from before the list was looked for.
        """
        true = generation == self.generation(entry.account, entry.resource)
        listed = self._memory.peek(source.entry.key) is source
        held = self._hold(entry) if true or listed else Held(entry, entry.weight)
        held.source = ref(source)
        return held

    def attach(self, held: HeldAnswer, collection: Collection) -> None:
        """Keep the rows of a whole list beside it."""
        held.collection = collection
        self._memory.grew(held, collection.weight)

    def lists(self, account: AccountName, resource: str) -> list[HeldAnswer]:
        """The whole lists of a resource whose rows are at hand, of all partitions of an account."""
        covered = self._memory.covered(Selector(account=account, resources=frozenset({resource})))
        return [held for held in covered if held.collection is not None]

    async def find(self, key: CacheKey) -> HeldAnswer | None:
        """Look in memory, then in the durable store."""
        return self._memory.peek(key) or await self.reread(key)

    async def reread(self, key: CacheKey) -> HeldAnswer | None:
        """Look in the durable store only: for what another replica may have put there."""
        if self._durable is None:
            return None
        drops = self._drops
        entry = await self._durable.load(key)
        # What was read before a drop and arrives after it may be what was dropped.
        return None if entry is None or drops != self._drops else self._hold(entry)

    def generation(self, account: AccountName, resource: str) -> int:
        """The number of writes and purges so far that may have made answers of this resource untrue."""
        return self._purges + self._generations.get((account, resource), 0)

    def elsewhere(self, account: AccountName, resource: str) -> int:
        """How much of that was made by other replicas."""
        return self._purges + self._elsewhere.get((account, resource), 0)

    async def keep(self, entry: Entry, generation: int) -> tuple[HeldAnswer, bool]:
        """Store an answer, unless a write came between; True when it was stored."""
        if generation != self.generation(entry.account, entry.resource):
            return Held(entry, entry.weight), False
        held = self._hold(entry)
        if self._durable is not None:
            await self._durable.store(entry)
        return held, True

    async def invalidate(self, account: AccountName, resources: Iterable[str]) -> int:
        """Drop what a write may have changed, in every partition of the account; durable when it returns."""
        affected = frozenset(resources)
        for resource in affected:
            self._generations[account, resource] = self._generations.get((account, resource), 0) + 1
        return await self.drop(Selector(account=account, resources=affected))

    @property
    def purges(self) -> int:
        """How often an operator has purged so far."""
        return self._purges

    async def purge(self, selector: Selector) -> int:
        """Drop by an operator's word; no answer that is on its way now is kept either."""
        self._purges += 1
        return await self.drop(selector)

    def dropped_elsewhere(self, selector: Selector) -> None:
        """Another replica has dropped this, here and in the durable store."""
        outdated = selector.outdates()
        if outdated is None:
            self._purges += 1
        for resource in outdated or ():
            self._generations[resource] = self._generations.get(resource, 0) + 1
            self._elsewhere[resource] = self._elsewhere.get(resource, 0) + 1
        self._drops += 1
        self._memory.discard(selector)

    async def drop(self, selector: Selector) -> int:
        """Drop entries in both places, and tell how many there were."""
        durable = 0 if self._durable is None else await self._durable.drop(selector)
        self._drops += 1
        return max(durable, self._memory.discard(selector))

    def _hold(self, entry: Entry) -> HeldAnswer:
        return self._memory.keep(entry) or Held(entry, entry.weight)
