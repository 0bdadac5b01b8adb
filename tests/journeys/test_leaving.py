"""Callers who hang up free their place in line; what was sent completes and is stored."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.waiting import until


async def hang_up(*callers: asyncio.Task[Any]) -> None:
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)


async def test_who_hangs_up_in_line_frees_the_place_for_the_next(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=1.5, patience=60, backlog=5))
    await house.tool().get("/time/900001")
    leaving = [asyncio.create_task(house.tool().get(f"/task/{number}")) for number in range(210001, 210006)]
    await house.until_waiting(5)
    assert (await house.tool().get("/time/900002")).problem == "backlog_full"
    await hang_up(*leaving)
    await house.until_waiting(0)
    assert (await house.tool().get("/time/900002")).status == 200, "it need not wait behind those who left"
    assert [arrival.target for arrival in house.arrivals()] == ["/time/900001", "/time/900002"]
    assert await house.spent() == 2


async def test_a_line_is_left_when_the_last_of_those_who_share_a_request_leaves(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=30, patience=60))
    await house.tool().get("/time/900001")
    first, second = [asyncio.create_task(house.tool().get("/time/900002")) for _ in range(2)]
    await house.until_waiting(1)
    await hang_up(first)
    assert await house.metric("queue_requests") == 1, "the second still waits for it"
    await hang_up(second)
    await house.until_waiting(0)
    assert len(house.arrivals()) == 1


async def test_a_write_in_line_is_not_sent_when_its_caller_hangs_up(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=1.5, patience=60))
    await house.tool().get("/time/900001")
    write = asyncio.create_task(house.tool().ask("PUT", "/time/900001", body={"description": "Renamed"}))
    await house.until_waiting(1)
    await hang_up(write)
    await house.until_waiting(0)
    assert (await house.tool().get("/time/900002")).status == 200
    assert not house.arrivals("PUT")


async def test_a_sent_request_completes_and_is_stored_though_everybody_left(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    callers = [asyncio.create_task(house.tool().get("/time/900001")) for _ in range(3)]
    await until(house.arrivals)
    await hang_up(*callers)
    house.relay.release()
    await house.until_metric("cache_entries", 1)
    answer = await house.tool().get("/time/900001")
    assert (answer.status, answer.cost) == (200, 0)
    assert len(house.arrivals()) == 1
    assert await house.spent() == 1


async def test_a_caller_who_leaves_is_logged_once_and_disturbs_nobody(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    leaver, stayer = [asyncio.create_task(house.tool().get("/time/900001")) for _ in range(2)]
    await until(house.arrivals)
    await hang_up(leaver)
    house.relay.release()
    assert (await stayer).status == 200
    await house.stop()
    lines = b"".join(house.lines)
    assert lines.count(b'"event":"request"') == 2
    assert lines.count(b'"status":499') == 1
    assert b'"event":"request_failed"' not in lines
    assert b'"event":"task_died"' not in lines
