"""Connections to the upstream are kept alive, and a broken one never makes a request arrive twice."""

from __future__ import annotations

import asyncio

import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.tool import JSON
from tests.journeys.waiting import until


async def test_hundreds_of_requests_go_over_few_connections(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=0))

    async def one_after_the_other(worker: int) -> set[int]:
        return {(await house.tool().get(target)).status for target in house.far_apart(360)[worker::4]}

    assert await asyncio.gather(*(one_after_the_other(worker) for worker in range(4))) == [{200}] * 4
    assert len(house.arrivals()) == 360
    assert house.relay.connections <= 8


async def test_cached_answers_open_no_connection_at_all(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.tool().get("/client/")
    await asyncio.gather(*(house.tool().get("/client/") for _ in range(100)))
    assert house.relay.connections == 1
    assert len(house.arrivals()) == 1


_WRITES = [
    ("PUT", {"description": "X"}),
    ("POST", {"description": "X"}),
    ("DELETE", None),
]


@pytest.mark.parametrize("target", ["/time/900001", "/unknown/7"])
@pytest.mark.parametrize(("method", "body"), _WRITES)
async def test_a_kept_alive_connection_that_closes_without_an_answer_sends_no_write_again(
    open_house: OpenHouse, method: str, body: object, target: str
) -> None:
    house = await open_house()
    await house.tool().get("/me/")
    assert house.relay.open == 1
    house.relay.cut()
    answer = await house.tool().ask(method, target, JSON, body)
    assert answer.status == 502
    assert len(house.arrivals()) == 2, f"{method} arrived twice"
    assert house.relay.connections == 1
    assert await house.spent() == 2
    assert (await house.tool().get("/expense/120001")).status == 200


@pytest.mark.parametrize("target", ["/time/900001", "/unknown/7"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_whose_connection_closes_without_an_answer_is_sent_once_more_and_paid_twice(
    open_house: OpenHouse, method: str, target: str
) -> None:
    house = await open_house()
    await house.tool().get("/me/")
    house.relay.cut()
    answer = await house.tool().ask(method, target, JSON)
    assert (answer.status == 502, answer.cost) == (False, 2)
    assert [arrival.target.strip("/") for arrival in house.arrivals()][1:] == [target.strip("/")] * 2
    assert await house.spent() == 3
    house.relay.cut(2)
    again = await house.tool().ask(method, target + "?x", JSON, cache_control="no-cache")
    assert (again.status, again.cost, await house.spent()) == (502, 2, 5)


@pytest.mark.parametrize(("method", "body"), [("GET", None), *_WRITES])
async def test_an_upstream_that_is_restarted_is_waited_for_a_moment(
    open_house: OpenHouse, method: str, body: object
) -> None:
    house = await open_house()
    await house.tool().get("/me/")
    await house.relay.away()
    asking = asyncio.create_task(house.tool().ask(method, "/time/900001", JSON, body))
    await house.until_metric("upstream_responses_total", 1, code="none")
    await house.relay.back()
    answer = await asking
    assert (answer.status < 300, answer.cost) == (True, 1)
    assert len(house.arrivals()) == 2
    assert await house.spent() == 2, "what was never sent costs nothing"


async def test_idle_connections_that_the_upstream_closes_are_replaced_and_nobody_notices(open_house: OpenHouse) -> None:
    house = await open_house()
    for target in house.far_apart(3):
        assert (await house.tool().get(target)).status == 200
        await house.relay.close_connections()
        await until(lambda: house.relay.open == 0)
    assert house.relay.connections == 3
    assert len(house.arrivals()) == 3


async def test_cookies_of_the_upstream_are_not_sent_back_by_another_account(open_house: OpenHouse) -> None:
    house = await open_house()
    house.simulator.options.answer_headers["Set-Cookie"] = "session=acme"
    first = await house.tool().get("/time/900001")
    assert "Set-Cookie" not in first.headers
    stored = await house.tool("invoices").get("/time/900001")
    assert "Set-Cookie" not in stored.headers
