"""One document: what the tests of reads leave open, for callers that use it directly."""

from __future__ import annotations

import asyncio

from gateway.exchange.coalescer import Coalescer
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.question import Question
from gateway.policy.negotiation import Representation
from tests.fakes.exchange import MAX_ANSWER, ROWS, Exchange, caller, request, trace


def documents(it: Exchange) -> Documents:
    return Documents(
        cache=it.cache,
        fetch=it.fetch,
        coalescer=Coalescer(it.background),
        clock=it.clock,
        form=Representation.JSON,
        max_answer=MAX_ANSWER,
    )


def question(target: str = "/task/") -> Question:
    match = ROWS.match(target)
    assert match is not None
    return Question(request("GET", target), caller(), match)


async def test_what_is_asked_directly_is_not_stored() -> None:
    async with Exchange() as it:
        asked = await documents(it).ask(question())
        assert asked.status == 200
        assert await it.cache.find(question().key) is None
        assert it.asked == ["GET /task/"]


async def test_a_refresh_is_ridden_by_nobody_and_stores() -> None:
    async with Exchange() as it:
        documents(it).refresh(question())
        await asyncio.sleep(5)
        assert await it.cache.find(question().key) is not None


async def test_a_stale_document_stands_in_within_its_span_only() -> None:
    async with Exchange() as it:
        them, seen = documents(it), trace()
        held = await them.obtain(question(), trace())
        await asyncio.sleep(held.entry.lifetime + held.entry.stale_if_error - 3)
        assert them.stand_in(question(), held, seen) is held
        await asyncio.sleep(4)
        assert them.stand_in(question(), held, seen) is None
        assert them.stand_in(question(), None, seen) is None
