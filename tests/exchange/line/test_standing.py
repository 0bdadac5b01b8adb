"""What is told of the gate to gauges and pages."""

from __future__ import annotations

import asyncio

import pytest

from gateway.policy.quota.backlog import Priority
from tests.exchange.gates import ACME, NOON, House, errand


async def test_the_standing_tells_who_waits_and_what_is_left() -> None:
    house = House()
    gate = await house.gate(limit=10, period=10.0, hold=5.0)
    tickets = [gate.line_up(errand(priority=Priority.BATCH, patience=900.0)) for _ in range(50)]
    await asyncio.sleep(5)
    standing = gate.snapshot()
    assert standing.now == NOON + 5
    assert standing.waiting == {Priority.INTERACTIVE: 0, Priority.NORMAL: 0, Priority.BATCH: 40}
    assert standing.wait > 40
    assert standing.leases_out == 10
    egress, account = standing.egress, standing.accounts[ACME]
    assert (egress.window, egress.limit, egress.used, egress.remaining) == ("minute", 10, 10, 0)
    assert egress.reset == pytest.approx(10, abs=0.1)
    assert (account.window, account.limit, account.used, account.remaining) == ("day", 6000, 10, 5990)
    assert account.reset == 43_200 - 5
    assert 0 < egress.wait <= egress.reset
    day = standing.days[ACME]
    assert (day.limit, day.used, day.foreign, day.spent, day.told) == (6000, 10, 0, {"tool": 10}, None)
    assert day.left == account.reset
    assert (standing.closures, standing.pause_left, standing.ledger_away) == ({}, 0.0, False)
    for ticket in tickets:
        gate.leave(ticket)
    await house.end(gate)
