"""The gate as callers meet it: what leaves, who waits, and that nothing leaks."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from gateway.exchange.line.gate import Gate
from gateway.policy.faults import Fault, Kind
from gateway.policy.quota.backlog import Priority
from tests.exchange.gates import NOON, House, errand, granted, now, refusal, refused


async def test_three_hundred_at_once_never_overrun_and_all_are_served_or_told_the_truth() -> None:
    house = House(latency=0.01)
    gate = await house.gate()
    returned: list[int] = []
    longest: list[float] = []

    reasons: set[Kind] = set()

    async def caller() -> None:
        for attempt in range(3):
            try:
                waited = await house.send(gate, errand(patience=30.0))
            except Fault as fault:
                reasons.add(fault.kind)
                await asyncio.sleep(fault.retry_after or 0)
            else:
                returned.append(attempt)
                longest.append(waited)
                return

    await asyncio.gather(*(caller() for _ in range(300)))
    assert reasons == {Kind.WAIT_TOO_LONG}
    assert max(longest) <= 30.0
    assert len(house.upstream.arrivals) == 300
    assert house.upstream.worst(60.0) <= 100
    assert returned.count(0) == 100
    assert max(returned) == 1, "who came back when told got through"
    await house.end(gate)


async def test_a_patient_crowd_uses_the_limit_fully() -> None:
    house = House(latency=0.01)
    gate = await house.gate()
    began = now()
    await asyncio.gather(*(house.send(gate, errand(patience=600.0)) for _ in range(600)))
    assert house.upstream.worst(60.0) <= 100
    assert 600 / (now() - began + 60.0) >= 0.98 * 100 / 60, "five full windows had to pass, and no more"
    await house.end(gate)


async def test_two_apps_share_evenly_whatever_they_ask_for() -> None:
    house = House()
    gate = await house.gate(limit=20, period=10.0)
    crowd = [("greedy", 150), ("modest", 30)]
    work = [asyncio.ensure_future(house.send(gate, errand(app, patience=900.0))) for app, n in crowd for _ in range(n)]
    await asyncio.sleep(15)
    shares = house.upstream.shares()
    assert abs(shares["modest"] - shares["greedy"]) <= 2
    await asyncio.gather(*work)
    await house.end(gate)


async def test_closing_refuses_who_waits_and_lets_the_rest_end() -> None:
    house = House()
    gate = await house.gate(limit=1)
    lease = await granted(gate.line_up(errand()))
    waiting = gate.line_up(errand(patience=500.0))
    closing = asyncio.ensure_future(gate.close(30.0))
    await asyncio.sleep(2)
    assert (await refusal(waiting.lease)).kind is Kind.SHUTTING_DOWN
    assert not closing.done()
    await gate.settle(lease)
    await closing
    assert refused(gate).kind is Kind.SHUTTING_DOWN
    (stamp,) = house.state("egress:office").stamps
    assert stamp.ends == pytest.approx(NOON + 2, abs=0.2), "its end was written before the gate stopped"


async def test_everything_may_be_said_twice() -> None:
    house = House()
    gate = await house.gate()
    ticket = gate.line_up(errand())
    lease = await granted(ticket)
    for _ in range(2):
        await gate.settle(lease)
        await gate.give_back(lease)
        gate.leave(ticket)
    left = gate.line_up(errand())
    gate.leave(left)
    gate.leave(left)
    await house.end(gate)
    assert house.state("account:acme").used == 1


async def test_interactive_work_passes_batch_work() -> None:
    house = House()
    gate = await house.gate(limit=10, period=10.0)
    slow = [gate.line_up(errand("nightly", priority=Priority.BATCH, patience=900.0)) for _ in range(50)]
    await asyncio.sleep(5)
    quick = gate.line_up(errand("screen", priority=Priority.INTERACTIVE, patience=900.0))
    assert gate.wait_ahead(quick) < gate.wait_ahead(slow[30])
    assert gate.overdue(slow[-1]).kind is Kind.TIMED_OUT
    for ticket in [*slow, quick]:
        gate.leave(ticket)
    await house.end(gate)


@pytest.mark.parametrize("seed", range(12))
async def test_chaos_leaks_no_lease_and_no_place(seed: int) -> None:
    random = Random(seed)
    house = House(seed=seed, latency=0.05 * (seed % 3))
    gates = [await house.gate(limit=15, period=20.0, hold=10.0) for _ in range(1 + seed % 2)]

    async def caller(gate: Gate) -> None:
        await asyncio.sleep(random.random() * 60)
        try:
            await house.send(gate, errand(f"app{random.randrange(3)}", patience=random.choice([5.0, 40.0, 300.0])))
        except Fault as fault:
            refusals.append(fault)

    refusals: list[Fault] = []
    tasks = [asyncio.ensure_future(caller(random.choice(gates))) for _ in range(150)]

    async def trouble() -> None:
        for _ in range(60):
            await asyncio.sleep(random.random() * 2)
            random.choice(tasks).cancel()
            house.ledger.races_to_lose = random.randrange(3)

    await trouble()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(fault.retry_after is not None for fault in refusals)
    for gate in gates:
        assert gate.snapshot().leases_out == 0
        assert not any(gate.snapshot().waiting.values())
    await house.end(*gates)
    # A request that was cancelled after it had been granted, but before it arrived, is rightly counted too.
    counted = house.state("account:acme")
    assert not [stamp for stamp in counted.stamps if stamp.ends > house.clock()]
    assert len(house.upstream.arrivals) <= counted.used <= len(house.upstream.arrivals) + 60
    assert house.upstream.worst(20.0) <= 15
