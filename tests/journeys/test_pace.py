"""The upstream's limit holds whatever the callers do, and whatever happens to the gateway."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from pathlib import Path

import aiohttp

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.program import StartProgram
from tests.journeys.tool import JSON, XML, Answer, Tool
from tests.journeys.waiting import back_at, until


async def test_300_callers_at_once_against_100_in_a_period(open_house: OpenHouse) -> None:
    period = 1.5
    house = await open_house(
        Setup(limit=100, period=period, patience=2.2), upstream=options(limit=100, period=period, suspension=600)
    )
    apps = itertools.cycle(["timesheets", "invoices", "staff"])
    formats = itertools.cycle([JSON, XML])
    callers = [(house.tool(next(apps)), target, next(formats)) for target in house.far_apart(300)]

    async def comes_back(tool: Tool, target: str, accept: str) -> tuple[Answer, Answer | None]:
        first = await tool.get(target, accept)
        if first.status == 200:
            return first, None
        await back_at(first.retry_after)
        return first, await tool.get(target, accept)

    outcomes = await asyncio.gather(*(comes_back(*caller) for caller in callers))

    refused = [(first, second) for first, second in outcomes if second is not None]
    assert refused, "200 of them had to wait for longer than their patience"
    assert {(first.status, first.problem) for first, _ in refused} <= {(429, "wait_too_long"), (429, "timed_out")}
    assert all(first.cost == 0 for first, _ in refused)
    assert [second.status for _, second in refused] == [200] * len(refused), "Retry-After was not true"
    assert house.simulator.worst_window(period) <= 100
    assert not house.simulator.refused
    assert len(house.arrivals()) == 300
    assert await house.spent("acme") + await house.spent("staff") == 300


async def test_without_patience_everybody_is_answered_or_refused_at_once(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=20, period=30), upstream=options(limit=20, period=30))
    asking = (house.tool().get(target, prefer="wait=5") for target in house.far_apart(60))
    answers = await asyncio.gather(*asking)

    assert sorted(answer.status for answer in answers) == [200] * 20 + [429] * 40
    refusals = [answer for answer in answers if answer.status == 429]
    assert {answer.problem for answer in refusals} == {"wait_too_long"}
    # The second twenty come back when the first twenty stamps have run out, the third a period later.
    assert sorted(answer.retry_after > 45 for answer in refusals) == [False] * 20 + [True] * 20
    assert min(answer.retry_after for answer in refusals) >= 30
    assert len(house.arrivals()) == 20


async def test_who_will_not_wait_at_all_is_served_where_there_is_no_wait(open_house: OpenHouse) -> None:
    house = await open_house()
    answer = await house.tool().get("/time/900001", prefer="wait=0")
    assert answer.status == 200, f"nobody is in line: {answer.body.decode()}"


async def test_a_line_that_is_full_lets_nobody_in(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=30, backlog=3, patience=1000))
    assert (await house.tool().get("/time/900001")).status == 200
    waiting = [asyncio.create_task(house.tool().get(target)) for target in house.far_apart(4)[1:]]
    await house.until_waiting(3)
    refused = await house.tool().get("/time/900005", XML)
    assert (refused.status, refused.problem) == (429, "backlog_full")
    assert refused.retry_after >= 30
    for caller in waiting:
        caller.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(house.arrivals()) == 1


async def test_kill_9_in_the_middle_and_a_restart_never_send_more_than_the_limit(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    limit, period = 40, 1.5
    house = await open_house(upstream=options(limit=limit, period=period, suspension=600))
    setup = Setup(store="sqlite", limit=limit, period=period, patience=20, timeout=1)
    config = setup.write(tmp_path, house.relay.url)
    program = await start_program(config)
    targets = iter(house.far_apart(160))

    async def ask(url: str) -> int:
        with suppress(aiohttp.ClientError):
            return (await house.tool_at(url).get(next(targets))).status
        return 0

    load = [asyncio.create_task(ask(program.url)) for _ in range(100)]
    await until(lambda: len(house.arrivals()) >= 15)
    house.relay.hold()  # some requests are under way when it dies
    await until(lambda: len(house.arrivals()) >= 20)
    await program.kill()
    house.relay.release()
    assert 0 in await asyncio.gather(*load)
    sent_before = len(house.arrivals())

    program = await start_program(config)
    statuses = await asyncio.gather(*(ask(program.url) for _ in range(60)))
    assert statuses == [200] * 60
    assert len(house.arrivals()) == sent_before + 60
    assert house.simulator.worst_window(period) <= limit
    assert not house.simulator.refused
