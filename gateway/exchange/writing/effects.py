"""What a write does to what is stored: patch what the answer tells exactly, drop the rest, in every partition.

The answer of a create or update is the whole element (vendor's resource pages), so a read that follows a write through
the gateway costs nothing. Where the answer was lost, everything the write could have touched is dropped.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import replace
from typing import Protocol

from gateway.exchange.cache import Cache
from gateway.exchange.landing import Landed
from gateway.exchange.pace import drive
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import negotiation
from gateway.policy.caching import cachekey
from gateway.policy.caching.entry import Entry
from gateway.policy.caller import Caller
from gateway.policy.catalogue import OTHER, Catalogue, Match
from gateway.policy.lists.collection import Collection
from gateway.policy.lists.patching import patched_for_others, patched_for_writer
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName
from gateway.policy.negotiation import Representation
from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Document, Fields
from gateway.policy.writing.change import Change, Created, Updated
from gateway.policy.writing.overlap import Overlaps
from gateway.policy.writing.reach import reach
from gateway.ports import Watch


class Wrote(Protocol):
    """Is told of every write that was answered, at the moments (epoch seconds) it was sent and answered."""

    def __call__(
        self, caller: Caller, resource: str, change: Change | None, /, *, began: float, ended: float
    ) -> Awaitable[None]: ...


class Effects:
    """Applies writes to the cache, one after the other for each account."""

    def __init__(self, *, catalogue: Catalogue, cache: Cache, watch: Watch, wrote: Wrote) -> None:
        self._catalogue = catalogue
        self._cache = cache
        self._watch = watch
        self._wrote = wrote
        self._overlaps = Overlaps()
        self._turn: defaultdict[AccountName, asyncio.Lock] = defaultdict(asyncio.Lock)

    def known(self, account: AccountName, resource: str) -> int:
        """What to hand to `done`: how many writes of other replicas were known before a write was sent."""
        return self._cache.elsewhere(account, resource)

    async def unknown(self, account: AccountName, resource: str) -> None:
        """The answer of a write was lost: drop everything it could have touched."""
        async with self._turn[account]:
            await self._drop(account, reach(self._catalogue, resource, None, ()), "unknown")

    async def passed(self, account: AccountName, path: str) -> None:
        """A write to an undocumented path was done: drop what it changed, if a documented resource was meant."""
        meant = self._catalogue.meant(path)
        if meant != OTHER:
            await self.unknown(account, meant)

    async def done(
        self,
        caller: Caller,
        match: Match,
        change: Change | None,
        landed: Landed,
        answer: Document | None,
        *,
        known: int,
    ) -> None:
        """A write was done. `change` is what it changed, None where that cannot be told; `answer` is its document."""
        rows, account = match.resource, caller.account
        began, ended = landed.arrival.requested_at, landed.arrival.received_at
        async with self._turn[account]:
            rows_before = self._rows_before(match, account, change)
            lists = [] if change is None else await self._patched(caller, match, change)
            await self._drop(account, reach(self._catalogue, rows.name, change, rows_before), "write")
            row = None if change is None else (account, rows.name, change.number)
            met = row is not None and self._overlaps.met(row, began=began, ended=ended)
            # Where another write came across, here or by another replica, nobody knows whose answer is the newer.
            if not met and self._cache.elsewhere(account, rows.name) == known:
                await self._keep(lists, change, caller=caller, match=match, landed=landed, answer=answer)
        await self._wrote(caller, rows.name, change, began=began, ended=ended)

    async def _keep(
        self,
        lists: list[tuple[Entry, Collection, int]],
        change: Change | None,
        *,
        caller: Caller,
        match: Match,
        landed: Landed,
        answer: Document | None,
    ) -> None:
        generation = self._cache.generation(caller.account, match.resource.name)
        for entry, collection, uses in lists:
            held, _ = await self._cache.keep(entry, generation)
            self._cache.attach(held, collection)
            held.uses = uses
        if isinstance(change, Created | Updated) and answer is not None:
            entry_of_member = await _member(caller, match, change, landed, answer)
            if entry_of_member is not None:
                await self._cache.keep(entry_of_member, generation)

    def _rows_before(self, match: Match, account: AccountName, change: Change | None) -> list[Fields]:
        """The written row as the whole lists have it."""
        lists = [held.collection for held in self._cache.lists(account, match.resource.name)]
        found = (it.rows.get(change.number) for it in lists if it is not None and change is not None)
        return [row for row in found if row is not None]

    async def _drop(self, account: AccountName, affected: frozenset[str], cause: str) -> None:
        await self._cache.invalidate(account, affected)
        for name in affected:
            self._watch.invalidated(name, cause)

    async def _patched(self, caller: Caller, match: Match, change: Change) -> list[tuple[Entry, Collection, int]]:
        rows = match.resource
        own = cachekey.document_key(caller.partition, Match(rows, None), rows.unbounded)
        patched = []
        for held in self._cache.lists(caller.account, rows.name):
            patch = patched_for_writer if held.entry.key == own else patched_for_others
            collection = held.collection and patch(held.collection, rows, change)
            if isinstance(collection, Collection):
                patched.append((await _rewritten(held, collection), collection, held.uses))
        return patched


async def _rewritten(held: HeldAnswer, collection: Collection) -> Entry:
    rendered = await drive(json_codec.writing(collection.document))
    headers = held.entry.response.headers.put("Content-Type", negotiation.content_type(Representation.JSON))
    return replace(held.entry, response=Response(200, headers, rendered.body))


async def _member(
    caller: Caller, match: Match, change: Created | Updated, landed: Landed, answer: Document
) -> Entry | None:
    """The element of a write's answer as the member that a read would get."""
    rows = match.resource
    lasting = rows.lifetimes
    if rows.why_not_stored(member=change.number, query="") is not None or "GET" not in rows.member or not lasting.fresh:
        return None
    rendered = await drive(json_codec.writing(answer.stamped({"status": "OK", "code": 200})))
    content_type = negotiation.content_type(Representation.JSON)
    return replace(
        landed.held.entry,
        key=cachekey.document_key(caller.partition, Match(rows, change.number), ""),
        target=f"/{rows.name}/{change.number}/",
        response=Response(200, Headers([("Content-Type", content_type)]), rendered.body),
        lifetime=lasting.fresh,
        stale_while_revalidate=lasting.stale_while_revalidate,
        stale_if_error=lasting.stale_if_error,
    )
