"""To callers, several replicas are one gateway: one upstream request for all, and no answer from before a write."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.journeys.configuration import Setup
from tests.journeys.replicas.fleet import OpenFleet
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until


async def test_a_hundred_equal_callers_of_four_replicas_are_one_upstream_request(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(4, Setup(period=2))
    house = fleet.house
    house.relay.hold()
    callers = [
        asyncio.create_task(fleet.tool(number % 4).get("/client/", accept))
        for number, accept in enumerate([JSON, XML] * 50)
    ]
    await until(house.arrivals)
    house.relay.release()
    answers = await asyncio.gather(*callers)

    assert [answer.status for answer in answers] == [200] * 100
    assert {answer.body for answer in answers[::2]} == {house.truth("/client/").body}
    assert {answer.body for answer in answers[1::2]} == {house.truth("/client/", XML).body}
    assert len(house.arrivals()) == 1
    assert sum(answer.cost for answer in answers) == 1
    assert sum("collapsed" in answer.cache_status for answer in answers) == 99

    house.relay.hold()
    lost = asyncio.create_task(fleet.tool(3).get("/project/"))
    await until(lambda: len(house.arrivals()) == 2)
    callers = [asyncio.create_task(fleet.tool(number % 3).get("/project/")) for number in range(30)]
    await fleet.programs[3].kill()
    house.relay.release()
    answers = await asyncio.gather(*callers)
    assert isinstance((await asyncio.gather(lost, return_exceptions=True))[0], aiohttp.ClientError)
    assert {answer.body for answer in answers} == {house.truth("/project/").body}
    assert len(house.arrivals()) == 3, "one of the others took over, for all of them"


async def test_a_write_through_one_replica_is_seen_through_the_others_at_once(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, Setup(period=2))
    one, other = fleet.tool(0), fleet.tool(1, "invoices")
    for number in range(8):
        writer, reader = (one, other) if number % 2 else (other, one)
        for tool in (reader, reader, writer):
            await tool.get("/client/?limit=0")
        assert "hit" in (await reader.get("/client/?limit=0")).cache_status
        written = await writer.ask("PUT", "/client/4501/", body={"name": f"Name {number}"})
        assert written.status in (200, 202), written.body
        seen = await reader.get("/client/?limit=0")
        assert f'"Name {number}"'.encode() in seen.body
        assert seen.cost == 0, "the list was patched with the answer of the write, for all replicas"
