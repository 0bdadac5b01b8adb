"""What is sent again: never what may have been done, always with a lease of its own, within the patience."""

from __future__ import annotations

import pytest

from gateway.exchange.coalescer import Flight
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from tests.exchange.test_fetch import fetch, refusal
from tests.fakes.exchange import Exchange
from tests.fakes.upstream import answer, cut_off, timed_out, unreachable


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
async def test_a_connection_that_was_not_made_is_tried_again_and_costs_nothing(method: str) -> None:
    async with Exchange() as it:
        it.upstream.script += [unreachable(), unreachable(), answer()]
        flight: Flight[object] = Flight()
        arrival = await fetch(it, method, flight=flight)
        assert arrival.response.status == 200
        assert (len(it.asked), flight.cost, it.spent()) == (3, 1, 1)
        assert it.gate.snapshot().egress.used == 1
        assert it.watch.answers == [(0, None), (0, None), (200, None)], "each failure is counted"


async def test_an_upstream_that_stays_away_is_tried_three_times() -> None:
    async with Exchange() as it:
        it.upstream.latency = 0.0
        it.upstream.script += [unreachable()] * 4
        began = it.clock()
        assert (await refusal(it)).kind is Kind.UPSTREAM_UNREACHABLE
        assert it.clock() - began == pytest.approx(1.25)
        assert len(it.asked) == 3


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_that_was_cut_off_is_sent_once_more_and_both_are_paid_for(method: str) -> None:
    async with Exchange() as it:
        it.upstream.script += [cut_off(), answer()]
        flight: Flight[object] = Flight()
        assert (await fetch(it, method, flight=flight)).response.status == 200
        assert (len(it.asked), flight.cost, it.spent()) == (2, 2, 2)


async def test_a_read_that_is_cut_off_each_time_is_given_up() -> None:
    async with Exchange() as it:
        it.upstream.script += [cut_off()] * 4
        assert (await refusal(it)).kind is Kind.UPSTREAM_UNREACHABLE
        assert (len(it.asked), it.spent()) == (2, 2)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "lost",
    [cut_off(), timed_out(), Fault(Kind.UPSTREAM_UNINTELLIGIBLE, "broke off")],
    ids=["cut off", "timed out", "half an answer"],
)
async def test_a_write_that_may_have_arrived_is_never_sent_again(method: str, lost: Fault) -> None:
    async with Exchange() as it:
        it.upstream.script.append(lost)
        assert (await refusal(it, method=method)).kind is lost.kind
        assert (len(it.asked), it.spent()) == (1, 1)


@pytest.mark.parametrize("lost", [timed_out(), Fault(Kind.UPSTREAM_UNINTELLIGIBLE, "broke off")])
async def test_a_read_that_took_its_time_or_half_an_answer_is_not_sent_again(lost: Fault) -> None:
    async with Exchange() as it:
        it.upstream.script.append(lost)
        await refusal(it)
        assert len(it.asked) == 1


@pytest.mark.parametrize(("latency", "tried"), [(0.0, 2), (3.0, 2), (5.0, 1)])
async def test_nobody_is_kept_beyond_the_patience_by_further_tries(latency: float, tried: int) -> None:
    async with Exchange() as it:
        it.upstream.latency = latency
        it.upstream.script += [cut_off()] * 2
        began = it.clock()
        await refusal(it, patience=4.0)
        assert len(it.asked) == tried
        assert it.clock() - began <= 4.0 + latency, "a try begins within the patience, and is then waited for"


async def test_who_has_no_patience_is_still_spared_a_restart_of_the_upstream() -> None:
    async with Exchange() as it:
        it.upstream.latency = 0.0
        it.upstream.script += [unreachable(), answer()]
        assert (await fetch(it, patience=0.0)).response.status == 200


async def test_a_second_try_waits_in_line_for_what_is_left_of_the_patience() -> None:
    async with Exchange(limit=1) as it:
        it.upstream.script.append(cut_off())
        fault = await refusal(it, patience=50.0)
        assert fault.kind is Kind.WAIT_TOO_LONG
        assert (len(it.asked), it.spent()) == (1, 1)
        it.upstream.script.append(cut_off())
        began = it.clock()
        arrival = await fetch(it, patience=130.0)
        assert isinstance(arrival.response, Response)
        assert it.clock() - began < 130
