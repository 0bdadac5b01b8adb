"""Many callers want the same: one upstream request, whoever stays and whoever leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.journeys.house import OpenHouse
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until


async def test_fifty_cold_callers_in_both_formats_are_one_upstream_request(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    callers = [
        asyncio.create_task(house.tool(app).get(target, accept))
        for app, target, accept in [("timesheets", "/client/", JSON), ("invoices", "/client", XML)] * 25
    ]
    await until(house.arrivals)
    house.relay.release()
    answers = await asyncio.gather(*callers)

    assert [answer.status for answer in answers] == [200] * 50
    assert {answer.body for answer in answers[::2]} == {house.truth("/client/").body}
    assert {answer.body for answer in answers[1::2]} == {house.truth("/client/", XML).body}
    assert len(house.arrivals()) == 1
    assert sum(answer.cost for answer in answers) == 1
    assert await house.spent() == 1


async def test_the_first_caller_hangs_up_and_the_other_49_are_served_by_one_request(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    first = asyncio.create_task(house.tool().get("/client/"))
    await until(house.arrivals)
    others = [asyncio.create_task(house.tool().get("/client/", accept)) for accept in [JSON, XML] * 24 + [JSON]]
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    house.relay.release()
    answers = await asyncio.gather(*others)

    assert [answer.status for answer in answers] == [200] * 49
    assert len(house.arrivals()) == 1
    assert await house.spent() == 1


async def test_three_requests_in_one_upstream_request_one_unit_spent(open_house: OpenHouse) -> None:
    house = await open_house()
    cold = await house.tool().get("/project/?limit=3&offset=2", XML)
    cached = await house.tool().get("/project?offset=2&limit=3", JSON)
    again = await house.tool("invoices").get("/project/?limit=3&offset=2", XML)

    assert [answer.cost for answer in (cold, cached, again)] == [1, 0, 0]
    assert "fwd=uri-miss" in cold.cache_status
    assert "stored" in cold.cache_status
    assert cached.cache_status.startswith("intervals-gateway; hit; ttl=")
    assert again.body == cold.body
    assert len(house.arrivals()) == 1
    assert await house.spent() == 1


async def test_a_read_after_a_write_does_not_join_a_read_from_before_it(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    before = asyncio.create_task(house.tool().get("/client/4501/"))
    await until(lambda: len(house.arrivals()) == 1)
    write = asyncio.create_task(house.tool("invoices").ask("PUT", "/client/4501/", body={"name": "Renamed"}))
    await until(lambda: len(house.arrivals()) == 2)
    house.relay.release()
    assert (await write).status == 202
    after = await house.tool().get("/client/4501/")

    assert (await before).status == 200
    assert after.json["client"]["name"] == "Renamed"
    assert (await house.tool().get("/client/4501/")).json["client"]["name"] == "Renamed"
    assert [arrival.method for arrival in house.arrivals()] == ["GET", "PUT", "GET"]
