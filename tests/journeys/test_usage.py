"""What the tools used is known afterwards, to the last request, across a restart."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from tests.journeys.configuration import ADMIN, KEYS, Setup
from tests.journeys.house import House, OpenGateway, OpenHouse
from tests.journeys.program import StartProgram

SQLITE = Setup(store="sqlite")


async def usage(house: House, query: str = "") -> dict[str, Any]:
    async with house.session.get(f"{house.gateway.operations_url}api/usage{query}") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def work(house: House) -> int:
    """Two tools read, one of them also writes; tells how many requests they made."""
    await asyncio.gather(*(house.tool(app).get("/client/") for app in ("timesheets", "invoices") for _ in range(5)))
    await asyncio.gather(*(house.tool("invoices").get(target) for target in house.far_apart(4)))
    await house.tool().get("/no/such/thing")
    await house.tool().ask("POST", "/client/", body={"name": "Initrode"})
    return 16


async def test_the_totals_are_the_simulators_own_across_a_restart(
    open_house: OpenHouse, open_gateway: OpenGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = await open_house(SQLITE)
    made = await work(house)
    before = await usage(house)
    await house.stop()
    again = await open_gateway(house, SQLITE)
    assert await usage(again) == before, "nothing is lost or counted again by a restart"
    made += await work(again)

    told = await usage(again, "?by=resource,method&since=1d")
    arrived = Counter((it.resource, it.method) for it in house.simulator.arrivals())
    sent = {(it["resource"], it["method"]): it["sent"] for it in told["groups"] if it["sent"]}
    documented = {names: number for names, number in arrived.items() if names in sent}
    assert sent == documented | {("other", "GET"): arrived.total() - sum(documented.values())}
    assert (told["total"]["received"], told["total"]["sent"]) == (made, arrived.total())
    assert told["total"]["saved"] == made - arrived.total() > 0

    apps = {it["app"]: it["received"] for it in (await usage(again, "?by=app"))["groups"]}
    assert apps == {"timesheets": 14, "invoices": 18}
    whole = json.dumps(await usage(again, "?by=account,app,resource,method,day"))
    assert not [secret for secret in (ADMIN, *KEYS.values(), "900001", "Initrode", "such") if secret in whole]

    await again.stop()
    config = SQLITE.write(tmp_path, house.relay.url)
    assert main(["usage", "--config", str(config), "--by", "app", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["total"] == told["total"]
    assert "no gateway answers" in said.err


async def test_kill_9_loses_the_last_seconds_and_counts_nothing_twice(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = SQLITE.write(tmp_path, house.relay.url)
    targets = iter(house.far_apart(8))

    async def total(at: str) -> dict[str, int]:
        async with house.session.get(f"{at}api/usage") as answer:
            told: dict[str, int] = (await answer.json())["total"]
            return told

    known = 0
    for _ in range(2):
        program = await start_program(config)
        at_start = (await total(program.operations_url))["received"]
        assert known <= at_start <= len(house.arrivals())
        for _ in range(3):
            await house.tool_at(program.url).get(next(targets))
        known = (await total(program.operations_url))["received"]
        assert known == at_start + 3
        await house.tool_at(program.url).get(next(targets))
        await program.kill()
    assert len(house.arrivals()) == 8
