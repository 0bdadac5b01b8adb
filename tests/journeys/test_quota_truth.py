"""What the upstream says of an account's day reaches the ledger, the metrics and the operator, in both spellings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.waiting import until

ASKING = Setup(reconcile=600)


def events(house: House) -> list[str]:
    """The names of the events logged so far; access lines have none."""
    return [str(json.loads(line).get("event")) for line in b"".join(house.lines).splitlines()]


async def page(house: House) -> dict[str, Any]:
    async with house.session.get(f"{house.gateway.operations_url}api/quota") as response:
        found: dict[str, Any] = await response.json()
        return found


@pytest.mark.parametrize("style", ["2026", "2022"])
async def test_requests_made_past_the_gateway_are_found_at_the_start(open_house: OpenHouse, style: str) -> None:
    house = await open_house(ASKING, upstream=options(quota_style=style, frozen=None))
    await until(lambda: events(house).count("quota_learnt") == 4)
    asked = house.arrivals(resource="quota")
    tokens = {"acmeadmin01", "acmeresou01", "acmerestr01", "globexadm01"}
    assert {arrival.token_name for arrival in asked} == tokens, "every account that has a token, and no other"
    house.simulator.spend("globex", 10)
    account = (await page(house))["accounts"]["globex"]
    assert (account["limit"], account["upstream"]["limit"], account["upstream"]["used"]) == (6000, 12_000, 0)
    assert await house.metric("upstream_requests_total", app="gateway", resource="quota") == len(asked)


async def test_a_day_that_others_have_spent_is_told_and_looked_into_at_once(open_house: OpenHouse) -> None:
    house = await open_house(ASKING, upstream=options(frozen=None))
    await until(lambda: events(house).count("quota_learnt") == 4)
    house.simulator.spend("globex", 12_000)
    refused = await house.tool("globex").get("/project/4801/")
    assert (refused.status, refused.problem) == (429, "quota_spent")
    await until(lambda: "foreign_traffic" in events(house))
    # The one that was refused may have been counted: it is ours until the upstream says more.
    assert await house.metric("quota_foreign_requests_total", account="globex") == 11_999
    assert await house.metric("quota_used_requests", budget="globex", source="upstream") == 12_000
    account = (await page(house))["accounts"]["globex"]
    assert (account["used"]["foreign"], account["remaining"]) == (11_999, 0)
    assert account["closed"]["reason"] == "day_spent"
