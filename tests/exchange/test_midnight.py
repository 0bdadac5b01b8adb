"""Days on a virtual clock: midnight with work waiting, clocks that leap, and an account whose plan nobody told."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from gateway.exchange.line.gate import AccountRule
from gateway.policy.faults import Fault, Kind
from tests.exchange.gates import ACME, NOON, House, errand, now, refused

DAY = 86_400.0
MIDNIGHT = NOON + DAY / 2


def by_day(house: House, start: float, began: float) -> Counter[int]:
    """The oracle: requests by the day of their arrival, on the upstream's clock, which nobody sets."""
    return Counter(int((start + at - began) // DAY) for at, _ in house.upstream.arrivals)


@pytest.mark.parametrize("seed", range(4))
async def test_work_that_waits_over_midnight_uses_both_days_fully_and_exactly(seed: int) -> None:
    start, began = MIDNIGHT - 400, now()
    house = House(start=start, seed=seed, latency=0.02)
    house.upstream.longest = 4.0
    gate = await house.gate(limit=60, per_day=150, hold=20.0)

    async def caller() -> None:
        while now() - began < 900:
            try:
                await house.send(gate, errand(patience=100.0))
            except Fault as fault:
                await asyncio.sleep(min(fault.retry_after or 1.0, 900 - (now() - began)))

    await asyncio.gather(*(caller() for _ in range(70)))
    days = by_day(house, start, began)
    assert max(days.values()) <= 150
    assert min(days.values()) >= 0.98 * 150
    assert house.upstream.worst(60.0) <= 60
    await house.end(gate)


@pytest.mark.parametrize("leap", [-7200.0, -600.0, 600.0, 7200.0])
@pytest.mark.parametrize("at", [MIDNIGHT - 300, MIDNIGHT + 300])
async def test_a_leap_of_the_ledgers_clock_lets_no_more_through(at: float, leap: float) -> None:
    """A ledger whose clock is somebody else's to set, as a Redis server's is; the others follow no leap.

    Only a clock that leaps ahead over midnight is believed: nothing else says that it is wrong, but `GET /quota/`.
    """
    began = now()
    house = House(start=at - 200)
    true, leapt = house.clock, [0.0]
    house.ledger._clock = lambda: true() + leapt[0]
    gate = await house.gate(limit=0, per_day=200, hold=5.0)

    async def ask(times: int) -> None:
        for _ in range(times):
            try:
                await house.send(gate, errand(patience=0.0))
            except Fault as fault:
                kinds.add(fault.kind)

    kinds: set[Kind] = set()
    await ask(150)
    leapt[0] = leap
    await ask(150)
    used = gate.snapshot().accounts[ACME].used
    counted = by_day(house, at - 200, began)
    crossed = int((true() + leap) // DAY) > int(at // DAY)
    assert used <= 200
    assert kinds <= {Kind.QUOTA_SPENT}
    assert max(counted.values()) <= (350 if crossed else 200), "no clock that is set back gives a day twice"
    await house.end(gate)


async def test_an_account_whose_plan_nobody_told_has_the_smaller_one() -> None:
    house = House()
    gate = await house.gate(limit=0, accounts={ACME: AccountRule(6000, learns=True)})
    for _ in range(10):
        await asyncio.gather(*(house.send(gate, errand(patience=50.0)) for _ in range(600)))
    fault = refused(gate)
    assert fault.kind is Kind.QUOTA_SPENT
    assert fault.retry_after == pytest.approx(MIDNIGHT - house.clock(), abs=1)
    await asyncio.sleep(fault.retry_after or 0)
    await house.send(gate, errand())
    await house.end(gate)
