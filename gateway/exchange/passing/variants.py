"""The stored responses of undocumented paths: found by target, partition and selecting fields; dropped by target."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.exchange.cache import Cache
from gateway.exchange.passing.inquiry import Inquiry
from gateway.exchange.passing.underway import Read, Underway
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching import choices, invalidation, storing, vary
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import AccountName, CacheKey


@dataclass(frozen=True, slots=True)
class Found:
    """A stored response for an inquiry; without one, `missed` is the `fwd` parameter of RFC 9211 §2.2 that says why."""

    entry: Entry | None
    missed: str = ""


class Variants:
    """Several responses for each target, as their Vary fields say (RFC 9111 §4.1)."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self.underway = Underway()

    async def find(self, inquiry: Inquiry) -> Found:
        """Find the most recent response that the inquiry selects; one that varies is preferred (§4.1)."""
        held = await self._cache.find(inquiry.key)
        if held is None:
            return Found(None, "uri-miss")
        selected = [found for names in choices.sets(held.entry) if (found := await self._variant(held, names, inquiry))]
        if selected:
            return Found(max(selected, key=lambda entry: (bool(entry.vary), entry.received_at)))
        varies = any(choices.sets(held.entry))
        mine = any(owner == inquiry.caller.partition for owner, _ in choices.variants(held.entry))
        return Found(None, "vary-miss" if varies and mine else "uri-miss")

    async def keep(self, entry: Entry, inquiry: Inquiry, read: Read, generation: int) -> Entry | None:
        """Store a response, unless what makes it invalid or a newer one came before it; its key is made here."""
        groups = invalidation.groups(entry.response.headers)
        names = vary.names(entry.response.headers)
        held = await self._cache.find(inquiry.key)
        held = self._cache.peek(inquiry.key) or held  # another variant may have come while the disk was read
        if names is None or read.overtaken(groups):
            return None
        before = held.entry if held else choices.new(entry, inquiry.key)
        selecting = vary.selecting(names, inquiry.sent.headers)
        key = choices.variant_key(before, inquiry.caller.partition, selecting)
        entry = replace(entry, key=key, vary=selecting)
        present = self._cache.peek(key)
        if present is not None and storing.outrun(entry, present.entry):
            return None
        added = choices.added(before, inquiry.caller.partition, entry)
        if added.changed:
            await self._cache.keep(added.choices, generation)
        for crowded_out in added.crowded_out:
            await self._cache.drop(Selector(key=crowded_out))
        for group in groups:
            await self._mark(group, entry, generation)
        _, kept = await self._cache.keep(entry, generation)
        return entry if kept and not read.overtaken(groups) else None

    async def forget(self, entry: Entry) -> None:
        """Drop one response, but not what has taken its place since."""
        found = await self._cache.find(entry.key)
        if found is not None and found.entry.requested_at <= entry.requested_at:
            await self._cache.drop(Selector(key=entry.key))

    async def supersede(self, inquiry: Inquiry, successor: Entry | None, *, asked_at: float) -> None:
        """Drop all that the inquiry selects and that was asked for earlier, but the successor, if that was kept.

        One that does vary would be preferred to a newer one that does not, and an older one be next in turn.
        """
        held = await self._cache.find(inquiry.key)
        selected = [self._key(held.entry, names, inquiry) for names in choices.sets(held.entry)] if held else []
        for key in selected:
            found = None if successor and key == successor.key else await self._cache.find(key)
            if found is not None and found.entry.requested_at < asked_at:
                await self._cache.drop(Selector(key=key))

    async def invalidate(self, account: AccountName, targets: list[str], groups: frozenset[str]) -> None:
        """Drop all responses of some targets and groups, in every partition of the account."""
        keys = [choices.key(account, target) for target in targets]
        marks = [choices.group_key(account, group) for group in groups]
        self.underway.invalidate(account, keys, groups)
        unreachable = [held.entry for key in keys if (held := self._cache.peek(key))]
        for key in (*keys, *marks):
            await self._cache.drop(Selector(account=account, key=key))
        for _, key in (variant for gone in unreachable for variant in choices.variants(gone)):
            await self._cache.drop(Selector(key=key))  # only for the room they take

    async def _variant(self, held: HeldAnswer, names: tuple[str, ...], inquiry: Inquiry) -> Entry | None:
        found = await self._cache.find(self._key(held.entry, names, inquiry))
        if found is None:
            return None
        for group in invalidation.groups(found.entry.response.headers):
            mark = await self._cache.find(choices.group_key(inquiry.caller.account, group))
            if not choices.holds(mark.entry if mark else None, found.entry):
                return None
        return found.entry

    @staticmethod
    def _key(held: Entry, names: tuple[str, ...], inquiry: Inquiry) -> CacheKey:
        selecting = vary.selecting(names, inquiry.sent.headers) if names else ()
        return choices.variant_key(held, inquiry.caller.partition, selecting)

    async def _mark(self, group: str, entry: Entry, generation: int) -> None:
        held = await self._cache.find(choices.group_key(entry.account, group))
        mark = choices.mark(entry, group, held.entry if held else None)
        if mark is not None:
            await self._cache.keep(mark, generation)
