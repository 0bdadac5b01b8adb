"""When the upstream breaks: a clear answer, nothing stored, no write sent twice, and the next request works."""

from __future__ import annotations

import asyncio

import pytest

from gateway.simulator import Canned, Options
from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.tool import JSON, XML, Answer

BROKEN = [("reset", "upstream_unreachable", 502), ("apply_then_reset", "upstream_unreachable", 502)]
BROKEN += [("truncated", "upstream_unintelligible", 502), ("timeout", "upstream_timed_out", 504)]
ANSWERED = [("error", 500), ("database", 500), ("offline", 502)]
REQUESTS: list[tuple[str, object, str]] = [("GET", None, JSON), ("GET", None, XML), ("DELETE", None, JSON)]
REQUESTS += [("PUT", {"description": "X"}, XML), ("POST", {"description": "X"}, JSON)]

_STALE = """
[resources.time]
fresh = "1m"
stale_while_revalidate = "0s"
stale_if_error = "1d"
[resources.expense]
fresh = "1m"
stale_while_revalidate = "0s"
stale_if_error = "0s"
"""


def strikes(fault: str, method: str = "GET") -> int:
    """How often a fault strikes one request: a read that was cut off before its answer is sent once more."""
    return 2 if method == "GET" and fault in ("reset", "apply_then_reset") else 1


def waiting(fault: str, more: str = "") -> Setup:
    """A gateway that soon gives up an answer that never comes, and has time for all others."""
    return Setup(timeout=0.3, more=more) if fault == "timeout" else Setup(more=more)


def ageing() -> Options:
    """An upstream whose answers are older than fresh when they arrive: what is stored is stale at once."""
    return options(answer_headers={"Age": "100"})


async def nothing_stayed(house: House) -> None:
    """The next read is answered by the upstream, and only the one after it by the cache."""
    assert [(await house.tool().get("/time/900002", XML)).cost for _ in range(2)] == [1, 0]


@pytest.mark.parametrize(("method", "body", "accept"), REQUESTS)
@pytest.mark.parametrize(("fault", "kind", "status"), BROKEN)
async def test_a_broken_connection_is_told_and_no_write_is_sent_twice(
    open_house: OpenHouse, fault: str, kind: str, status: int, method: str, body: object, accept: str
) -> None:
    house = await open_house(waiting(fault))
    await house.tool().get("/me/")  # the broken request goes out on a connection that was kept alive
    house.simulator.fail_next(fault, strikes(fault, method))
    answer = await house.tool().ask(method, "/time/900002", accept, body)
    assert (answer.status, answer.problem) == (status, kind)
    assert answer.headers["Content-Type"].startswith(accept.replace("/", "/problem+"))
    assert len(house.arrivals(method, "time")) == strikes(fault, method)
    if method == "GET":
        await nothing_stayed(house)
    else:
        assert (await house.tool().get("/time/900003")).status == 200
    assert await house.spent() == len(house.arrivals())


@pytest.mark.parametrize("fault", ["reset", "truncated", "timeout", "error", "offline"])
async def test_the_quota_cost_is_true_also_where_the_answer_was_lost(open_house: OpenHouse, fault: str) -> None:
    house = await open_house(waiting(fault, _STALE), upstream=ageing())
    often = strikes(fault)
    house.simulator.fail_next(fault, times=1 + 2 * often)
    tool = house.tool()
    answers = [await tool.get("/time/900002"), await tool.ask("PUT", "/time/900002", JSON, {"description": "X"})]
    answers += [await tool.get("/nothing/")]
    assert [answer.cost for answer in answers] == [often, 1, often]
    await tool.get("/time/900002")
    house.simulator.fail_next(fault, often)
    stale = await tool.get("/time/900002")
    assert (stale.status, stale.cost) == (200, often)
    assert await house.spent() == len(house.arrivals()) == 2 + 3 * often


