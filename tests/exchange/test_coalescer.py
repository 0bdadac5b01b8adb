import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gateway.exchange.background import Background
from gateway.exchange.coalescer import Coalescer, Flight
from gateway.policy.faults import Fault, Kind
from gateway.policy.trace import Trace

Launch = Callable[[Flight[str]], Coroutine[Any, Any, str | Fault]]


@pytest.fixture
def deaths() -> list[str]:
    return []


@pytest.fixture
def coalescer(deaths: list[str]) -> Coalescer[str]:
    return Coalescer(Background(lambda name, error: deaths.append(name)))


def launch(log: list[str], *, line: float = 1.0, upstream: float = 1.0, forecast: float = 0.0) -> Launch:
    """A flight that waits in line, is sent, and lands; its history goes to the log."""

    async def fly(flight: Flight[str]) -> str:
        log.append("lined up")
        flight.forecast = lambda: forecast
        try:
            await asyncio.sleep(line)
        except asyncio.CancelledError:
            log.append("left")
            raise
        flight.sent = True
        log.append("sent")
        await asyncio.sleep(upstream)
        log.append("landed")
        return "answer"

    return fly


async def test_many_equal_callers_share_one_flight(coalescer: Coalescer[str]) -> None:
    log: list[str] = []
    flights = [coalescer.board("key", launch(log)) for _ in range(50)]
    assert [joined for _, joined in flights] == [False] + [True] * 49
    answers = await asyncio.gather(*(coalescer.ride(flight, 30) for flight, _ in flights))
    assert answers == ["answer"] * 50
    assert log == ["lined up", "sent", "landed"]


async def test_another_key_and_no_key_fly_alone(coalescer: Coalescer[str]) -> None:
    log: list[str] = []
    flights = [coalescer.board(key, launch(log))[0] for key in ("a", "b", None, None)]
    await asyncio.gather(*(coalescer.ride(flight, 30) for flight in flights))
    assert log.count("sent") == 4


async def test_the_first_caller_leaves_and_the_others_are_served(coalescer: Coalescer[str]) -> None:
    log: list[str] = []
    riders = []
    for _ in range(5):
        flight, _ = coalescer.board("key", launch(log))
        riders.append(asyncio.create_task(coalescer.ride(flight, 30)))
    await asyncio.sleep(0.5)
    riders[0].cancel()
    assert await asyncio.gather(*riders[1:]) == ["answer"] * 4
    assert log == ["lined up", "sent", "landed"]


async def test_a_flight_leaves_the_line_with_its_last_rider_and_the_next_caller_gets_a_new_one(
    coalescer: Coalescer[str], deaths: list[str]
) -> None:
    log: list[str] = []
    flight, _ = coalescer.board("key", launch(log))
    rider = asyncio.create_task(coalescer.ride(flight, 30))
    await asyncio.sleep(0.5)
    rider.cancel()
    await asyncio.gather(rider, return_exceptions=True)
    again, joined = coalescer.board("key", launch(log))
    assert not joined
    assert await coalescer.ride(again, 30) == "answer"
    assert log == ["lined up", "left", "lined up", "sent", "landed"]
    assert deaths == []


async def test_what_was_sent_completes_though_all_have_left(coalescer: Coalescer[str]) -> None:
    log: list[str] = []
    flight, _ = coalescer.board("key", launch(log))
    rider = asyncio.create_task(coalescer.ride(flight, 30))
    await asyncio.sleep(1.5)
    rider.cancel()
    await asyncio.sleep(5)
    assert log == ["lined up", "sent", "landed"]


async def test_patience_ends_in_line_with_the_time_to_come_back(coalescer: Coalescer[str]) -> None:
    flight, _ = coalescer.board("key", launch([], line=100))
    impatient = asyncio.create_task(coalescer.ride(flight, 5))
    patient = asyncio.create_task(coalescer.ride(flight, 200))
    await asyncio.sleep(1)
    flight.forecast = lambda: 42.0
    with pytest.raises(Fault) as refused:
        await impatient
    assert (refused.value.kind, refused.value.retry_after) == (Kind.TIMED_OUT, 42.0)
    assert await patient == "answer"


async def test_patience_counts_for_the_line_only(coalescer: Coalescer[str]) -> None:
    flight, _ = coalescer.board("key", launch([], line=1, upstream=60))
    assert await coalescer.ride(flight, 5) == "answer"


async def test_who_joins_a_long_wait_is_told_at_once(coalescer: Coalescer[str]) -> None:
    log: list[str] = []
    flight, _ = coalescer.board("key", launch(log, line=60, forecast=60))
    first = asyncio.create_task(coalescer.ride(flight, 90))
    await asyncio.sleep(1)
    began = asyncio.get_running_loop().time()
    with pytest.raises(Fault) as refused:
        await coalescer.ride(flight, 30)
    assert (refused.value.kind, refused.value.retry_after) == (Kind.WAIT_TOO_LONG, 60.0)
    assert asyncio.get_running_loop().time() == began
    assert await first == "answer"


async def test_a_refusal_reaches_every_rider_as_its_own_fault(coalescer: Coalescer[str]) -> None:
    async def refuse(_: Flight[str]) -> Fault:
        return Fault(Kind.BACKLOG_FULL, "full", retry_after=3.0)

    flight, _ = coalescer.board("key", refuse)
    faults = await asyncio.gather(*(coalescer.ride(flight, 1) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(fault, Fault) and fault.kind is Kind.BACKLOG_FULL for fault in faults)
    assert len({id(fault) for fault in faults}) == 3


@pytest.mark.parametrize(("lined_up", "queued"), [(True, 5.0), (False, None)])
async def test_a_wait_in_line_that_came_to_nothing_is_on_the_bill(
    coalescer: Coalescer[str], lined_up: bool, queued: float | None
) -> None:
    bill = Trace("id", "parent")
    flight, _ = coalescer.board("key", launch([], line=60.0))
    flight.lined_up = lined_up
    with pytest.raises(Fault):
        await coalescer.ride(flight, 5.0, bill=bill)
    assert bill.queued == (None if queued is None else pytest.approx(queued))
