"""When the ledger is asked, and that replicas share."""

from __future__ import annotations

import asyncio

import pytest

from tests.exchange.gates import NOON, House, errand, granted, now


async def test_without_limits_nothing_is_asked_of_the_ledger() -> None:
    house = House()
    gate = await house.gate(limit=0, per_day=None)
    reads = house.ledger.reads
    await asyncio.gather(*(house.send(gate, errand()) for _ in range(500)))
    assert (house.ledger.reads, house.ledger.swaps) == (reads, 0)
    await house.end(gate)


async def test_replicas_share_one_ledger() -> None:
    house = House(latency=0.02)
    gates = [await house.gate(limit=50, period=20.0) for _ in range(3)]
    work = [house.send(gate, errand(f"r{n}", patience=900.0)) for n, gate in enumerate(gates) for _ in range(100)]
    tasks = [asyncio.ensure_future(item) for item in work]
    await asyncio.sleep(60)
    shares = house.upstream.shares()
    assert len(shares) == 3
    assert min(shares.values()) >= 20, "all make progress"
    await asyncio.gather(*tasks)
    assert house.upstream.worst(20.0) <= 50
    assert now() - 1000 < 100 * 1.2 + 5
    await house.end(*gates)


async def test_an_empty_line_asks_nothing_and_a_blocked_one_little() -> None:
    house = House()
    gate = await house.gate(limit=5, hold=10.0)
    reads = house.ledger.reads
    await asyncio.sleep(86_400)
    assert house.ledger.reads == reads
    tickets = [gate.line_up(errand(patience=900.0)) for _ in range(6)]
    await granted(tickets[0])
    reads = house.ledger.reads
    await asyncio.sleep(50)
    assert house.ledger.reads - reads <= 51, "a look a second for what other replicas gave back"
    for ticket in tickets:
        gate.leave(ticket)
    await house.end(gate)


async def test_a_ledger_that_is_away_is_looked_for_also_when_nobody_asks() -> None:
    house = House()
    gate = await house.gate()
    house.ledger.away = True
    waiting = gate.line_up(errand(patience=5.0))
    await asyncio.sleep(2)
    gate.leave(waiting)
    house.ledger.away = False
    await asyncio.sleep(2.1)
    assert not gate.snapshot().ledger_away
    assert (await granted(gate.line_up(errand(patience=1.0)))).waited < 1
    await house.end(gate)


async def test_what_another_replica_gave_back_is_used_soon() -> None:
    house = House()
    one, other = await house.gate(limit=1, hold=10.0), await house.gate(limit=1, hold=10.0)
    lease = await granted(one.line_up(errand()))
    waiting = other.line_up(errand(patience=200.0))
    await asyncio.sleep(10)
    await one.give_back(lease)
    assert (await granted(waiting)).waited <= 12
    other.leave(waiting)
    await house.end(one, other)


async def test_a_lease_tells_until_when_its_request_must_have_ended() -> None:
    house = House(latency=0.5)
    gate = await house.gate(hold=10.0)
    began = now()
    ticket = gate.line_up(errand())
    lease = await granted(ticket)
    (stamp,) = house.state("egress:office").stamps
    assert lease.waited == lease.granted - began == pytest.approx(1.0)
    assert lease.deadline == began + 10.0
    assert stamp.ends >= NOON + (lease.deadline - began)
    gate.leave(ticket)
    await house.end(gate)
