"""Equal reads of two replicas that share what is stored: one upstream request, however the first of them ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from typing_extensions import override

from gateway.adapters.memory import MemoryEntries
from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.filling import Filling
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer, Rendition
from gateway.policy.caching.entry import Entry
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import CacheKey
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Trace
from tests.exchange.reading.test_documents import question
from tests.fakes.exchange import MAX_ANSWER, Exchange, trace
from tests.fakes.fills import FakeFills
from tests.fakes.upstream import answer, error


class SlowStore(MemoryEntries[bytes]):
    """A shared store that takes a minute to look."""

    @override
    async def load(self, key: CacheKey) -> Entry | None:
        await asyncio.sleep(60)
        return await super().load(key)


@dataclass
class Replica:
    """One of two that have their own memory and coalescer, and one store."""

    documents: Documents
    fills: FakeFills

    async def ask(self, wanted: Question) -> tuple[HeldAnswer, Trace]:
        seen = trace()
        return await self.documents.obtain(wanted, seen), seen


@dataclass
class Two:
    it: Exchange
    one: Replica
    other: Replica


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    async with Exchange() as it:
        held: dict[object, FakeFills] = {}
        shared = MemoryEntries[bytes](50_000_000)

        def replica() -> Replica:
            fills = FakeFills(held)  # type: ignore[arg-type]
            cache = Cache(MemoryEntries[Rendition](50_000_000), shared)
            documents = Documents(
                cache=cache,
                fetch=it.fetch,
                coalescer=Coalescer(it.background),
                clock=it.clock,
                form=Representation.JSON,
                max_answer=MAX_ANSWER,
                filling=Filling(fills, cache, it.clock),
            )
            return Replica(documents, fills)

        yield Two(it, replica(), replica())


async def both(two: Two, make: Callable[[], Question] = question) -> list[tuple[HeldAnswer, Trace]]:
    return list(await asyncio.gather(*(replica.ask(make()) for replica in (two.one, two.other) for _ in range(3))))


async def test_one_request_answers_the_callers_of_both(two: Two) -> None:
    answers = await both(two)
    assert two.it.asked == ["GET /task/"]
    assert len({held.entry.response.body for held, _ in answers}) == 1
    assert sum(seen.cost for _, seen in answers) == 1
    assert [seen.collapsed for _, seen in answers].count(False) == 1
    assert all("ttl=" in (seen.cache_status() or "") for _, seen in answers)
    assert two.one.fills.held == {}


async def test_what_another_filled_meanwhile_is_not_fetched_again(two: Two) -> None:
    await two.one.ask(question())
    await two.other.ask(question())
    assert two.it.asked == ["GET /task/"]


async def test_when_the_one_who_fills_dies_another_takes_over(two: Two) -> None:
    await two.one.fills.claim(question().key, question().caller.account, "task")
    waiting = asyncio.create_task(two.other.ask(question()))
    await asyncio.sleep(3)
    assert not waiting.done()
    two.one.fills.die()
    _, seen = await waiting
    assert (seen.cost, seen.collapsed) == (1, False)


async def test_patience_holds_while_another_fills(two: Two) -> None:
    await two.one.fills.claim(question().key, question().caller.account, "task")
    began = asyncio.get_running_loop().time()
    with pytest.raises(Fault) as caught:
        await two.other.ask(question())
    assert caught.value.kind is Kind.TIMED_OUT
    assert asyncio.get_running_loop().time() - began == pytest.approx(question().patience)
    await asyncio.sleep(1)
    looks = two.other.fills.looks
    await asyncio.sleep(5)
    assert two.other.fills.looks == looks, "nobody waits any more"


async def test_what_cannot_be_stored_is_nobody_elses_answer(two: Two) -> None:
    two.it.upstream.script += [error(404, 14), answer("task")]
    answers = await asyncio.gather(two.one.ask(question()), two.other.ask(question()))
    assert [(held.entry.response.status, seen.cost) for held, seen in answers] == [(404, 1), (200, 1)]
    assert len(two.it.asked) == 2
    assert two.one.fills.held == {}


async def test_who_leaves_while_it_looks_leaves_no_claim_behind(two: Two) -> None:
    """A claim that nobody gives up would be kept alive for ever, and the document never fetched again."""
    fills = two.one.fills
    filling = Filling(fills, Cache(MemoryEntries[Rendition](1000), SlowStore(1000)), two.it.clock)
    asking = asyncio.create_task(filling(question(), asyncio.Event().wait))  # type: ignore[arg-type]  # never called
    await asyncio.sleep(1)
    assert list(fills.held) == [question().key]
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert fills.held == {}
