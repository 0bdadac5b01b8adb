"""A gate that is given other rules while requests wait."""

from __future__ import annotations

import asyncio

import pytest

from gateway.exchange.line.gate import AccountRule
from gateway.policy.faults import Kind
from gateway.policy.names import AccountName
from tests.exchange.gates import ACME, House, errand, granted, refused

THIRD = AccountName("third")


async def test_a_day_that_became_longer_lets_out_who_was_refused() -> None:
    house = House()
    gate = await house.gate(per_day=2)
    for _ in range(2):
        await house.send(gate, errand())
    assert refused(gate).kind is Kind.QUOTA_SPENT
    gate.follow({ACME: AccountRule(3)}, backlog=1000)
    await house.send(gate, errand())
    gate.follow({ACME: AccountRule(2)}, backlog=1000)
    assert refused(gate).kind is Kind.QUOTA_SPENT
    await house.end(gate)


async def test_an_account_that_is_new_starts_from_what_the_ledger_knows_of_it() -> None:
    house = House()
    another = await house.gate(accounts={THIRD: AccountRule(2)})
    for _ in range(2):
        await house.send(another, errand(account=THIRD))
    gate = await house.gate()
    gate.follow({ACME: AccountRule(6000), THIRD: AccountRule(2)}, backlog=1000)
    await asyncio.sleep(1.0)
    assert gate.snapshot().days[THIRD].used == 2
    assert refused(gate, account=THIRD).kind is Kind.QUOTA_SPENT
    await house.end(gate, another)


async def test_who_waits_for_an_account_that_is_gone_is_still_served() -> None:
    house = House()
    gate = await house.gate(limit=1, period=5.0)
    await house.send(gate, errand())
    waiting = gate.line_up(errand())
    gate.follow({THIRD: AccountRule(6000)}, backlog=1000)
    await gate.settle(await granted(waiting))
    assert set(gate.snapshot().days) == {THIRD}
    await house.end(gate)


async def test_a_shorter_line_puts_nobody_out() -> None:
    house = House()
    gate = await house.gate(limit=1, period=5.0)
    await house.send(gate, errand())
    waiting = [gate.line_up(errand()) for _ in range(3)]
    gate.follow({ACME: AccountRule(6000)}, backlog=1)
    assert refused(gate).kind is Kind.BACKLOG_FULL
    for ticket in waiting:
        await gate.settle(await granted(ticket))
    await house.end(gate)


@pytest.mark.parametrize("per_day", [6000, 0])
async def test_an_account_that_is_new_while_the_ledger_is_away_gets_a_safe_share(per_day: int) -> None:
    house = House()
    gate = await house.gate()
    house.ledger.away = True
    await house.send(gate, errand(patience=300.0))
    gate.follow({ACME: AccountRule(6000), THIRD: AccountRule(per_day)}, backlog=1000)
    assert gate.snapshot().days[THIRD].limit == per_day / 4
    await house.send(gate, errand(account=THIRD, patience=300.0))
    house.ledger.away = False
    await house.end(gate)
