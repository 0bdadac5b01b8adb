"""The ledger and the upstream's own count: when it is asked, what follows, and what a foreign program does to a day."""

from __future__ import annotations

import asyncio

import pytest

from gateway.exchange.line.gate import AccountRule, Gate
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Response
from tests.exchange.counting import Scene
from tests.exchange.gates import ACME, NOON, errand, refused

HOUR = 3_600.0
MIDNIGHT = NOON + 12 * HOUR


async def test_the_plan_is_learnt_at_the_start_and_kept() -> None:
    it = Scene(limit=12_000)
    gate = await it.open()
    assert gate.snapshot().accounts[ACME].limit == 12_000
    assert it.events == [("quota_learnt", {"account": ACME, "per_day": 12_000, "before": None})]
    assert gate.snapshot().accounts[ACME].used == 0, "it costs nothing of the day"
    assert gate.snapshot().egress.used == 1
    await it.end(gate)
    again = await it.house.gate(accounts={ACME: AccountRule(6000, learns=True)})
    assert again.snapshot().accounts[ACME].limit == 12_000, "a restart and other replicas know it"
    lower = await it.house.gate(accounts={ACME: AccountRule(100)})
    assert lower.snapshot().accounts[ACME].limit == 100, "what the operator says is not exceeded"
    await it.house.end(again, lower)


async def test_it_is_asked_while_there_is_traffic_and_after_midnight() -> None:
    it = Scene()
    gate = await it.open()
    await asyncio.sleep(6 * HOUR)
    assert len(it.day.asked) == 1, "nothing was spent"
    for _ in range(60):
        await it.house.send(gate, errand())
        await asyncio.sleep(60)
    assert 6 <= len(it.day.asked) - 1 <= 7
    await asyncio.sleep(MIDNIGHT - it.house.clock() + 60)
    assert it.day.asked[-1] == pytest.approx(MIDNIGHT + 10, abs=1)
    await it.end(gate)


async def test_another_replica_that_has_just_asked_is_enough() -> None:
    it = Scene()
    gate = await it.open()
    reconciler = it.task
    other = await it.open()
    for _ in range(120):
        await it.house.send(gate, errand())
        await it.house.send(other, errand())
        await asyncio.sleep(60)
    assert len(it.day.asked) <= 2 + 12 * 1.3
    reconciler.cancel()
    await asyncio.wait([reconciler])
    await it.house.end(gate)
    await it.end(other)


async def test_foreign_requests_are_counted_budgeted_for_and_told_once() -> None:
    it = Scene(limit=1000)
    gate = await it.open(limit=0)
    for _ in range(10):
        it.day.spend(20)
        await it.house.send(gate, errand())
        await asyncio.sleep(600)
    standing = gate.snapshot().days[ACME]
    assert sum(n for _, n in it.watch.foreigners) == standing.foreign >= 180
    assert standing.used == standing.foreign + 10
    assert standing.foreign_ahead == pytest.approx(200 * 10 / 14, rel=0.25), "as until now, for what is left of the day"
    assert standing.told is not None
    alarms = [fields for name, fields in it.events if name == "foreign_traffic"]
    assert len(alarms) == 1
    assert alarms[0]["requests"] > 50
    await it.end(gate)


async def test_our_own_requests_under_way_are_never_foreign() -> None:
    it = Scene()
    it.house.upstream.longest = 5.0
    gate = await it.open(limit=0)

    async def traffic() -> None:
        for _ in range(2000):
            task = asyncio.ensure_future(it.house.send(gate, errand()))
            tasks.append(task)
            await asyncio.sleep(2.3)

    tasks: list[asyncio.Task[float]] = []
    await traffic()
    await asyncio.gather(*tasks)
    assert len(it.day.asked) >= 7
    assert it.watch.foreigners == []
    assert gate.snapshot().accounts[ACME].used == 2000 == it.day.used
    await it.end(gate)


async def test_a_day_that_is_spent_too_soon_is_looked_into_at_once() -> None:
    it = Scene(limit=1000)
    gate = await it.open()
    await asyncio.sleep(60)
    it.day.spend(1000)
    gate.day_spent(ACME)
    await asyncio.sleep(2)
    assert len(it.day.asked) == 2
    assert it.watch.foreigners == [(ACME, 1000)]
    assert refused(gate).kind is Kind.QUOTA_SPENT
    it.day.limit = 2000
    await asyncio.sleep(60)
    gate.day_spent(ACME)
    await asyncio.sleep(2)
    assert gate.snapshot().accounts[ACME].limit == 2000
    await it.house.send(gate, errand())
    await it.end(gate)


async def test_a_plan_that_grows_while_the_day_is_spent_is_learnt_before_midnight() -> None:
    """Nobody can spend anything then; that must not keep the gateway from asking."""
    it = Scene(limit=20)
    gate = await it.open()
    await asyncio.gather(*(it.house.send(gate, errand()) for _ in range(20)))
    await asyncio.sleep(1200)
    assert refused(gate).kind is Kind.QUOTA_SPENT
    it.day.limit = 40
    await asyncio.sleep(1300)
    await asyncio.gather(*(it.house.send(gate, errand()) for _ in range(20)))
    gate.day_spent(ACME)
    await asyncio.sleep(1200)
    assert refused(gate).kind is Kind.QUOTA_SPENT
    it.day.limit = 60
    await asyncio.sleep(1300)
    await it.house.send(gate, errand())
    await it.end(gate)


@pytest.mark.parametrize("skew", [-45.0, 45.0])
async def test_a_midnight_that_is_not_ours_closes_nobody_for_a_day(skew: float) -> None:
    it = Scene(start=MIDNIGHT - 100, limit=80)
    it.day.skew = skew
    gate = await it.open(limit=0)
    await asyncio.gather(*(it.house.send(gate, errand()) for _ in range(80)))
    waits: list[tuple[float, float]] = []
    answered: list[float] = []
    while it.house.clock() < MIDNIGHT + 400:
        try:
            if it.day.used >= it.day.limit and not refusal_at_the_door(gate):
                raise gate.day_spent(ACME)
            await it.house.send(gate, errand(patience=0.0))
            answered.append(it.house.clock())
        except Fault as fault:
            waits.append((it.house.clock(), fault.retry_after or 0.0))
        await asyncio.sleep(7)
    assert answered[0] < MIDNIGHT + 130
    assert all(wait <= 61 for at, wait in waits if at > MIDNIGHT)
    assert it.day.used <= it.day.limit
    await it.end(gate)


def refusal_at_the_door(gate: Gate) -> bool:
    try:
        gate.leave(gate.line_up(errand(patience=0.0)))
    except Fault:
        return True
    return False


async def test_an_answer_that_cannot_be_read_is_told_once_and_asked_for_less_often() -> None:
    it = Scene()
    it.day.answer = lambda: Response(200, Headers([]), b"<html>")
    gate = await it.open()
    await asyncio.sleep(6 * HOUR)
    assert [name for name, _ in it.events] == ["reconcile_failed"]
    assert len(it.day.asked) <= 5 + 6 * 6
    assert gate.snapshot().accounts[ACME].limit == 6000
    it.day.answer = None
    await asyncio.sleep(600)
    assert gate.snapshot().days[ACME].plan == 6000
    await it.end(gate)


async def test_callers_go_first() -> None:
    it = Scene()
    gate = await it.open(limit=2)
    work = [asyncio.ensure_future(it.house.send(gate, errand(patience=9 * HOUR))) for _ in range(100)]
    await asyncio.sleep(1200)
    assert len(it.day.asked) <= 3
    assert len(it.house.upstream.arrivals) >= 35
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await it.end(gate)
