"""kill -9 at any moment, between a write and its answer too: nothing is lost, and nothing is told twice."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import aiohttp
import pytest

from gateway.simulator import Simulator
from tests.journeys.configuration import KEYS, Setup
from tests.journeys.events.receiver import Receiver
from tests.journeys.events.test_changes import PLENTY
from tests.journeys.house import options
from tests.journeys.program import Program, StartProgram
from tests.journeys.tool import Tool, session
from tests.journeys.waiting import back_at, until
from tests.simulator.asking import ask

LIVES = 4


class Changes:
    """Somebody in the browser and a tool, who change clients all the time; `expected` is what they did to each."""

    def __init__(self, simulator: Simulator, random: Random) -> None:
        self.simulator, self.random = simulator, random
        rows = json.loads(ask(simulator.service, "/client/?limit=1000").body)["client"]
        self.ids = [row["id"] for row in rows]
        self.names = {row["id"]: row["name"] for row in rows}
        self.count = 0

    def browser(self) -> None:
        self.count += 1
        number = self.random.choice(self.ids[:4])
        ask(self.simulator.service, f"/client/{number}/", method="PUT", body={"name": f"browser {self.count}"})

    async def tool(self, tool: Tool) -> None:
        self.count += 1
        number = self.random.choice(self.ids[4:8])
        await tool.ask("PUT", f"/client/{number}/", body={"name": f"tool {self.count}"})


async def looked(simulator: Simulator, more: int) -> None:
    """Come back when the gateway has looked so many times more."""
    before = len(simulator.arrivals("GET", "client"))
    await until(lambda: len(simulator.arrivals("GET", "client")) >= before + more)


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_change_is_told_once_whenever_the_gateway_is_killed(
    start_program: StartProgram, stack: AsyncExitStack, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    simulator = await stack.enter_async_context(Simulator(options(latency=0.02)))
    receiver = await Receiver.open(stack)
    tools = await stack.enter_async_context(session())
    setup = Setup(store="sqlite", more=receiver.subscription("intervals.client.*"), per_day=PLENTY, limit=0)
    config = setup.write(tmp_path, simulator.url)
    changes = Changes(simulator, random)
    program = await start_program(config)
    await looked(simulator, 2)

    for _ in range(LIVES):
        await _live(program, changes, tools, random)
        await program.kill()
        changes.browser()
        program = await start_program(config)
    await looked(simulator, 3)
    await until(lambda: _story(receiver) == _truth(simulator, changes))
    await looked(simulator, 1)

    assert _story(receiver) == _truth(simulator, changes)
    sequences = defaultdict(list)
    for event in receiver.events.values():
        sequences[event["data"]["id"]].append(event["data"]["sequence"])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in sequences.values())


async def _live(program: Program, changes: Changes, tools: aiohttp.ClientSession, random: Random) -> None:
    """Work until the moment at which the gateway dies."""
    tool = Tool(tools, program.url, {"Authorization": f"Bearer {KEYS['timesheets']}"})

    async def work() -> None:
        while True:
            changes.browser()
            try:
                await changes.tool(tool)
            except aiohttp.ClientError:
                return

    working = asyncio.ensure_future(work())
    await back_at(random.uniform(0.5, 1.5))
    working.cancel()
    await asyncio.wait([working])


def _story(receiver: Receiver) -> dict[str, str]:
    """What somebody knows who has heard all events, and asserts that each one goes on from the one before."""
    story: dict[str, str] = {}
    for event in sorted(receiver.events.values(), key=lambda it: it["data"]["sequence"]):
        number, name = event["data"]["id"], event["data"]["changed"]["name"]
        assert name.get("old", story.get(number)) == story.get(number, name.get("old"))
        story[number] = name["new"]
    return story


def _truth(simulator: Simulator, changes: Changes) -> dict[str, str]:
    rows = json.loads(ask(simulator.service, "/client/?limit=1000").body)["client"]
    return {row["id"]: row["name"] for row in rows if row["name"] != changes.names[row["id"]]}
