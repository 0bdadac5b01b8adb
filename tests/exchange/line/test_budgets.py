"""The mirror of the ledger: races, crashes, a ledger that is away or holds nonsense."""

from __future__ import annotations

import asyncio

import pytest

from gateway.policy.faults import Kind
from gateway.policy.quota.arithmetic import Sliding, used
from tests.exchange.gates import House, errand, granted, now, refusal, refused


async def test_what_a_crashed_process_had_under_way_counts_as_spent() -> None:
    house = House()
    dead = await house.gate(limit=10, period=10.0, hold=5.0)
    for _ in range(10):
        ticket = dead.line_up(errand())
        await granted(ticket)
        house.upstream.arrivals.append((now() + 4.9, "tool"))
    house.tasks[-1].cancel()
    gate = await house.gate(limit=10, period=10.0, hold=5.0)
    fault = refused(gate, patience=5.0)
    await asyncio.sleep(fault.retry_after or 0)
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(10)))
    assert house.upstream.worst(10.0) <= 10
    await house.end(gate)


async def test_while_the_ledger_is_away_a_safe_share_is_used_and_later_counted() -> None:
    house = House()
    gate = await house.gate(limit=40, period=60.0, hold=10.0)
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(40)))
    house.ledger.away = True
    waiting = [asyncio.ensure_future(house.send(gate, errand(patience=100.0))) for _ in range(20)]
    await asyncio.sleep(65)
    assert house.away == ["the fake ledger is away"]
    assert gate.snapshot().ledger_away
    fault = refused(gate)
    assert fault.kind is Kind.LEDGER_UNAVAILABLE
    assert len(house.upstream.arrivals) == 40, "what others sent before the loss has to pass first"
    await asyncio.sleep(60)
    assert len(house.upstream.arrivals) == 50, "a quarter"
    house.ledger.away = False
    await asyncio.gather(*waiting)
    assert house.away[-1] is None
    egress = house.state("egress:office")
    assert used(egress, Sliding(40, 60.0), now=house.clock()) == 20
    assert house.state("account:acme").used == 60
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(20)))
    assert house.upstream.worst(60.0) == 40
    await house.end(gate)


async def test_a_moment_without_the_ledger_harms_nobody_who_waits() -> None:
    house = House()
    gate = await house.gate()
    house.ledger.away = True
    ticket = gate.line_up(errand())
    await asyncio.sleep(3)
    house.ledger.away = False
    assert (await granted(ticket)).waited == pytest.approx(4, abs=1)
    gate.leave(ticket)
    await house.end(gate)


async def test_a_state_nobody_can_read_is_as_good_as_away() -> None:
    house = House()
    house.ledger.states["egress:office"] = "[1, 2"
    gate = await house.gate(limit=40, hold=10.0)
    assert house.away[0] is not None
    assert "egress:office" in house.away[0]
    assert refused(gate, patience=60.0).retry_after == pytest.approx(70, abs=1), "what was sent before is unknown"
    await asyncio.gather(*(house.send(gate, errand(patience=80.0)) for _ in range(10)))
    await house.end(gate)


async def test_lost_races_are_run_again() -> None:
    house = House()
    gate = await house.gate()
    house.ledger.races_to_lose = 20
    await house.send(gate, errand())
    assert len(house.state("account:acme").stamps) <= 1
    await house.end(gate)
    assert house.state("account:acme").used == 1


async def test_a_slow_answer_of_the_ledger_frees_no_place_too_soon() -> None:
    house = House()
    house.upstream.longest = 0.0
    gate = await house.gate(limit=5, period=10.0, hold=5.0)
    house.ledger.answers_after = 3.0
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(5)))
    await asyncio.sleep(4)
    house.ledger.answers_after = 0.0
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(5)))
    assert house.upstream.worst(10.0) == 5
    await house.end(gate)


async def test_a_ledger_that_lost_everything_is_told_what_is_known_here() -> None:
    house = House()
    gate = await house.gate(limit=10, period=10.0, hold=5.0)
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(10)))
    await asyncio.sleep(1)
    house.ledger.states.clear()
    await asyncio.sleep(11)
    house.upstream.arrivals.append((now() - 1, "of another replica, and in no ledger any more"))
    fault = await refusal(house.send(gate, errand(patience=5.0)))
    assert fault.kind is Kind.LEDGER_UNAVAILABLE
    assert "lost what was spent" in fault.detail
    await asyncio.sleep(fault.retry_after or 0)
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(10)))
    assert house.upstream.worst(10.0) <= 10
    assert house.state("account:acme").used == 20
    await house.end(gate)


async def test_who_finds_an_empty_ledger_gives_others_time_to_tell_what_they_know() -> None:
    house = House()
    old = await house.gate(limit=10, period=10.0, hold=5.0, settling=2.0)
    assert await house.send(old, errand()) == pytest.approx(2.0, abs=0.1)
    await asyncio.gather(*(house.send(old, errand()) for _ in range(9)))
    house.ledger.states.clear()
    new = await house.gate(limit=10, period=10.0, hold=5.0, settling=2.0)
    waiting = [asyncio.ensure_future(house.send(new, errand(patience=60.0))) for _ in range(10)]
    await asyncio.sleep(1)
    old.correct(errand().account, lambda state, _: state)
    await asyncio.gather(*waiting)
    assert house.upstream.worst(10.0) == 10
    assert house.state("account:acme").used == 20
    await house.end(old, new)
