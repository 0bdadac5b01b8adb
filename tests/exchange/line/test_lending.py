"""Shares of a day as callers meet them: who is refused, with which words, and whether the time to come back is true."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from gateway.exchange.line.gate import AccountRule, Gate
from gateway.policy.faults import Fault, Kind
from gateway.policy.quota import shares
from gateway.policy.quota.backlog import Priority
from tests.exchange.gates import ACME, House, errand, granted, refusal, refused

MIDNIGHT = 20_000 * 86_400.0
HOUR = 3_600.0
RULE = AccountRule(100, shares={"report": 0.5}, reserve=0.02)


async def house(hour: float, rule: AccountRule = RULE, **options: Any) -> tuple[House, Gate]:
    it = House(start=MIDNIGHT + hour * HOUR)
    return it, await it.gate(limit=0, accounts={ACME: rule}, **options)


async def spend(it: House, gate: Gate, app: str, times: int, **changes: Any) -> Counter[str]:
    """Ask so many times; count what came of it."""
    outcomes: Counter[str] = Counter()
    for _ in range(times):
        try:
            await it.send(gate, errand(app, **changes))
        except Fault as fault:
            outcomes[fault.kind.value] += 1
        else:
            outcomes["sent"] += 1
    return outcomes


async def test_a_share_is_kept_and_the_refusal_names_it() -> None:
    it, gate = await house(0)
    assert await spend(it, gate, "export", 60) == {"sent": 48, "quota_spent": 12}
    fault = refused(gate, app="export")
    assert (fault.kind, fault.status) == (Kind.QUOTA_SPENT, 429)
    assert "'export' has spent 48 requests" in fault.detail
    assert "no share" in fault.detail
    assert await spend(it, gate, "report", 60) == {"sent": 50, "quota_spent": 10}
    assert "its share of 0.5, 50 requests" in refused(gate, app="report").detail
    assert await spend(it, gate, "screen", 5, priority=Priority.INTERACTIVE) == {"sent": 2, "quota_spent": 3}
    await it.end(gate)
    state = it.state("account:acme")
    assert dict(state.spent) == {"export": 48, "report": 50, "screen": 2}
    assert state.used == len(it.upstream.arrivals) == 100


async def test_who_comes_back_when_told_gets_through() -> None:
    it, gate = await house(12)
    assert await spend(it, gate, "export", 48, patience=0.0) == {"sent": 48}
    faults = [refused(gate, app="export", patience=0.0) for _ in range(5)]
    waits = [fault.retry_after or 0.0 for fault in faults]
    assert waits == sorted(waits)
    assert waits[-1] < 9 * HOUR, "half of the day lends 50"

    async def back(wait: float) -> float:
        await asyncio.sleep(wait)
        return await it.send(gate, errand("export", patience=0.0))

    assert await asyncio.gather(*map(back, waits)) == pytest.approx([0.0] * 5, abs=0.1)
    await it.end(gate)


async def test_who_is_patient_waits_for_what_is_lent_and_the_others_are_not_held_up() -> None:
    it, gate = await house(18)
    await spend(it, gate, "export", 73, patience=0.0)
    waiting = gate.line_up(errand("export", patience=3 * HOUR))
    reads = it.ledger.reads
    assert gate.wait_ahead(waiting) > 60
    await it.send(gate, errand("report"))
    lease = await asyncio.wait_for(waiting.lease, 3 * HOUR)
    assert 60 < lease.waited < 2 * HOUR
    assert it.ledger.reads - reads < 2 * HOUR, "a look a second at most"
    gate.leave(waiting)
    await it.end(gate)


async def test_who_waits_is_told_at_once_when_the_rest_is_kept_for_others() -> None:
    it = House(start=MIDNIGHT)
    gate = await it.gate(limit=1, accounts={ACME: RULE})
    first = await granted(gate.line_up(errand("export")))
    waiting = [gate.line_up(errand("export", patience=300.0)) for _ in range(3)]
    own = gate.line_up(errand("report", patience=300.0))
    gate.correct(ACME, lambda state, _: replace(state, used=50, spent={"export": 50}))
    for ticket in waiting:
        assert (await refusal(ticket.lease)).kind is Kind.QUOTA_SPENT
    await gate.settle(first)
    assert (await granted(own)).waited == pytest.approx(60, abs=1)
    gate.leave(own)
    await it.end(gate)


async def test_what_foreign_programs_will_need_is_not_lent() -> None:
    it, gate = await house(12, AccountRule(100))
    gate.correct(ACME, lambda state, at: replace(state, day=int(at // 86_400), used=30, foreign=30))
    assert await spend(it, gate, "export", 40) == {"sent": 40}
    fault = refused(gate, app="export", patience=0.0)
    assert "requests made past the gateway" in fault.detail
    assert fault.retry_after is not None
    assert fault.retry_after < HOUR, "30 in twelve hours: one less is expected every 24 minutes"
    await asyncio.sleep(fault.retry_after)
    await it.send(gate, errand("export"))
    await it.end(gate)


async def test_replicas_share_what_was_spent_and_lent() -> None:
    it = House(start=MIDNIGHT)
    gates = [await it.gate(limit=0, accounts={ACME: RULE}) for _ in range(2)]
    assert (await spend(it, gates[0], "export", 30))["sent"] == 30
    assert (await spend(it, gates[1], "export", 30))["sent"] == 18
    await it.end(*gates)
    third = await it.gate(limit=0, accounts={ACME: RULE})
    assert third.snapshot().days[ACME].spent == {"export": 48}
    assert third.snapshot().days[ACME].guaranteed == {"report": 50}
    await it.end(third)


@pytest.mark.parametrize("share", [0.3, 0.0])
async def test_a_whole_day_of_greed_on_two_replicas(share: float) -> None:
    """Somebody asks for all there is every ten minutes, somebody steadily from 11:00; the control has no share."""
    it = House(start=MIDNIGHT)
    rule = AccountRule(400, shares={"steady": share}, reserve=0.0)
    gates = [await it.gate(limit=0, accounts={ACME: rule}) for _ in range(2)]
    began = it.clock()

    async def greedy(gate: Gate) -> None:
        while it.clock() - began < 24 * HOUR - 60:
            await spend(it, gate, "greedy", 20, patience=0.0)
            await asyncio.sleep(600)

    async def steady() -> int:
        await asyncio.sleep(11 * HOUR)
        sent = 0
        for turn in range(120):
            sent += (await spend(it, gates[turn % 2], "steady", 1, patience=0.0))["sent"]
            await asyncio.sleep((24 * HOUR - (it.clock() - began)) / (120 - turn) - 5)
        return sent

    sent, *_ = await asyncio.gather(steady(), *map(greedy, gates))
    await it.end(*gates)
    assert sent == 400 * share, "exactly the guarantee: nobody leaves anything else to it"
    assert len(it.upstream.arrivals) == 400, "and nothing is left over"


async def test_a_long_line_is_not_judged_one_by_one_while_the_day_has_room_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It held up all others for 25 ms, with a thousand in line, at each look into the ledger."""
    it = House(start=MIDNIGHT)
    gate = await it.gate(limit=1, accounts={ACME: AccountRule(1000, shares={"report": 0.5})}, backlog=500)
    first = await granted(gate.line_up(errand()))
    waiting = [gate.line_up(errand(patience=90_000.0)) for _ in range(300)]
    judged = 0
    judge = shares.may_spend

    def counting(*given: Any, **more: Any) -> shares.Allowed | shares.Refused:
        nonlocal judged
        judged += 1
        return judge(*given, **more)

    monkeypatch.setattr(shares, "may_spend", counting)
    gate.pause()
    assert judged < 10
    for ticket in waiting:
        gate.leave(ticket)
    await gate.settle(first)
    await it.end(gate)
