"""What only an administrator may read reaches nobody else, in whatever order the same addresses are read."""

from __future__ import annotations

import itertools

import pytest

from gateway.simulator.service import Service
from tests.journeys.configuration import ADMIN, GLOBEX, KEYS, RESOURCE, RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.tool import JSON, XML, Tool
from tests.simulator.asking import ask, basic

_TARGETS = ["/client/?limit=0", "/client/4501", "/project/?limit=0", "/person/?limit=3", "/task/?limit=0", "/me/"]
_HIDDEN = b"description"
"""A field of /client/4501 that only administrators are shown."""


def tools(house: House) -> dict[str, list[Tool]]:
    """Every way to come in, by the upstream token it goes out under."""
    return {
        ADMIN: [
            house.tool("timesheets"),
            house.tool("invoices"),
            house.tool("own"),
            house.tool("own", ADMIN),
            house.tool("guest", ADMIN),
        ],
        RESOURCE: [house.tool("staff"), house.tool("own", RESOURCE), house.tool("guest", RESOURCE)],
        RESTRICTED: [house.tool("planner"), house.tool("own", RESTRICTED), house.tool("guest", RESTRICTED)],
    }


def test_the_simulator_hides_the_field() -> None:
    """Else these journeys would show nothing."""
    service = Service(options())
    assert _HIDDEN in ask(service, "/client/4501", token=ADMIN).body
    assert _HIDDEN not in ask(service, "/client/4501", token=RESOURCE).body


@pytest.mark.parametrize("order", list(itertools.permutations([ADMIN, RESOURCE, RESTRICTED])), ids=",".join)
async def test_each_credential_reads_its_own_answers_in_every_order_cold_and_cached(
    open_house: OpenHouse, order: tuple[str, ...]
) -> None:
    house = await open_house(Setup(limit=0))
    for _round, token in itertools.product(range(2), order):
        for tool, target, accept in itertools.product(tools(house)[token], _TARGETS, (JSON, XML)):
            answer = await tool.get(target, accept)
            wanted = house.truth(target, accept, token=token)
            assert (answer.status, answer.body) == (wanted.status, wanted.body), f"{token} reads {target}"
    for target in _TARGETS:
        resource = target.split("/")[1]
        served = {arrival.token_name for arrival in house.arrivals(resource=resource)}
        assert served == set(order), "each credential asked for itself"


async def test_the_same_address_of_another_customer_is_another_answer(open_house: OpenHouse) -> None:
    house = await open_house()
    ours = await house.tool("timesheets").get("/client/?limit=2")
    theirs = await house.tool("globex").get("/client/?limit=2")
    assert theirs.body == house.truth("/client/?limit=2", token=GLOBEX).body
    assert theirs.body != ours.body
    assert [arrival.account for arrival in house.arrivals()] == ["acme", "globex"]


async def test_apps_of_one_credential_share_what_is_stored(open_house: OpenHouse) -> None:
    house = await open_house()
    assert (await house.tool("timesheets").get("/client/")).cost == 1
    assert (await house.tool("invoices").get("/client/")).cost == 0
    assert (await house.tool("own", ADMIN).get("/client/")).cost == 0
    assert len(house.arrivals()) == 1


async def test_keys_and_credentials_that_are_wrong_reach_nothing(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.tool("timesheets").get("/client/4501")
    stranger = Tool(house.session, house.gateway.url, {})
    for fields in ({}, {"Authorization": "Bearer nonsense"}, {"X-Api-Key": "nonsense"}):
        answer = await stranger.get("/client/4501", JSON, **fields)
        assert (answer.status, answer.problem is not None) == (401, True)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")
        assert _HIDDEN not in answer.body
    assert len(house.arrivals()) == 1


async def test_a_key_works_as_basic_user_as_bearer_and_as_x_api_key(open_house: OpenHouse) -> None:
    house = await open_house()
    key = KEYS["timesheets"]
    for fields in ({"Authorization": basic(key)}, {"Authorization": f"Bearer {key}"}, {"X-Api-Key": key}):
        assert (await Tool(house.session, house.gateway.url, fields).get("/client/")).status == 200
    assert [arrival.token_name for arrival in house.arrivals()] == [ADMIN]
