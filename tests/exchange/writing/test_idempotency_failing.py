"""Keys while records cannot be kept, and after one who held a key has hung up or died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.exchange.writing.idempotency import REPLAYED, Idempotency
from gateway.policy.faults import Kind
from gateway.policy.writing.idempotency import KEPT, KIND, Stage, load
from tests.exchange.writing.test_idempotency import HOLD, kept, post, refused
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import timed_out


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        yield exchange


async def copy(of: Exchange, to: Exchange) -> None:
    """What another replica finds in the store at this moment."""
    to.records._kinds[KIND] = dict(await of.records.scan(KIND, most=100))
    to.records._order[KIND] = sorted(to.records._kinds[KIND])


async def test_records_that_are_away_are_a_refusal_and_nothing_is_sent(it: Exchange) -> None:
    it.records.away = True
    heard = await refused(it)
    assert (heard.fault.kind, heard.fault.status) == (Kind.RECORDS_UNAVAILABLE, 503)
    assert (heard.fault.retry_after, it.asked) == (5.0, [])
    it.records.away = False
    assert (await post(it)).status == 201


async def test_records_that_go_away_before_it_leaves_keep_it_back() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        waiting = it.later(refused(it, by=caller(patience=100.0)))
        await asyncio.sleep(5)
        it.records.away = True
        assert (await waiting).fault.kind is Kind.RECORDS_UNAVAILABLE
        assert len(it.asked) == 1
        assert it.gate.snapshot().egress.used == 0, "its lease went back"
        it.records.away = False
        await asyncio.sleep(120)
        assert (await post(it)).status == 201


@pytest.mark.parametrize("swaps", [1, 2])
async def test_a_swap_of_which_nobody_knows_whether_it_was_made_frees_the_key(it: Exchange, swaps: int) -> None:
    it.records.half_done = swaps
    assert (await refused(it)).fault.kind is Kind.RECORDS_UNAVAILABLE
    assert it.asked == []
    await asyncio.sleep(HOLD)
    assert (await post(it)).status == 201


async def test_a_swap_that_fails_only_as_it_leaves_frees_the_key_too(it: Exchange) -> None:
    it.records.latency = 1.0
    asking = it.later(refused(it))
    await asyncio.sleep(1.5)
    it.records.half_done = 1
    assert (await asking).fault.kind is Kind.RECORDS_UNAVAILABLE
    assert (await kept(it), it.asked) == ([], [])


async def test_records_that_are_too_slow_keep_it_back(it: Exchange) -> None:
    """A lease lasts for a time only."""
    asking = it.later(refused(it))
    it.records.latency = 10.0
    assert (await asking).fault.kind is Kind.RECORDS_UNAVAILABLE
    assert it.asked == []


async def test_records_that_go_away_before_the_answer_make_it_unknown(it: Exchange) -> None:
    asking = it.later(post(it))
    await asyncio.sleep(0.5)
    it.records.away = True
    assert (await asking).status == 201, "who asked first has its answer"
    it.records.away = False
    heard = await refused(it)
    assert heard.fault.kind is Kind.IDEMPOTENCY_RUNNING
    await asyncio.sleep(heard.fault.retry_after or 0)
    assert (await refused(it)).fault.kind is Kind.IDEMPOTENCY_UNKNOWN
    assert len(it.asked) == 1


async def test_who_hangs_up_while_the_key_is_claimed_leaves_nothing() -> None:
    async with Exchange() as it:
        it.records.latency = 2.0
        asking = it.later(post(it))
        await asyncio.sleep(1)
        asking.cancel()
        await asyncio.sleep(10)
        assert (await kept(it), it.asked) == ([], [])


async def test_who_hangs_up_after_it_left_finds_the_answer(it: Exchange) -> None:
    asking = it.later(post(it))
    await asyncio.sleep(0.5)
    asking.cancel()
    await asyncio.sleep(1)
    assert (await post(it))[REPLAYED] == "true"
    assert len(it.asked) == 1


async def test_one_that_died_in_line_holds_the_key_for_its_patience_only(it: Exchange) -> None:
    async with Exchange(limit=1) as dying:
        await dying.get()
        waiting = dying.later(post(dying, by=caller(patience=100.0)))
        await asyncio.sleep(1)
        await copy(dying, it)
        waiting.cancel()
    heard = await refused(it)
    assert heard.fault.kind is Kind.IDEMPOTENCY_RUNNING
    await asyncio.sleep(heard.fault.retry_after or 0)
    assert (await post(it)).status == 201


async def test_one_that_died_after_it_sent_leaves_it_unknown(it: Exchange) -> None:
    async with Exchange() as dying:
        waiting = dying.later(post(dying))
        await asyncio.sleep(0.5)
        await copy(dying, it)
        await waiting
    assert [load(text).stage for text in await kept(it)] == [Stage.SENT]
    heard = await refused(it)
    assert (heard.fault.kind, (heard.fault.retry_after or 0) <= HOLD) == (Kind.IDEMPOTENCY_RUNNING, True)
    await asyncio.sleep(heard.fault.retry_after or 0)
    assert (await refused(it)).fault.kind is Kind.IDEMPOTENCY_UNKNOWN
    await asyncio.sleep(KEPT)
    assert (await post(it)).status == 201
    assert len(it.asked) == 1


async def test_who_lost_the_claim_while_it_waited_does_not_send(it: Exchange) -> None:
    """Its process stood still, say; another has sent the same meanwhile."""
    async with Exchange(limit=1, records=it.records) as slow:
        await slow.get()
        waiting = slow.later(refused(slow, by=caller(patience=100.0)))
        await asyncio.sleep(1)
        ((place, text),) = await it.records.scan(KIND, most=1)
        it.records._kinds[KIND][place] = text.replace(str(load(text).until), "0.0")
        assert (await post(it)).status == 201
        assert (await waiting).fault.kind is Kind.IDEMPOTENCY_RUNNING
        assert len(slow.asked) == 1
        assert (await post(slow))[REPLAYED] == "true"


async def test_a_lost_answer_that_could_not_be_recorded_is_unknown_all_the_same(it: Exchange) -> None:
    it.upstream.script.append(timed_out())
    asking = it.later(refused(it))
    await asyncio.sleep(0.5)
    it.records.away = True
    assert (await asking).fault.kind is Kind.UPSTREAM_TIMED_OUT
    it.records.away = False
    await asyncio.sleep(HOLD)
    assert (await refused(it)).fault.kind is Kind.IDEMPOTENCY_UNKNOWN


async def test_the_sweeper_outlives_records_that_are_away(it: Exchange) -> None:
    await post(it)
    it.records.away = True
    await asyncio.sleep(KEPT)
    it.records.away = False
    await asyncio.sleep(7200)
    assert await kept(it) == []


async def test_a_sweep_reads_all_pages_and_leaves_what_still_counts() -> None:
    async with Exchange() as it:
        for number in range(130):
            await post(it, idempotency_key=str(number), by=caller(patience=300.0))
        await asyncio.sleep(KEPT - 60)
        await Idempotency(it.records, hold=1.0, new_id=str).sweep()
        assert 0 < len(await it.records.scan(KIND, most=1000)) < 130
