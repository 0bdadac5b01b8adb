"""Who is refused, with which reason, and whether the time to come back is true."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.exchange.line.gate import AccountRule
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import AccountName
from gateway.policy.outcome import AccountClosed
from gateway.policy.quota import arithmetic
from gateway.policy.quota.closure import Reason
from tests.exchange.gates import ACME, NOON, House, errand, granted, refusal, refused

SUSPENDED = AccountClosed(Reason.SUSPENDED, can_pass=True)
BANNED = AccountClosed(Reason.BANNED, can_pass=False)
OTHER = AccountName("other")


async def test_the_forecast_is_the_wait() -> None:
    house = House()
    house.upstream.longest = 0.2
    gate = await house.gate(limit=10, period=10.0)
    tickets = [gate.line_up(errand(patience=100.0)) for _ in range(10)]
    leases = [await granted(ticket) for ticket in tickets]
    await asyncio.sleep(0.2)
    for lease in leases:
        await gate.settle(lease)
    waiting = [gate.line_up(errand(patience=100.0)) for _ in range(12)]
    expected = [gate.wait_ahead(ticket) for ticket in waiting]
    assert expected[:10] == pytest.approx([10.01] * 10)
    assert expected[10] > 20
    for ticket, wait in list(zip(waiting, expected, strict=True))[:10]:
        assert (await granted(ticket)).waited == pytest.approx(wait, abs=0.05)
    fault = refused(gate, patience=3.0)
    assert fault.kind is Kind.WAIT_TOO_LONG
    assert "the patience 3 s" in fault.detail
    assert fault.retry_after == pytest.approx(gate.wait_ahead(waiting[-1]), abs=11)
    for ticket in waiting:
        gate.leave(ticket)
    await house.end(gate)


async def test_a_crowd_that_is_refused_at_once_is_told_times_that_hold_for_all_of_it() -> None:
    it = House()
    gate = await it.gate(limit=20)
    told: list[float] = []

    async def comes_back() -> float:
        try:
            return await it.send(gate, errand(patience=0.0))
        except Fault as fault:
            told.append(fault.retry_after or 0.0)
        await asyncio.sleep(told[-1])
        return await it.send(gate, errand(patience=2.0))

    waits = await asyncio.gather(*(comes_back() for _ in range(200)))
    assert len(told) == 180
    assert max(waits) <= 2.0
    assert max(told) <= 9.5 * 62, "nobody is told more than the nine windows that it takes"
    assert it.upstream.worst(60.0) <= 20
    await it.end(gate)


async def test_a_full_line_refuses_and_a_leaver_makes_room() -> None:
    house = House()
    gate = await house.gate(limit=1, period=10.0, backlog=2)
    first = await granted(gate.line_up(errand()))
    second, _third = (gate.line_up(errand(patience=900.0)) for _ in range(2))
    assert refused(gate, patience=900.0).kind is Kind.BACKLOG_FULL
    second.lease.cancel()
    await asyncio.sleep(0)
    gate.line_up(errand(patience=900.0))
    await gate.give_back(first)
    await house.end(gate)


async def test_a_spent_day_is_told_to_all_at_once_and_begins_anew_at_midnight() -> None:
    house = House(start=NOON + 43_200 - 100)
    gate = await house.gate(per_day=5, limit=0)
    for _ in range(5):
        await house.send(gate, errand())
    fault = refused(gate)
    assert (fault.kind, fault.status) == (Kind.QUOTA_SPENT, 429)
    assert fault.retry_after is not None
    free = await granted(gate.line_up(errand(free_of_day=True)))
    await gate.settle(free)
    patient = gate.line_up(errand(patience=200.0))
    await asyncio.sleep(fault.retry_after)
    assert (await granted(patient)).waited == pytest.approx(fault.retry_after, abs=0.1)
    await house.send(gate, errand())
    gate.leave(patient)
    await house.end(gate)


async def test_the_upstreams_word_that_the_day_is_spent_counts() -> None:
    house = House()
    gate = await house.gate(limit=1)
    lease = await granted(gate.line_up(errand()))
    waiting = [gate.line_up(errand(patience=500.0)) for _ in range(3)]
    other = gate.line_up(errand(patience=500.0, free_of_day=True))
    fault = gate.day_spent(ACME)
    assert fault.kind is Kind.QUOTA_SPENT
    assert fault.retry_after == pytest.approx(43_200, abs=1)
    for ticket in waiting:
        assert (await refusal(ticket.lease)).kind is Kind.QUOTA_SPENT
    await gate.settle(lease)
    assert (await granted(other)).waited == pytest.approx(60, abs=1), "GET /quota/ costs nothing of the day"
    gate.leave(other)
    assert gate.snapshot().closures[ACME].reason is Reason.DAY_SPENT
    await house.end(gate)


async def test_a_suspended_account_is_probed_slowly_and_reopened_by_an_answer() -> None:
    house = House()
    gate = await house.gate(accounts={ACME: AccountRule(6000), OTHER: AccountRule(6000)}, limit=2)
    lease = await granted(gate.line_up(errand()))
    waiting = [gate.line_up(errand(patience=500.0)) for _ in range(3)]
    fault = gate.close_account(ACME, SUSPENDED, status=503, api_code=4)
    await gate.settle(lease)
    assert (fault.kind, fault.status) == (Kind.ACCOUNT_CLOSED, 503)
    assert fault.retry_after == pytest.approx(60, abs=1)
    refusals = [(await refusal(ticket.lease)).kind for ticket in waiting[1:]]
    assert refusals == [Kind.ACCOUNT_CLOSED] * 2
    assert gate.line_up(errand(account=OTHER)) is not None

    await asyncio.sleep(61)
    probe = gate.line_up(errand())
    assert refused(gate).kind is Kind.ACCOUNT_CLOSED, "one at a time"
    sent = await granted(probe)
    assert sent.probe
    gate.close_account(ACME, SUSPENDED, status=503, api_code=4)
    await gate.settle(sent)
    again = refused(gate)
    assert again.retry_after == pytest.approx(120, abs=2)

    await asyncio.sleep(again.retry_after or 0)
    sent = await granted(gate.line_up(errand()))
    gate.answered(ACME)
    await gate.settle(sent)
    assert not gate.snapshot().closures
    await house.send(gate, errand(patience=100.0))
    await house.end(gate)


async def test_a_banned_account_waits_for_an_operator() -> None:
    house = House()
    gate = await house.gate()
    assert gate.close_account(ACME, BANNED, status=418, api_code=5).retry_after is None
    await asyncio.sleep(7 * 86_400)
    assert refused(gate, free_of_day=True).status == 418
    gate.reopen(ACME)
    await house.send(gate, errand())
    await house.end(gate)


async def test_a_pause_holds_all_back_and_grows() -> None:
    house = House()
    gate = await house.gate(limit=0, per_day=None)
    assert house.ledger.swaps == 0
    gate.pause(5.0)
    gate.pause(5.0)
    assert gate.pause_left() == pytest.approx(60)
    assert refused(gate).kind is Kind.TOO_FAST
    assert await house.send(gate, errand(patience=100.0)) == pytest.approx(60, abs=0.1)
    gate.pause()
    assert gate.pause_left() == pytest.approx(120)
    gate.pause(500.0)
    assert gate.pause_left() == pytest.approx(500)
    await house.end(gate)


async def test_a_long_line_that_is_told_of_a_pause_costs_one_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each who waits held up all others for 65 ms, at each of the answers that said "too fast"."""
    house = House()
    gate = await house.gate(limit=1, period=10.0, backlog=500)
    first = await granted(gate.line_up(errand()))
    waiting = [gate.line_up(errand(patience=9_000.0)) for _ in range(400)]
    forecasts = 0
    forecast = arithmetic.forecast

    def counting(*given: Any, **more: Any) -> float:
        nonlocal forecasts
        forecasts += 1
        return forecast(*given, **more)

    monkeypatch.setattr(arithmetic, "forecast", counting)
    gate.pause()
    assert forecasts < 10
    assert not any(ticket.lease.done() for ticket in waiting)
    for ticket in waiting:
        gate.leave(ticket)
    await gate.settle(first)
    await house.end(gate)
