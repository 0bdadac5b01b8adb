"""kill -9 at random points: every accepted job ends one way, nothing is sent twice, each object keeps its order."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.jobs.desk import accepted, ended, watched
from tests.journeys.program import StartProgram
from tests.journeys.tool import Tool
from tests.journeys.waiting import until

OBJECTS = ("/client/4501/", "/client/4502/", "/client/", "/odd/path/")


async def send(tool: Tool, numbers: list[int], locations: dict[int, str], draw: random.Random) -> None:
    """Have jobs accepted, one after the other, until the gateway is gone."""
    with suppress(aiohttp.ClientError):
        while numbers:
            number = numbers[0]
            target = OBJECTS[number % len(OBJECTS)]
            method = "POST" if target == "/client/" else "PUT"
            where = await accepted(tool, method, target, {"name": f"job {number}"})
            locations[number] = where
            numbers.pop(0)
            await asyncio.sleep(draw.uniform(0, 0.03))


@pytest.mark.parametrize("seed", [1, 2])
async def test_kill_9_at_any_moment(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    house = await open_house(upstream=options(latency=0.03))
    seen = watched(house)
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    numbers, locations = list(range(48)), dict[int, str]()
    while numbers:
        program = await start_program(config)
        sending = asyncio.create_task(send(house.tool_at(program.url), numbers, locations, draw))
        await asyncio.wait((sending,), timeout=draw.uniform(0.2, 0.6))
        await program.kill()
        await sending
        if numbers and numbers[0] not in locations:
            numbers.pop(0)  # it may have been accepted: its caller cannot know, and does not ask again
    program = await start_program(config)
    tool = house.tool_at(program.url)
    states = {number: (await ended(tool, where))["state"] for number, where in locations.items()}

    arrived = Counter(body for method, _, body in seen if method != "GET")
    assert max(arrived.values()) == 1, "nothing is sent twice"
    for number, state in states.items():
        times = arrived[b'{"name": "job %d"}' % number]
        assert (state, times) in {("completed", 1), ("failed", 1), ("unknown", 1), ("unknown", 0)}, number
    order: defaultdict[str, list[int]] = defaultdict(list)
    for method, target, body in seen:
        if method != "GET":
            order[target].append(int(body.split()[-1].rstrip(b'"}')))
    assert all(places == sorted(places) for places in order.values()), "each object keeps its order"
    listed = (await tool.get("/-/jobs/")).json["jobs"]["job"]
    assert {it["state"] for it in listed} <= {"completed", "failed", "unknown"}
    assert len(listed) >= len(locations)


async def test_a_lost_answer_is_looked_up_after_the_restart_and_an_unsent_job_is_sent(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    seen = watched(house)
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    program = await start_program(config)
    tool = house.tool_at(program.url)
    house.relay.hold()
    done = await accepted(tool, "PUT", "/client/4501/", {"name": "Done"})
    created = await accepted(tool, "POST", "/client/", {"name": "Created"})
    behind = await accepted(tool, "PUT", "/client/4501/", {"name": "Behind"})
    await until(lambda: len(seen) == 2)
    await program.kill()
    house.relay.release()
    tool = house.tool_at((await start_program(config)).url)
    told = await ended(tool, done)
    assert (told["state"], "has every field that was sent" in told["detail"]) == ("completed", True)
    told = await ended(tool, created)
    assert (told["state"], "leaves no key" in told["detail"]) == ("unknown", True)
    assert (await ended(tool, behind))["state"] == "completed"
    assert sorted(body for method, _, body in seen if method != "GET") == [
        b'{"name": "Behind"}',
        b'{"name": "Created"}',
        b'{"name": "Done"}',
    ]
