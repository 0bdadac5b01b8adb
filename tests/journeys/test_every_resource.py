"""Every documented resource, read through the gateway in both formats, is what the service itself writes in it."""

from __future__ import annotations

import json
import re

import pytest

from gateway.simulator.catalogue import catalogue
from tests.journeys.configuration import RESOURCE, RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse
from tests.journeys.tool import JSON, XML, Tool
from tests.simulator.test_every_resource import REQUIRED

_BETWEEN_TAGS = re.compile(rb">\s+<")


def squeezed(body: bytes) -> bytes:
    """Leave out the white space between tags and at both ends; within text it stays."""
    return _BETWEEN_TAGS.sub(b"><", body.strip())


async def same(house: House, tool: Tool, target: str, accept: str, **fields: str) -> int:
    """Read a target and compare; tells what the answer cost."""
    answer, wanted = await tool.get(target, accept, **fields), house.truth(target, accept)
    assert answer.status == wanted.status
    assert squeezed(answer.body) == squeezed(wanted.body), f"{target} in {accept}"
    assert answer.headers["Content-Type"].startswith(accept)
    return answer.cost


def paths(house: House, name: str) -> list[str]:
    """The collection, whole and paged, and a member where there is one; without the final slash."""
    query = REQUIRED.get(name, "")
    found = [f"/{name}?{query}" if query else f"/{name}"]
    resource = catalogue()[name]
    if resource.paged:
        found.append(f"/{name}?{query}&limit=0" if query else f"/{name}?limit=0")
    if resource.member.get("GET"):
        rows = json.loads(house.truth(found[0]).body)[name]
        found.append("/projectteam/11001" if name == "projectteam" else f"/{name}/{rows[0]['id']}")
    return found


@pytest.mark.parametrize("name", catalogue())
async def test_cold_and_cached_with_and_without_final_slash(open_house: OpenHouse, name: str) -> None:
    house = await open_house(Setup(limit=0))
    tool = house.tool()
    for target in paths(house, name):
        path, mark, query = target.partition("?")
        slashed = f"{path}/{mark}{query}"
        costs = [await same(house, tool, target, XML)]  # cold
        costs += [await same(house, tool, slashed, accept) for accept in (JSON, XML)]  # cached, if it may be
        costs += [await same(house, tool, target, accept) for accept in (JSON, XML)]
        assert sum(costs) in {0, 1, len(costs)}, "it is stored, or it is not"
        assert len(house.arrivals(resource=name)) == sum(costs)
        assert await same(house, tool, slashed, JSON, cache_control="no-cache") == 1  # cold in the other format
        house.simulator.journal.clear()


def test_there_are_34() -> None:
    assert len(catalogue()) == 34


@pytest.mark.parametrize(("app", "token"), [("staff", RESOURCE), ("planner", RESTRICTED)])
async def test_other_groups_read_what_the_service_shows_them(open_house: OpenHouse, app: str, token: str) -> None:
    house = await open_house(Setup(limit=0))
    for name in catalogue():
        target = f"/{name}/?{REQUIRED.get(name, '')}"
        for accept in (XML, JSON, XML):
            answer, wanted = await house.tool(app).get(target, accept), house.truth(target, accept, token=token)
            assert (answer.status, squeezed(answer.body)) == (wanted.status, squeezed(wanted.body)), target


async def test_no_accept_at_all_is_xml_and_axios_mixed_value_is_json(open_house: OpenHouse) -> None:
    house = await open_house()
    assert (await house.tool().get("/client/", None)).body == house.truth("/client/", XML).body
    axios = await house.tool().get("/client/", "application/json, text/plain, */*")
    assert axios.body == house.truth("/client/", JSON).body
    refused = await house.tool().get("/client/", "application/json;q=0, application/xml;q=0, text/xml;q=0")
    assert (refused.status, refused.problem) == (406, "not_acceptable")
    assert len(house.arrivals()) == 1


async def test_an_etag_spares_the_body_and_belongs_to_one_representation(open_house: OpenHouse) -> None:
    house = await open_house()
    written, marked = [await house.tool().get("/client/", accept) for accept in (JSON, XML)]
    assert written.headers["ETag"] != marked.headers["ETag"]
    same_again = await house.tool().get("/client/", JSON, if_none_match=written.headers["ETag"])
    assert (same_again.status, same_again.body) == (304, b"")
    other = await house.tool().get("/client/", XML, if_none_match=written.headers["ETag"])
    assert (other.status, other.body) == (200, marked.body)
    assert len(house.arrivals()) == 1


async def test_only_if_cached_asks_nobody(open_house: OpenHouse) -> None:
    house = await open_house()
    away = await house.tool().get("/client/", cache_control="only-if-cached")
    assert (away.status, away.problem, house.arrivals()) == (504, "not_cached", [])
    await house.tool().get("/client/")
    assert (await house.tool().get("/client/", cache_control="only-if-cached")).status == 200
    assert len(house.arrivals()) == 1
