"""Whole lists: a slow-changing resource is fetched complete, once, and answers members, filters, sorts and pages.

What the rows cannot decide is left to the upstream, and so is everything of a list that turned out not to be whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from gateway.exchange import rendering
from gateway.exchange.cache import Cache
from gateway.exchange.pace import drive
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.orders import Orders
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import negotiation
from gateway.policy.caching import freshness
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.caching.freshness import Forward, Refreshable
from gateway.policy.faults import Fault, Kind
from gateway.policy.lists.collection import Collection, NotWhole, collecting, shows_other_fields
from gateway.policy.lists.selection import Selected, may_show_order, order_shown, select
from gateway.policy.messages import Response
from gateway.policy.names import CacheKey
from gateway.policy.negotiation import Representation
from gateway.policy.trace import SELECTED, Outcome, Trace
from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Document, discarding
from gateway.policy.translation.malformed import Malformed
from gateway.ports import Clock

Used: TypeAlias = Callable[[Question, HeldAnswer], None]
Collected: TypeAlias = Callable[[Question, HeldAnswer, Collection], None]


class Lists:
    """Answers from whole lists, one for each resource and partition."""

    def __init__(
        self,
        *,
        documents: Documents,
        cache: Cache,
        clock: Clock,
        used: Used,
        collected: Collected,
    ) -> None:
        """`used` is told of every list that something was selected from anew; repetitions are counted in the record.

        `collected` is told of the rows of every list that was fetched.
        """
        self.changes = cache.changes
        self._documents = documents
        self._cache = cache
        self._clock = clock
        self._given_up: dict[CacheKey, float] = {}  # not whole: until when nobody tries again
        self._members_differ: set[CacheKey] = set()
        self._parsing: dict[CacheKey, asyncio.Lock] = {}
        self._used = used
        self._collected = collected
        self._orders = Orders()

    async def answer(self, question: Question, trace: Trace) -> HeldAnswer | None:
        """Answer from the whole list, fetched if need be; None where it does not decide. Raises `Fault`."""
        if not self.decides(question):
            return None
        if (held := self._selected_before(question, trace)) is not None:
            return held
        generation = self._cache.generation(question.caller.account, question.resource)
        whole = await self._obtain(question, trace)
        if trace.cost and not await self._kept(question, generation):
            self._give_up(question)
        if whole is None or whole.entry.response.status >= 500:
            return whole
        collection = await self._collection(whole, question)
        if isinstance(collection, NotWhole):
            self._give_up(question)
            return None
        match = question.match
        known = self._orders.shown(question.key, self._cache.purges)
        chosen = select(collection, match.resource, match.member, question.request.query, known)
        if not isinstance(chosen, Selected):
            return None
        _tell(trace)
        whole.uses += 1
        self._used(question, whole)
        if question.key == whole.entry.key:
            return whole
        return self._cache.hold(await _entry(question, whole.entry, chosen.document), whole, generation)

    def learn(self, question: Question, answer: Document) -> None:
        """Take note of what the upstream answered although there is a list of it.

        A member with other fields than the list's rows ends selection of members; a sorted list shows how ties stand.
        """
        whole = self._cache.peek(question.whole.key)
        if whole is None or whole.collection is None:
            return
        match, query = question.match, question.request.query
        if match.member is not None:
            if shows_other_fields(whole.collection, answer):
                self._members_differ.add(whole.entry.key)
                self.changes.note()
        elif (shown := order_shown(whole.collection, match.resource, query, answer)) is not None:
            self._orders.learn(question.key, whole.entry.key, self._cache.purges, shown)

    async def again(self, question: Question) -> Document | None:
        """The answer from the list fetched anew; None where that does not decide. Raises `Fault`, `Malformed`."""
        held = await self.answer(question, Trace(request_id="", traceparent=""))
        return None if held is None else await rendering.document(held.entry.response)

    async def distrust(self, question: Question) -> None:
        """Answer nothing more from this list, nor what was selected from it, until it is fetched anew."""
        self._give_up(question)
        self._orders.forget(question.whole.key)
        await self._cache.drop(Selector(account=question.caller.account, resources=frozenset({question.resource})))

    async def renew(self, question: Question) -> bool:
        """Have the whole list no older than is asked for, and its rows at hand; False where that cannot be had.

        Raises `Fault`.
        """
        trace = Trace(request_id="", traceparent="")
        whole = await self._obtain(question, trace)
        if whole is None or whole.entry.response.status != 200 or trace.outcome is Outcome.STALE:
            return False
        return isinstance(await self._collection(whole, question), Collection)

    def learns(self, question: Question) -> bool:
        """Is there a whole list at hand of which an answer to this could tell anything? Only then is it parsed."""
        rows, member = question.match.resource, question.match.member
        telling = rows.whole and (member is not None or may_show_order(rows, question.request.query))
        return telling and self._cache.peek(question.whole.key) is not None

    def decides(self, question: Question) -> bool:
        """Is the whole list asked before the document itself?"""
        if not question.selectable:
            return False
        if question.match.member is not None and question.whole.key in self._members_differ:
            return False
        return self._given_up.get(question.whole.key, 0.0) <= self._clock()

    def at_hand(self, question: Question) -> HeldAnswer | None:
        """What was selected for this question before, while the list is still the same."""
        held, whole = self._cache.peek(question.key), self._cache.peek(question.whole.key)
        if held is None or whole is None:
            return None
        if held is whole:  # it is the whole list that is asked for
            if whole.collection is None:
                return None
        elif held.source is None or held.source() is not whole:
            return None
        return held

    def given(self, held: HeldAnswer, times: int) -> None:
        """Count how often an answer that is at hand was given: as uses of the list that it is from."""
        whole = held if held.source is None else held.source()
        if whole is not None:
            whole.uses += times

    def _selected_before(self, question: Question, trace: Trace) -> HeldAnswer | None:
        """The same selection from the list as it is now: the way of a hit, which waits for nothing."""
        held = self.at_hand(question)
        if held is None:
            return None
        decision = freshness.decide(held.entry, question.asked, self._clock())
        if isinstance(decision, Forward):
            return None
        if isinstance(decision, Refreshable):
            self._documents.refresh(question.whole)
        self.given(held, 1)
        trace.outcome = Outcome.SELECTED if decision.ttl > 0 else Outcome.STALE
        trace.ttl, trace.detail = decision.ttl, SELECTED
        return held

    async def _obtain(self, question: Question, trace: Trace) -> HeldAnswer | None:
        try:
            whole = await self._documents.obtain(question.whole, trace)
        except Fault as fault:
            if fault.kind is Kind.NOT_CACHED:
                return None
            if (stale := self._documents.stand_in(question, self._cache.peek(question.key), trace)) is None:
                raise
            return stale
        if 400 <= whole.entry.response.status < 500:  # this list is not for this credential, or not in this form
            self._give_up(question)
            return None
        return whole

    async def _collection(self, whole: HeldAnswer, question: Question) -> Collection | NotWhole:
        """The rows of a list, parsed once however many ask."""
        key = question.whole.key
        async with self._parsing.setdefault(key, asyncio.Lock()):
            if whole.collection is not None:
                return whole.collection
            try:
                parsed = await rendering.document(whole.entry.response)
            except Malformed as error:
                return NotWhole(str(error))
            collection = await drive(collecting(parsed, question.match.resource))
            await drive(discarding(parsed))
            if isinstance(collection, Collection):
                self._cache.attach(whole, collection)
                self._collected(question, whole, collection)
                self._members_differ.discard(key)
            return collection

    async def _kept(self, question: Question, generation: int) -> bool:
        """Was a list that was fetched kept? One that is too heavy would be fetched again for each question."""
        if generation != self._cache.generation(question.caller.account, question.resource):
            return True  # a write came between: the next one may be
        return "no-store" in question.asked or await self._cache.find(question.whole.key) is not None

    def _give_up(self, question: Question) -> None:
        self._given_up[question.whole.key] = self._clock() + question.match.resource.lifetimes.fresh
        self.changes.note()


def _tell(trace: Trace) -> None:
    trace.detail = SELECTED
    if trace.outcome is Outcome.HIT:
        trace.outcome = Outcome.SELECTED


async def _entry(question: Question, whole: Entry, selected: Document) -> Entry:
    """The selected document as an entry of its own, as old as the list it is from."""
    rendered = await drive(json_codec.writing(selected))
    headers = whole.response.headers.put("Content-Type", negotiation.content_type(Representation.JSON))
    response = Response(200, headers, rendered.body)
    return replace(whole, key=question.key, target=question.request.path, response=response)
