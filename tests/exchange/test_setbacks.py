"""A failure is not bought again by every reader while what is stored may stand in."""

from __future__ import annotations

import asyncio

import pytest

from gateway.exchange.fetch import Arrival
from gateway.exchange.setbacks import Setbacks
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.names import CacheKey
from gateway.policy.outcome import Answer, Failed
from tests.fakes.exchange import Exchange
from tests.fakes.upstream import answer, cut_off, plain

KEY, OTHER = CacheKey("k"), CacheKey("o")
DOWN = plain(b"down", "text/plain", status=503)
SPANS = ["stale-while-revalidate=600", "stale-if-error=600"]


async def arrival(verdict: Answer | Failed) -> Arrival:
    return Arrival(Response(200), verdict, None, requested_at=0.0, received_at=0.0, queued=0.0, took=0.0)


async def refusing(kind: Kind) -> Arrival:
    raise Fault(kind, "no")


async def test_a_failure_makes_a_pause_and_an_answer_ends_it() -> None:
    setbacks = Setbacks(asyncio.get_running_loop().time)
    await setbacks.through(KEY, arrival(Failed()))
    assert (setbacks.pausing(KEY), setbacks.pausing(OTHER)) == (True, False)
    await asyncio.sleep(10)
    assert not setbacks.pausing(KEY)
    await setbacks.through(KEY, arrival(Failed()))
    await asyncio.sleep(10)
    assert setbacks.pausing(KEY), "the second pause is longer"
    await setbacks.through(KEY, arrival(Answer()))
    assert not setbacks.pausing(KEY)


@pytest.mark.parametrize(
    ("kind", "pauses"),
    [(Kind.UPSTREAM_UNREACHABLE, True), (Kind.UPSTREAM_TIMED_OUT, True), (Kind.WAIT_TOO_LONG, False)],
)
async def test_a_refusal_by_the_gateway_itself_is_no_failure(kind: Kind, pauses: bool) -> None:
    setbacks = Setbacks(asyncio.get_running_loop().time)
    with pytest.raises(Fault):
        await setbacks.through(KEY, refusing(kind))
    assert setbacks.pausing(KEY) is pauses


async def test_the_number_of_setbacks_is_bounded() -> None:
    setbacks = Setbacks(asyncio.get_running_loop().time)
    for number in range(10_001):
        await setbacks.through(CacheKey(str(number)), arrival(Failed()))
    assert (setbacks.pausing(CacheKey("0")), setbacks.pausing(CacheKey("10000"))) == (False, True)


@pytest.mark.parametrize("target", ["/personcontact/", "/x"])
@pytest.mark.parametrize("span", SPANS)
async def test_half_a_minute_of_an_outage_costs_two_requests(target: str, span: str) -> None:
    async with Exchange() as it:
        it.upstream.latency = 0.1
        it.upstream.script += [answer(fields={"Cache-Control": f"max-age=10, {span}"}), *[DOWN] * 30]
        await it.get(target)
        await asyncio.sleep(20)
        for _ in range(30):
            heard = await it.get(target)
            assert (heard.status, heard.cache_status.partition(";")[0]) == (200, "hit")
            await asyncio.sleep(1)
        assert (len(it.asked), it.spent()) == (3, 3)


@pytest.mark.parametrize("target", ["/personcontact/", "/x"])
async def test_who_wants_it_fresh_is_not_held_back(target: str) -> None:
    async with Exchange() as it:
        it.upstream.script += [answer(fields={"Cache-Control": "max-age=10, stale-if-error=600"}), DOWN]
        await it.get(target)
        await asyncio.sleep(20)
        assert (await it.get(target)).cache_status.startswith("hit")
        await asyncio.sleep(2)
        it.upstream.script += [answer(name="New", fields={"Cache-Control": "max-age=10"})]
        assert (await it.get(target, cache_control="no-cache")).name == "New"
        assert len(it.asked) == 3


async def test_what_may_not_stand_in_is_asked_for_each_time() -> None:
    async with Exchange() as it:
        it.upstream.script += [answer(fields={"Cache-Control": "max-age=10, must-revalidate"}), cut_off(), cut_off()]
        await it.get("/x")
        await asyncio.sleep(20)
        asked = len(it.asked)
        await it.refused("GET", "/x")
        it.upstream.script.clear()
        assert (await it.get("/x")).status == 200
        assert len(it.asked) > asked
