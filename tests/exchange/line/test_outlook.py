"""The outlook says once that a day will run dry, by whom, and once that it lasts again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from gateway.exchange.line.gate import AccountRule, Gate
from gateway.exchange.line.outlook import Outlook
from gateway.policy.names import AccountName
from gateway.policy.quota.budget import State
from tests.exchange.gates import ACME, House

HOUR = 3_600.0
FREE = AccountName("free")


class Seen:
    """A gate whose accounts spend without sending, and what the outlook says of it."""

    def __init__(self) -> None:
        self.house = House()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def tell(self, name: str, /, *, level: str = "info", **fields: Any) -> None:
        self.events.append((name, {"level": level, **fields}))

    async def open(self) -> tuple[Gate, Outlook]:
        gate = await self.house.gate(accounts={ACME: AccountRule(6000), FREE: AccountRule()})
        outlook = Outlook(gate, self.tell)
        self.task = asyncio.ensure_future(outlook.run())
        return gate, outlook

    async def spend(self, gate: Gate, hours: float, **per_hour: int) -> None:
        def change(state: State, _: float) -> State:
            spent = {app: state.spent.get(app, 0) + rate // 60 for app, rate in per_hour.items()}
            return replace(state, spent={**state.spent, **spent}, used=state.used + sum(per_hour.values()) // 60)

        for _ in range(int(hours * 60)):
            gate.correct(ACME, change)
            await asyncio.sleep(60)

    async def end(self, gate: Gate) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])
        await self.house.end(gate)


async def test_a_day_that_will_not_last_is_told_once_with_the_hour_and_who_it_is() -> None:
    it = Seen()
    gate, outlook = await it.open()
    await it.spend(gate, 3, export=1200, screen=120)
    forecast = outlook.forecasts()[ACME]
    assert list(outlook.forecasts()) == [ACME], "an account without a limit cannot run dry"
    assert forecast.dry_at - it.house.clock() < 2.5 * HOUR, "some 2000 are left, at 1320 an hour"
    (event,) = it.events
    assert event[0] == "quota_runs_dry"
    assert event[1]["level"] == "warning"
    assert event[1]["detail"].startswith("dry at ")
    assert event[1]["detail"].endswith(" GMT at this pace")
    assert list(event[1]["by"]) == ["export", "screen"]
    await it.end(gate)


async def test_a_day_that_lasts_again_is_told_once() -> None:
    it = Seen()
    gate, outlook = await it.open()
    await it.spend(gate, 1, export=3000)
    assert [name for name, _ in it.events] == ["quota_runs_dry"]
    await asyncio.sleep(4 * HOUR)
    assert [name for name, _ in it.events] == ["quota_runs_dry", "quota_lasts"]
    assert outlook.forecasts()[ACME].dry_at == float("inf")
    await it.end(gate)


async def test_it_asks_the_ledger_nothing() -> None:
    it = Seen()
    gate, _ = await it.open()
    reads = it.house.ledger.reads
    await asyncio.sleep(48 * HOUR)
    assert it.house.ledger.reads == reads
    assert it.events == []
    await it.end(gate)
