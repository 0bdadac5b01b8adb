"""A store that cannot be used costs what was stored, never the start; what is wrong is told."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.adapters.stores import modes
from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenGateway, OpenHouse


def events(house: House) -> dict[str, dict[str, str]]:
    """What the gateway logged beside requests, by name."""
    said = [json.loads(line) for lines in house.lines for line in lines.splitlines()]
    return {line["event"]: line for line in said if line["event"] != "request"}


async def ready(house: House) -> tuple[int, dict[str, object]]:
    async with house.session.get(f"{house.gateway.operations_url}readyz") as answer:
        return answer.status, await answer.json()


async def test_a_file_of_random_bytes_is_set_aside_and_all_is_well(open_house: OpenHouse, tmp_path: Path) -> None:
    octets = random.Random(1).randbytes(100_000)
    (tmp_path / "gateway.db").write_bytes(octets)
    house = await open_house(Setup(store="sqlite"))
    assert [(await house.tool().get("/client/")).cost for _ in range(2)] == [1, 0]
    assert await ready(house) == (200, {"ready": True, "reasons": {}})
    await house.stop()
    (aside,) = modes(tmp_path).keys() - {"gateway.db", "config.toml"}
    assert aside.startswith("gateway.db.damaged-")
    assert (tmp_path / aside).read_bytes() == octets
    assert aside in events(house)["store_damaged"]["detail"]


async def test_a_truncated_file_is_set_aside_and_all_is_well(
    open_house: OpenHouse, open_gateway: OpenGateway, tmp_path: Path
) -> None:
    first = await open_house(Setup(store="sqlite"))
    await first.tool().get("/client/")
    await first.stop()
    path = tmp_path / "gateway.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])
    second = await open_gateway(first, Setup(store="sqlite"))
    assert [(await second.tool().get("/client/")).cost for _ in range(2)] == [1, 0]
    assert await ready(second) == (200, {"ready": True, "reasons": {}})
    await second.stop()
    assert "store_damaged" in events(second)


async def test_a_file_that_cannot_be_opened_is_told_and_only_a_share_of_the_quota_is_used(
    open_house: OpenHouse, tmp_path: Path
) -> None:
    (tmp_path / "gateway.db").mkdir()
    house = await open_house(Setup(store="sqlite"))
    status, said = await ready(house)
    assert (status, said["ready"]) == (200, True)
    assert "only a safe share of the quota is used" in str(said["reasons"])
    assert (await house.tool().get("/client/", prefer="wait=1")).problem == "ledger_unavailable"
    await house.stop()
    assert {"store_unavailable", "ledger_away", "started"} <= events(house).keys()
