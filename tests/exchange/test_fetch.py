"""One request to the upstream: what it costs, and what its answer means for those that come after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.exchange.coalescer import Flight
from gateway.exchange.fetch import Arrival, Order
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.outcome import Answer, CallerMistake, Failed
from tests.fakes.exchange import TOOL, Exchange, caller, request
from tests.fakes.upstream import answer, error, timed_out, unreachable, zipped

HOUR = 3600.0


async def fetch(
    it: Exchange,
    method: str = "GET",
    *,
    by: Caller = TOOL,
    resource: str = "personcontact",
    patience: float = 30.0,
    flight: Flight[Any] | None = None,
) -> Arrival:
    order = Order(caller=by, request=request(method, f"/{resource}/"), resource=resource, patience=patience)
    return await it.fetch(order, flight or Flight())


async def refusal(it: Exchange, **options: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        await fetch(it, **options)
    return caught.value


async def test_an_answer_costs_one_and_says_how_long_it_took() -> None:
    async with Exchange() as it:
        it.upstream.latency = 2.0
        flight: Flight[Any] = Flight()
        arrival = await fetch(it, flight=flight)
        assert (arrival.response.status, arrival.verdict, arrival.api_code) == (200, Answer(), None)
        assert (arrival.took, arrival.received_at - arrival.requested_at) == (2.0, 2.0)
        assert flight.sent
        assert it.spent() == 1
        assert it.watch.requests == [("acme", "tool", "personcontact", "GET")]
        assert it.watch.answers == [(200, None)]


async def test_asking_for_the_quota_costs_nothing_of_the_day() -> None:
    async with Exchange() as it:
        await fetch(it, resource="quota")
        assert (it.spent(), it.gate.snapshot().egress.used) == (0, 1)
        await fetch(it, "POST", resource="quota")
        assert it.spent() == 1


async def test_the_time_in_line_is_told() -> None:
    async with Exchange(limit=1) as it:
        await fetch(it)
        arrival = await fetch(it, patience=100.0)
        assert arrival.queued == pytest.approx(60, abs=1)
        assert arrival.took == 1.0


@pytest.mark.parametrize(("fault", "spent"), [(unreachable(), 0), (timed_out(), 1)])
async def test_what_never_left_costs_nothing_and_what_may_have_arrived_does(fault: Fault, spent: int) -> None:
    async with Exchange() as it:
        it.upstream.script += [fault] * 3
        assert (await refusal(it)).kind is fault.kind
        assert it.spent() == spent
        assert it.gate.snapshot().egress.used == spent


async def test_a_request_broken_off_half_way_is_counted() -> None:
    async with Exchange() as it:
        fetching = it.later(fetch(it))
        await asyncio.sleep(0.5)
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)
        assert it.asked == ["GET /personcontact/"]
        assert (it.spent(), it.gate.snapshot().leases_out) == (1, 0)


async def test_one_who_leaves_the_line_costs_nothing() -> None:
    async with Exchange(limit=1) as it:
        await fetch(it)
        flight: Flight[Any] = Flight()
        waiting = it.later(fetch(it, patience=100.0, flight=flight))
        await asyncio.sleep(5)
        assert not flight.sent
        assert flight.forecast() == pytest.approx(55, abs=1)
        waiting.cancel()
        await asyncio.sleep(200)
        assert (len(it.asked), it.spent()) == (1, 1)


async def test_too_fast_is_sent_again_once_after_the_pause() -> None:
    async with Exchange() as it:
        it.upstream.script += [error(400, 12), answer(name="again")]
        began = it.clock()
        arrival = await fetch(it, patience=100.0)
        assert arrival.response.status == 200
        assert it.clock() - began == pytest.approx(62, abs=0.5), "two requests of a second and a pause of a minute"
        assert it.watch.answers == [(400, 12), (200, None)]
        assert it.spent() == 2


async def test_too_fast_twice_is_told_with_the_time_to_come_back() -> None:
    async with Exchange() as it:
        it.upstream.script += [error(400, 12)] * 3
        fault = await refusal(it, patience=1000.0)
        assert (fault.kind, fault.status) == (Kind.TOO_FAST, 429)
        assert fault.retry_after == pytest.approx(120, abs=1), "the pause grows"
        assert len(it.asked) == 2


async def test_who_cannot_wait_for_the_end_of_a_pause_is_told_at_once() -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(400, 12))
        fault = await refusal(it)
        assert (fault.kind, fault.status) == (Kind.TOO_FAST, 429)
        assert fault.retry_after == pytest.approx(60, abs=1)
        assert len(it.asked) == 1
        await asyncio.sleep(fault.retry_after or 0)
        assert isinstance((await fetch(it)).verdict, Answer)


async def test_a_pause_that_the_upstream_asks_for_is_kept() -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(429, 12, fields={"Retry-After": "300"}))
        assert (await refusal(it)).retry_after == pytest.approx(300, abs=1)


async def test_a_refusal_in_gzip_is_understood() -> None:
    async with Exchange() as it:
        it.upstream.script.append(zipped(error(400, 12)))
        assert (await refusal(it)).kind is Kind.TOO_FAST
        assert it.watch.answers == [(400, 12)]


async def test_a_spent_day_closes_the_account_until_midnight() -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(400, 11))
        for _ in range(2):
            fault = await refusal(it)
            assert (fault.kind, fault.status) == (Kind.QUOTA_SPENT, 429)
            assert fault.retry_after == pytest.approx(12 * HOUR, abs=2)
        assert len(it.asked) == 1
        assert isinstance((await fetch(it, by=caller(account="globex"))).verdict, Answer)
        assert isinstance((await fetch(it, resource="quota")).verdict, Answer)
        await asyncio.sleep(12 * HOUR)
        assert isinstance((await fetch(it)).verdict, Answer)


@pytest.mark.parametrize(("status", "code"), [(401, 2), (401, 3), (402, 6), (503, 4)])
async def test_an_account_state_keeps_its_status_and_one_probe_finds_its_end(status: int, code: int) -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(status, code))
        for by in (TOOL, caller("other", token="another")):
            fault = await refusal(it, by=by)
            assert (fault.kind, fault.status) == (Kind.ACCOUNT_CLOSED, status)
            assert fault.retry_after == pytest.approx(60, abs=2)
        assert len(it.asked) == 1, "the whole account is stopped"
        await asyncio.sleep(61)
        assert isinstance((await fetch(it)).verdict, Answer)
        await fetch(it)
        assert len(it.asked) == 3


async def test_a_banned_account_is_not_asked_again() -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(418, 5))
        assert (await refusal(it)).status == 418
        await asyncio.sleep(48 * HOUR)
        fault = await refusal(it)
        assert (fault.status, fault.retry_after, len(it.asked)) == (418, None, 1)


@pytest.mark.parametrize(("status", "code"), [(401, 7), (401, 8), (401, 9)])
async def test_a_refused_credential_stops_alone(status: int, code: int) -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(status, code))
        for _ in range(2):
            fault = await refusal(it)
            assert (fault.kind, fault.status) == (Kind.CREDENTIAL_REFUSED, status)
            assert fault.retry_after == pytest.approx(60, abs=2)
        assert len(it.asked) == 1
        assert isinstance((await fetch(it, by=caller(token="another"))).verdict, Answer)
        await asyncio.sleep(60)
        assert isinstance((await fetch(it)).verdict, Answer), "a token can be made good"
        assert isinstance((await fetch(it)).verdict, Answer)


async def test_a_refused_credential_keeps_the_upstreams_status_while_it_is_stopped() -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(403, 9))
        assert [(await refusal(it)).status for _ in range(2)] == [403, 403]


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [(400, 17, CallerMistake()), (400, 18, CallerMistake()), (404, 10, CallerMistake()), (500, 1, Failed())],
)
async def test_other_answers_stop_nobody(status: int, code: int, verdict: CallerMistake | Failed) -> None:
    async with Exchange() as it:
        it.upstream.script.append(error(status, code))
        arrival = await fetch(it)
        assert (arrival.response.status, arrival.verdict, arrival.api_code) == (status, verdict, code)
        assert isinstance((await fetch(it)).verdict, Answer)


async def test_one_success_forgets_the_refusals_of_a_credential() -> None:
    async with Exchange() as it:
        for _ in range(2):
            it.upstream.script.append(error(401, 9))
            assert (await refusal(it)).retry_after == pytest.approx(60, abs=2)
            await asyncio.sleep(60)
            await fetch(it)


async def test_what_has_to_be_durable_before_a_request_leaves_is_awaited_after_its_turn_came() -> None:
    async with Exchange() as it:
        seen: list[tuple[int, bool, list[str]]] = []
        flight: Flight[Any] = Flight()

        async def departing() -> None:
            await asyncio.sleep(3.0)
            seen.append((it.gate.snapshot().leases_out, flight.sent, it.asked))

        await fetch(it, "PUT", by=caller(departing=departing), flight=flight)
        assert seen == [(1, False, [])]
        assert it.asked == ["PUT /personcontact/"]


async def test_what_may_not_leave_gives_its_lease_back() -> None:
    async with Exchange() as it:

        async def departing() -> None:
            raise Fault(Kind.RECORDS_UNAVAILABLE, "away")

        flight: Flight[Any] = Flight()
        assert (await refusal(it, by=caller(departing=departing), flight=flight)).kind is Kind.RECORDS_UNAVAILABLE
        assert (flight.sent, flight.cost, it.asked) == (False, 0, [])
        await asyncio.sleep(1.0)
        assert (it.spent(), it.gate.snapshot().egress.used) == (0, 0)
