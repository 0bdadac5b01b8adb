"""From a change, made in the browser or through the gateway, to the receiver who subscribes to it: once."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack

from tests.journeys.configuration import Setup
from tests.journeys.events.receiver import Receiver
from tests.journeys.house import OpenHouse, options
from tests.journeys.waiting import until

PLENTY = 10_000_000
"""Requests a day of which a part allows a look every second."""


def subscribed(receiver: Receiver, *events: str, interval: str = "1s") -> Setup:
    return Setup(more=receiver.subscription(*events, interval=interval), per_day=PLENTY, limit=0)


async def test_a_change_in_the_browser_reaches_who_subscribes_within_the_interval(
    open_house: OpenHouse, stack: AsyncExitStack
) -> None:
    receiver = await Receiver.open(stack)
    house = await open_house(subscribed(receiver, "intervals.client.*"), upstream=options())
    await until(lambda: len(house.arrivals("GET", "client")) >= 2)
    assert receiver.seen == 0, "a first look tells nothing"
    number = json.loads(house.truth("/client/?limit=1").body)["client"][0]["id"]
    house.truth(f"/client/{number}/", method="PUT", body={"name": "Renamed"})
    await until(lambda: receiver.events)
    looks = len(house.arrivals("GET", "client"))
    await until(lambda: len(house.arrivals("GET", "client")) >= looks + 2)
    assert receiver.told() == [f"client.updated {number} by poll"]
    (event,) = receiver.events.values()
    assert event["data"]["changed"]["name"]["new"] == "Renamed"
    assert event["account"] == "acme"
    assert await house.metric("notices_total", account="acme", event="updated") == 1
    assert await house.metric("upstream_requests_total", app="gateway-polls") >= looks + 2


async def test_a_write_through_the_gateway_is_one_event_not_two(open_house: OpenHouse, stack: AsyncExitStack) -> None:
    receiver = await Receiver.open(stack)
    house = await open_house(subscribed(receiver, "intervals.client.*"))
    await until(lambda: len(house.arrivals("GET", "client")) >= 2)
    tool = house.tool()
    made = await tool.ask("POST", "/client/", body={"name": "New", "datecreated": "2025-06-16"})
    number = json.loads(made.body)["client"]["id"]
    await tool.ask("PUT", f"/client/{number}/", body={"name": "Newer"})
    await tool.ask("DELETE", f"/client/{number}/")
    looks = len(house.arrivals("GET", "client"))
    await until(lambda: len(house.arrivals("GET", "client")) >= looks + 2)
    await until(lambda: len(receiver.events) >= 3)
    assert receiver.told() == [f"client.{what} {number} by write" for what in ("created", "updated", "deleted")]
    assert [it["data"]["seen"]["app"] for it in receiver.events.values()] == ["timesheets"] * 3
    assert [it["data"]["sequence"] for it in receiver.events.values()] == [1, 2, 3]


async def test_a_list_that_a_tool_has_fetched_tells_without_any_poll(
    open_house: OpenHouse, stack: AsyncExitStack
) -> None:
    receiver = await Receiver.open(stack)
    house = await open_house(subscribed(receiver, "intervals.project.*", interval="0s"))
    tool = house.tool()
    await tool.get("/project/", cache_control="no-cache")
    number = json.loads(house.truth("/project/?limit=1").body)["project"][0]["id"]
    house.truth(f"/project/{number}/", method="PUT", body={"name": "Renamed"})
    await tool.get("/project/", cache_control="no-cache")
    await until(lambda: receiver.events)
    assert receiver.told() == [f"project.updated {number} by list"]
    assert len(house.arrivals("GET")) == 2


async def test_what_was_modified_is_found_by_date(open_house: OpenHouse, stack: AsyncExitStack) -> None:
    receiver = await Receiver.open(stack)
    house = await open_house(subscribed(receiver, "intervals.time.*"), upstream=options(frozen=None))
    await until(lambda: len(house.arrivals("GET", "time")) >= 3)
    row = json.loads(house.truth("/time/?limit=1").body)["time"][0]
    house.truth(f"/time/{row['id']}/", method="PUT", body={"description": "changed"})
    await until(lambda: receiver.events)
    assert receiver.told() == [f"time.updated {row['id']} by poll"]
    assert all("?datemodifiedbegin=" in it.target for it in house.arrivals("GET", "time")[1:])


async def test_an_account_that_the_upstream_suspends_is_told(open_house: OpenHouse, stack: AsyncExitStack) -> None:
    receiver = await Receiver.open(stack)
    house = await open_house(subscribed(receiver, "quota.*", interval="0s"))
    house.simulator.options.account_states["acme"] = "suspended"
    refused = await house.tool().get("/client/")
    assert refused.status == 503
    await until(lambda: receiver.events)
    (event,) = receiver.events.values()
    assert (event["type"], event["data"]["reason"]) == ("quota.suspended", "suspended")
