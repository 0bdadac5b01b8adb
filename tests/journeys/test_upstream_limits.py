"""What the upstream says of limits, accounts and credentials is obeyed, and told to callers in plain terms."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.journeys.configuration import RESOURCE, Setup
from tests.journeys.house import OpenGateway, OpenHouse, options
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import back_at


@pytest.mark.parametrize("accept", [JSON, XML])
async def test_too_fast_pauses_everybody_who_shares_the_address_and_is_told_as_429(
    open_house: OpenHouse, accept: str
) -> None:
    house = await open_house(
        Setup(limit=100, period=60, patience=5), upstream=options(limit=3, period=60, suspension=60)
    )
    tool = house.tool()
    assert [(await tool.get(target, accept)).status for target in house.far_apart(3)] == [200] * 3
    refused = await tool.get("/time/900004", accept)
    assert (refused.status, refused.problem) == (429, "too_fast")
    assert 1 <= refused.retry_after <= 61
    for app in ("invoices", "staff", "globex"):
        other = await house.tool(app).get("/time/900005", accept)
        assert (other.status, other.problem, other.cost) == (429, "too_fast", 0)
    assert (await tool.get("/time/900001", accept)).status == 200, "what is stored is still served"
    assert len(house.simulator.refused) == 1
    assert len(house.arrivals()) == 4


async def test_after_a_short_pause_the_same_request_gets_through(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=10, period=1), upstream=options(limit=4, period=1, suspension=0.5))
    answers = await asyncio.gather(*(house.tool().get(target) for target in house.far_apart(5)))
    assert [answer.status for answer in answers] == [200] * 5, "the one refused was sent again after the pause"
    assert len(house.simulator.refused) <= 2
    assert sum(answer.cost for answer in answers) <= len(house.arrivals())


async def test_the_retry_after_of_too_fast_is_true(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=10, period=2), upstream=options(limit=1, period=2, suspension=1))
    await house.tool().get("/time/900001")
    refused = await house.tool().get("/time/900002", prefer="wait=1")
    assert (refused.status, refused.problem) == (429, "too_fast")
    await back_at(refused.retry_after)
    assert (await house.tool().get("/time/900002")).status == 200


@pytest.mark.parametrize("accept", [JSON, XML])
async def test_a_spent_day_closes_the_account_until_midnight_but_no_other(open_house: OpenHouse, accept: str) -> None:
    house = await open_house(upstream=options(per_day=3))
    tool = house.tool()
    for target in house.far_apart(3):
        await tool.get(target, accept)
    refused = [await tool.get("/time/900004", accept), await house.tool("invoices").get("/time/900004", accept)]
    midnight = 86400 - time.time() % 86400
    for answer in refused:
        assert (answer.status, answer.problem) == (429, "quota_spent")
        assert abs(answer.retry_after - midnight) < 30
    assert len(house.simulator.refused) == 1
    assert (await tool.get("/time/900001", accept)).status == 200
    assert (await tool.get("/quota/", accept)).body == house.truth("/quota/", accept).body, "it costs nothing"
    assert (await house.tool("globex").get("/client/", accept)).status == 200


async def test_the_ledgers_own_day_refuses_before_the_upstream_does(open_house: OpenHouse) -> None:
    house = await open_house(Setup(more='[accounts.small]\nper_day = 2\ntoken = "acmeadmin01"\n' + _SMALL))
    tool = house.tool_with("small-8d7c6b5a4f3e")
    assert [(await tool.get(target)).status for target in house.far_apart(3)] == [200, 200, 429]
    refused = await tool.get("/time/900003", XML)
    assert (refused.status, refused.problem) == (429, "quota_spent")
    assert abs(refused.retry_after - (86400 - time.time() % 86400)) < 30
    assert (await tool.get("/quota/")).status == 200
    assert len(house.arrivals(resource="time")) == 2
    assert await house.spent("small") == 2


_SMALL = '[apps.small]\naccount = "small"\nkey = "small-8d7c6b5a4f3e"\n'

_STATES = [("not_found", 401), ("inactive", 401), ("unpaid", 402), ("banned", 418), ("suspended", 503)]


@pytest.mark.parametrize("accept", [JSON, XML])
@pytest.mark.parametrize(("state", "status"), _STATES)
async def test_an_account_state_keeps_its_status_and_stops_that_account_alone(
    open_house: OpenHouse, state: str, status: int, accept: str
) -> None:
    house = await open_house()
    tool = house.tool()
    await tool.get("/time/900001", accept)
    house.simulator.options.account_states["acme"] = state
    answers = [await house.tool(app).get("/time/900002", accept) for app in ("timesheets", "invoices", "own")]
    answers.append(await tool.ask("PUT", "/time/900002", accept, {"description": "X"}))
    for answer in answers:
        assert (answer.status, answer.problem) == (status, "account_closed")
        assert ("Retry-After" in answer.headers) == (state != "banned")
    assert len(house.arrivals()) == 2, "nothing is sent after the first refusal"
    assert (await tool.get("/time/900001", accept)).status == 200
    assert (await house.tool("globex").get("/client/", accept)).status == 200
    assert await house.metric("account_closed", account="acme", reason=state) == 1


async def test_a_banned_account_stays_closed_over_a_restart(open_house: OpenHouse, open_gateway: OpenGateway) -> None:
    house = await open_house(Setup(store="sqlite"))
    house.simulator.options.account_states["acme"] = "banned"
    assert (await house.tool().get("/time/900001")).status == 418
    await house.stop()
    house.simulator.options.account_states.clear()
    again = await open_gateway(house, Setup(store="sqlite"))
    answer = await again.tool().get("/time/900001")
    assert (answer.status, answer.problem) == (418, "account_closed")
    assert len(house.arrivals()) == 1
    async with house.session.post(f"{again.gateway.operations_url}api/accounts/acme/reopen") as reopened:
        assert reopened.status == 200
    assert (await again.tool().get("/time/900001")).status == 200


@pytest.mark.parametrize("accept", [JSON, XML])
@pytest.mark.parametrize("state", ["unknown", "inactive"])
async def test_a_refused_credential_stops_alone(open_house: OpenHouse, state: str, accept: str) -> None:
    house = await open_house()
    house.simulator.options.user_states[RESOURCE] = state
    own = house.tool("own", RESOURCE)
    for _ in range(3):
        answer = await own.get("/time/900001", accept)
        assert (answer.status, answer.problem) == (401, "credential_refused")
        assert answer.retry_after <= 61
        assert answer.headers["WWW-Authenticate"]
    assert len(house.arrivals()) == 1
    for tool in (house.tool("own"), house.tool("timesheets"), house.tool("own", "acmemanag01")):
        assert (await tool.get("/time/900001", accept)).status == 200


async def test_no_credential_at_all_is_the_upstreams_401(open_house: OpenHouse) -> None:
    house = await open_house()
    answer = await house.tool("guest").get("/time/900001")
    assert (answer.status, answer.problem) == (401, "credential_refused")
    assert (await house.tool("guest", RESOURCE).get("/time/900001")).status == 200
