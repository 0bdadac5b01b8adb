"""Write now, learn later: one gateway, two apps, both formats."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.configuration import ADMIN, KEYS, Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.jobs.desk import accepted, ended, look, until, watched, write
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import DEADLINE, back_at

DAY = "2025-06-16"
CREATED = f'{{"name": "new %d", "datecreated": "{DAY}"}}'
CALLING = """
[apps.caller]
account = "acme"
key = "caller-1f2e3d4c5b6a7988"
callbacks = ["http://127.0.0.1:9/done"]
secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
"""


@pytest.mark.parametrize("store", ["memory://", "sqlite"])
async def test_a_write_is_accepted_at_once_and_its_answer_is_found_later(open_house: OpenHouse, store: str) -> None:
    house = await open_house(Setup(store=store))
    tool = house.tool()
    location = await accepted(tool, "PUT", "/client/4501/", {"name": "Renamed"})
    told = await ended(tool, location)
    assert (told["state"], told["status"]) == ("completed", 202)
    assert told["result"]["body"]["client"]["name"] == "Renamed"
    assert told["result"]["cost"] == 1
    as_xml = await tool.get(location, XML)
    assert as_xml.xml.findtext("result/body/intervals/client/name") == "Renamed"
    assert [(it.method, it.target) for it in house.arrivals()] == [("PUT", "/client/4501/")]
    assert await house.metric("jobs", state="completed") == 1
    assert await house.metric("upstream_requests_total", app="timesheets", method="PUT") == 1


async def test_a_tool_that_speaks_xml_is_understood(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    body = b"<client><name>In XML</name></client>"
    answer = await write(tool, "PUT", "/client/4501/", body, XML, content_type=XML)
    assert (answer.status, answer.xml.findtext("state")) == (202, "waiting")
    location = str(answer.xml.findtext("location"))
    assert location == answer.headers["Location"]
    await ended(tool, location)
    told = (await tool.get(location, XML)).xml
    assert (told.findtext("state"), told.findtext("result/status")) == ("completed", "202")
    assert told.findtext("result/body/intervals/client/name") == "In XML"


async def test_reads_undocumented_paths_and_mistakes_have_results_too(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    read = await ended(tool, await accepted(tool, "GET", "/client/4501/"))
    assert (read["state"], read["result"]["body"]["client"]["id"]) == ("completed", "4501")
    odd = await ended(tool, await accepted(tool, "GET", "/nothing/here/"))
    assert (odd["state"], odd["status"]) == ("failed", house.truth("/nothing/here/").status)
    mistake = await ended(tool, await accepted(tool, "PUT", "/client/4501/", {"nosuchfield": "x"}))
    assert (mistake["state"], mistake["status"]) == ("failed", 400)
    broken = await ended(tool, await accepted(tool, "PUT", "/client/4501/", b"{"))
    assert (broken["state"], broken["result"]["problem"]) == ("failed", "malformed")


async def test_an_app_sees_its_own_jobs_and_no_others(open_house: OpenHouse) -> None:
    house = await open_house()
    mine, others = house.tool(), house.tool("invoices")
    location = await accepted(mine, "PUT", "/client/4501/", {"name": "X"})
    await ended(mine, location)
    for method in ("GET", "DELETE"):
        answer = await others.ask(method, location)
        assert (answer.status, answer.problem) == (404, "no_such_job")
    assert (await others.get("/-/jobs/")).json == {"jobs": {"job": []}}
    assert [it["location"] for it in (await mine.get("/-/jobs/?state=completed")).json["jobs"]["job"]] == [location]
    stranger = await house.tool_with("no-such-key").get(location)
    assert stranger.status == 401


async def test_what_waits_can_be_cancelled_and_is_never_sent(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=600))
    tool = house.tool()
    await tool.get("/client/4501/")
    location = await accepted(tool, "PUT", "/client/4501/", {"name": "X"})
    waiting = await tool.get(location)
    assert (waiting.json["job"]["state"], waiting.retry_after >= 1) == ("waiting", True)
    assert (await tool.ask("DELETE", location)).status == 204
    assert (await look(tool, location))["state"] == "cancelled"
    again = await tool.ask("DELETE", location)
    assert (again.status, again.problem) == (409, "job_under_way")
    await house.until_waiting(0)
    assert len(house.arrivals()) == 1


async def test_what_is_under_way_cannot_be_cancelled_and_a_stop_waits_for_it(open_house: OpenHouse) -> None:
    house = await open_house(Setup(store="sqlite"))
    tool = house.tool()
    house.relay.hold()
    location = await accepted(tool, "PUT", "/client/4501/", {"name": "X"})
    await until(tool, location, "running")
    assert (await tool.ask("DELETE", location)).status == 409
    stopping = asyncio.create_task(house.stop())
    house.relay.release()
    await stopping
    assert b'"event":"job_ended"' in b"".join(house.lines)
    assert [it.status for it in house.arrivals()] == [202]


async def test_one_object_keeps_its_order_while_others_overtake_it(open_house: OpenHouse) -> None:
    house = await open_house(upstream=options(latency=0.02))
    seen = watched(house)
    tool = house.tool()
    locations = [await accepted(tool, "PUT", "/client/4501/", {"name": str(number)}) for number in range(10)]
    locations += [
        await accepted(tool, "POST", "/client/", {"name": f"new {number}", "datecreated": "2025-06-16"})
        for number in range(5)
    ]
    states = {(await ended(tool, location))["state"] for location in locations}
    assert states == {"completed"}
    assert [body for method, _, body in seen if method == "PUT"] == [b'{"name": "%d"}' % n for n in range(10)]
    assert [body for method, _, body in seen if method == "POST"] == [
        b'{"name": "new %d", "datecreated": "2025-06-16"}' % n for n in range(5)
    ]
    assert (await tool.get("/client/4501/")).json["client"]["name"] == "9"


async def test_who_brings_a_credential_along_is_answered_now(open_house: OpenHouse) -> None:
    house = await open_house()
    answer = await write(house.tool("own", ADMIN), "GET", "/client/4501/")
    assert (answer.status, "Preference-Applied" in answer.headers) == (200, False)


async def test_a_callback_has_to_be_configured(open_house: OpenHouse) -> None:
    house = await open_house(Setup(more=CALLING))
    tool = house.tool_with("caller-1f2e3d4c5b6a7988")
    for url, status in (("http://127.0.0.1:9/other", 403), ("http://127.0.0.1:9@elsewhere/done", 400)):
        answer = await write(tool, "GET", "/client/4501/", callback_url=url)
        assert answer.status == status
    assert (await write(tool, "GET", "/client/4501/", callback_url="http://127.0.0.1:9/done/5")).status == 202
    assert (await write(house.tool(), "GET", "/me/", callback_url="http://127.0.0.1:9/done")).status == 403


async def test_a_line_full_of_jobs_leaves_the_others_room(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=600, backlog=20))
    tool = house.tool()
    await tool.get("/time/900001/")
    await asyncio.gather(*(accepted(tool, "PUT", f"/time/{900001 + n}/", {"description": "x"}) for n in range(60)))
    refused = await tool.get("/time/900002/", prefer="wait=0")
    assert (refused.status, refused.problem) == (429, "wait_too_long"), "the line is not full of jobs"
    async with asyncio.timeout(DEADLINE):  # they are counted when they are looked at next
        while await house.metric("jobs", state="waiting") != 60:
            await back_at(0.02)
    assert KEYS["timesheets"] not in (await house.metrics())


async def test_the_preference_costs_a_cached_read_nothing(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    await tool.get("/client/4501/", JSON)
    told = await ended(tool, await accepted(tool, "GET", "/client/4501/"))
    assert (told["state"], told["result"]["cost"]) == ("completed", 0)


async def test_an_idempotency_key_holds_for_jobs_too(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    new = {"name": "Once", "datecreated": DAY}
    told = [await ended(tool, await accepted(tool, "POST", "/client/", new, idempotency_key='"k-1"')) for _ in range(2)]
    assert [it["status"] for it in told] == [201, 201]
    assert told[0]["result"]["body"]["client"]["id"] == told[1]["result"]["body"]["client"]["id"]
    assert len(house.arrivals("POST")) == 1
