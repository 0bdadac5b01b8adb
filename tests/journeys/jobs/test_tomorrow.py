"""A job whose day is spent waits for the next one, and runs when it begins."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.adapters.memory import MemoryLedger, MemoryRecords
from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.jobs.desk import accepted, ended, look
from tests.journeys.waiting import DEADLINE, back_at, until


async def test_a_job_runs_when_the_day_turns(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    turned = {"ledger": 0.0, "records": 0.0}
    ledger = MemoryLedger(lambda: time.time() + turned["ledger"])
    records = MemoryRecords(lambda: time.time() + turned["records"])
    monkeypatch.setattr("gateway.app.stores.MemoryLedger", lambda: ledger)
    monkeypatch.setattr("gateway.app.stores.MemoryRecords", lambda: records)
    house = await open_house(Setup(), upstream=options(frozen=None))
    tool = house.tool()
    house.simulator.spend("acme", 12_000)
    location = await accepted(tool, "PUT", "/client/4501/", {"name": "Tomorrow"})
    await until(lambda: len(house.arrivals()) == 1)
    refused = house.arrivals()[0]
    behind = await accepted(tool, "PUT", "/client/4501/", {"name": "After that"})
    await house.until_metric("queue_requests", 0)
    waiting = await tool.get(location)
    assert (refused.api_code, waiting.json["job"]["state"]) == (11, "waiting")
    assert "spent" in waiting.json["job"]["detail"]
    left = 86_400 - time.time() % 86_400
    assert abs(waiting.retry_after - left) < 30, "until 00:00 GMT"

    async with asyncio.timeout(DEADLINE):
        while "day_spent" not in str(await ledger.read(["account:acme"])):
            await back_at(0.01)
    turned["ledger"] = house.simulator.options.clock_offset = left + 5
    async with asyncio.timeout(DEADLINE):
        while (await tool.get("/client/4502/")).status != 200:
            continue  # clocks do not jump: the gate learns of this one with its next trip to the ledger
    turned["records"] = left + 5
    assert (await ended(tool, location))["state"] == "completed"
    assert (await ended(tool, behind))["state"] == "completed"
    assert (await look(tool, location))["ended"][:10] > (await look(tool, location))["accepted"][:10]
    assert [it.status for it in house.arrivals()] == [400, 200, 202, 202]
    assert (await tool.get("/client/4501/")).json["client"]["name"] == "After that"


async def test_a_job_runs_at_once_when_an_operator_has_opened_its_account_again(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    house.simulator.options.account_states["acme"] = "banned"
    location = await accepted(tool, "PUT", "/client/4501/", {"name": "Back"})
    await until(lambda: len(house.arrivals()) == 1)
    house.simulator.options.account_states.clear()
    opened = f"{house.gateway.operations_url}api/accounts/acme/reopen"
    async with asyncio.timeout(DEADLINE):
        while (await look(tool, location)).get("detail") is None:
            await back_at(0.01)
        assert (await house.session.post(opened)).status == 200
        assert (await ended(tool, location))["state"] == "completed"
    assert [it.status for it in house.arrivals()] == [418, 202]
