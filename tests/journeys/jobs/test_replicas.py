"""Several gateways on one store: each job is run by one of them, and anybody may ask any of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenGateway, OpenHouse, options
from tests.journeys.jobs.desk import accepted, ended, watched
from tests.journeys.tool import Tool

OBJECTS = ("/client/4501/", "/client/4502/", "/client/4503/", "/odd/path/")


async def shared_work(house: House, *tools: Tool) -> None:
    """Have jobs accepted by every gateway in turn, and see that each was sent once, in the order of its object."""
    seen = watched(house)
    locations = []
    for number in range(40):
        tool, target = tools[number % len(tools)], OBJECTS[number % len(OBJECTS)]
        locations.append(await accepted(tool, "PUT", target, {"name": f"job {number}"}))
    states = await asyncio.gather(*(ended(tools[-1], location) for location in locations))
    assert {it["state"] for it in states} <= {"completed", "failed"}
    sent: defaultdict[str, list[int]] = defaultdict(list)
    for _, target, body in seen:
        sent[target].append(int(body.split()[-1].rstrip(b'"}')))
    assert sent == {target: list(range(place, 40, len(OBJECTS))) for place, target in enumerate(OBJECTS)}


async def test_two_gateways_on_one_file(open_house: OpenHouse, open_gateway: OpenGateway) -> None:
    setup = Setup(store="sqlite")
    house = await open_house(setup, upstream=options(latency=0.02))
    other = await open_gateway(house, setup)
    await shared_work(house, house.tool(), other.tool())


async def test_two_gateways_on_redis(open_house: OpenHouse, open_gateway: OpenGateway, redis_url: str) -> None:
    setup = Setup(store=redis_url)
    house = await open_house(setup, upstream=options(latency=0.02))
    other = await open_gateway(house, setup)
    await shared_work(house, house.tool(), other.tool())


async def test_one_is_cancelled_where_it_does_not_wait(open_house: OpenHouse, open_gateway: OpenGateway) -> None:
    setup = Setup(store="sqlite", limit=1, period=60)
    house = await open_house(setup)
    other = await open_gateway(house, setup)
    await house.tool().get("/time/900001/")
    location = await accepted(house.tool(), "PUT", "/client/4501/", {"name": "X"})
    await house.until_waiting(1)
    assert (await other.tool().ask("DELETE", location)).status == 204
    assert (await house.tool().get(location)).json["job"]["state"] == "cancelled"
    assert len(house.arrivals()) == 1


async def test_a_gateway_that_stops_leaves_its_jobs_to_the_others_at_once(
    open_house: OpenHouse, open_gateway: OpenGateway
) -> None:
    setup = Setup(store="sqlite", limit=1, period=3)
    house = await open_house(setup)
    other = await open_gateway(house, setup)
    await other.tool().get("/time/900001/")
    location = await accepted(other.tool(), "PUT", "/client/4501/", {"name": "X"})
    await other.stop()
    assert (await ended(house.tool(), location))["state"] == "completed"
    assert len(house.arrivals("PUT")) == 1
