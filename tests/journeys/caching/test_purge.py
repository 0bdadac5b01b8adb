"""What an operator purges is asked for anew, in every format, and nothing else is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.cli import main
from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenHouse
from tests.journeys.tool import XML


async def purge(house: House, **conditions: str) -> int:
    async with house.session.delete(f"{house.gateway.operations_url}api/cache", params=conditions) as answer:
        assert answer.status == 200
        return int((await answer.json())["dropped"])


async def held(house: House) -> dict[tuple[str, str], Any]:
    async with house.session.get(f"{house.gateway.operations_url}api/cache") as answer:
        rows = (await answer.json())["held"]
    return {(row["account"], row["resource"]): row for row in rows}


@pytest.mark.parametrize("store", ["memory://", "sqlite"])
async def test_what_is_purged_costs_again_and_the_rest_does_not(open_house: OpenHouse, store: str) -> None:
    house = await open_house(Setup(store=store))
    acme, globex = house.tool(), house.tool("globex")
    for target in ("/client/", "/project/"):
        await acme.get(target)
        await globex.get(target)
    before = await held(house)
    assert {("acme", "client"), ("acme", "project"), ("globex", "client"), ("globex", "project")} <= before.keys()
    assert await purge(house, account="acme", resource="client") >= 1
    assert before.keys() - (await held(house)).keys() == {("acme", "client")}
    assert [(await tool.get(target, XML)).cost for tool in (acme, globex) for target in ("/client/", "/project/")] == [
        1, 0, 0, 0,
    ]  # fmt: skip
    assert await house.metric("invalidations_total", resource="client", cause="purge") == 1
    assert await purge(house) >= 4
    assert (await held(house), await purge(house)) == ({}, 0)
    assert (await globex.get("/project/")).cost == 1


async def test_a_target_is_purged_with_the_list_that_could_answer_for_it(open_house: OpenHouse) -> None:
    house = await open_house(Setup(store="sqlite"))
    tool = house.tool()
    rows = (await tool.get("/client/?limit=3")).json["client"]
    target = f"/client/{rows[0]['id']}/"
    await tool.get(target)
    assert (await tool.get(target)).cost == 0
    assert await purge(house, account="acme", key=target) >= 1
    assert (await tool.get(target)).cost == 1


async def test_the_command_line_purges_the_running_gateway(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    house = await open_house()
    await house.tool().get("/client/")
    monkeypatch.setenv("GATEWAY_OPERATIONS__PORT", house.gateway.operations_url.rstrip("/").rpartition(":")[2])
    command = ["cache", "purge", "--config", str(tmp_path / "config.toml")]
    assert await asyncio.to_thread(main, [*command, "--resource", "clients"]) == 2
    assert "did you mean 'client'?; nothing was purged" in capsys.readouterr().err
    number = sum(row["entries"] for row in (await held(house)).values())
    assert await asyncio.to_thread(main, [*command, "--account", "acme"]) == 0
    assert capsys.readouterr().out == f"dropped {number} stored response{'' if number == 1 else 's'}\n"
    assert (await house.tool().get("/client/")).cost == 1