@pytest.mark.parametrize(("method", "body", "accept"), REQUESTS)
@pytest.mark.parametrize(("fault", "status"), ANSWERED)
async def test_an_error_of_the_upstream_is_passed_on_in_the_callers_format_and_not_stored(
    open_house: OpenHouse, fault: str, status: int, method: str, body: object, accept: str
) -> None:
    house = await open_house()
    house.simulator.fail_next(fault)
    answer = await house.tool().ask(method, "/time/900002", accept, body)
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (status, accept)
    code = answer.json["error"]["code"] if accept == JSON else answer.xml.findtext("error/code")
    assert str(code) in {"1", "19", "20"}
    assert len(house.arrivals(method, "time")) == 1
    if method == "GET":
        await nothing_stayed(house)


@pytest.mark.parametrize("fault", ["reset", "truncated", "error", "offline"])
async def test_all_who_wait_for_one_broken_request_are_told_and_it_is_not_repeated_for_each(
    open_house: OpenHouse, fault: str
) -> None:
    house = await open_house()
    house.relay.hold()
    house.simulator.fail_next(fault, strikes(fault))
    callers = [asyncio.create_task(house.tool().get("/time/900002", accept)) for accept in [JSON, XML] * 10]
    house.relay.release()
    answers = await asyncio.gather(*callers)
    assert {answer.status for answer in answers} <= {500, 502}
    assert len(house.arrivals()) == strikes(fault)
    await nothing_stayed(house)


async def test_an_upstream_that_is_not_there_costs_nothing_and_is_told(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.tool().get("/time/900001")
    await house.relay.__aexit__(None, None, None)
    answer = await house.tool().get("/time/900002", XML)
    assert (answer.status, answer.problem) == (502, "upstream_unreachable")
    assert (await house.tool().get("/time/900001", XML)).status == 200
    assert len(house.arrivals()) == 1
    # What never left is given back.
    await house.until_metric("quota_used_requests", 1, budget="acme", window="day", source="ledger")


@pytest.mark.parametrize("fault", ["reset", "truncated", "timeout", "error", "database", "offline"])
async def test_stale_if_error_serves_what_is_stored_and_says_so(open_house: OpenHouse, fault: str) -> None:
    house = await open_house(waiting(fault, _STALE), upstream=ageing())
    stored = await house.tool().get("/time/900001")
    house.simulator.fail_next(fault, strikes(fault))
    stale = await house.tool().get("/time/900001", XML)
    assert (stale.status, stale.body) == (200, house.truth("/time/900001", XML).body)
    assert ("hit" in stale.cache_status, "ttl=-" in stale.cache_status) == (True, True)
    assert len(house.arrivals()) == 1 + strikes(fault)

    await house.tool().get("/expense/120001")
    house.simulator.fail_next(fault, strikes(fault))
    assert (await house.tool().get("/expense/120001")).status >= 500, "this resource allows nothing stale"
    assert (await house.tool().get("/time/900001")).body == stored.body


async def test_an_account_that_is_suspended_is_served_stale_where_the_resource_allows(open_house: OpenHouse) -> None:
    house = await open_house(Setup(more=_STALE), upstream=ageing())
    await house.tool().get("/time/900001")
    await house.tool().get("/expense/120001")
    house.simulator.options.account_states["acme"] = "suspended"
    answers: list[Answer] = [await house.tool().get("/time/900001") for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 5
    assert all("ttl=-" in answer.cache_status for answer in answers)
    assert (await house.tool().get("/expense/120001")).status == 503
    assert len(house.arrivals()) == 3, "the account was asked once, and then left alone"


async def test_what_is_no_document_passes_through_unchanged_and_is_never_stored(open_house: OpenHouse) -> None:
    page = b"<html>maintenance & more"
    house = await open_house(upstream=options(canned={"/time/": Canned(page, 200, {"Content-Type": "text/html"})}))
    for accept in (JSON, XML, JSON):
        answer = await house.tool().get("/time/", accept)
        assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, page, "text/html")
        assert "stored" not in answer.cache_status
    assert len(house.arrivals()) == 3
