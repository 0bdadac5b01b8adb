"""Several gateways, each a process, on one Redis in front of one simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from gateway.simulator import Options
from tests.adapters.redis_server import RedisServer
from tests.journeys import house
from tests.journeys.configuration import PLAIN, Setup
from tests.journeys.house import House
from tests.journeys.program import Program
from tests.journeys.tool import Tool
from tests.journeys.waiting import DEADLINE

DURABLE = ("--appendonly", "yes", "--appendfsync", "always")


@dataclass
class Fleet:
    """What a journey works with; `programs` are the replicas."""

    house: House
    redis: RedisServer
    config: Path
    programs: list[Program]
    stack: AsyncExitStack = field(repr=False)

    def tool(self, replica: int, app: str = "timesheets") -> Tool:
        """A tool that talks to one of the replicas."""
        return self.house.tool_at(self.programs[replica].url, app)

    async def metric(self, replica: int, family: str, **labels: str) -> float:
        return await self.house.metric(family, self.programs[replica].operations_url, **labels)

    async def until_degraded(self, *parts: str) -> None:
        """Come back when every replica says that it is ready, but these parts are away."""
        for program in self.programs:
            async with asyncio.timeout(DEADLINE):
                while not await self._says(program, parts):
                    continue

    async def _says(self, program: Program, parts: tuple[str, ...]) -> bool:
        async with self.house.session.get(f"{program.operations_url}readyz") as answer:
            assert answer.status == 200
            text = await answer.text()
            return all(part in text for part in parts)

    async def start(self) -> None:
        """Start one replica more."""
        program = await Program.start(self.config)
        self.stack.push_async_callback(program.kill)
        self.programs.append(program)

    async def restart(self, replica: int) -> None:
        """Kill one with -9, and start another in its place."""
        await self.programs[replica].kill()
        program = await Program.start(self.config)
        self.stack.push_async_callback(program.kill)
        self.programs[replica] = program


class OpenFleet(Protocol):
    """Starts simulator, wire, Redis and replicas; the journey's end stops them."""

    def __call__(
        self, replicas: int, setup: Setup = ..., *, upstream: Options | None = None, redis: tuple[str, ...] = ...
    ) -> Awaitable[Fleet]: ...


async def open_fleet(
    stack: AsyncExitStack,
    folder: Path,
    replicas: int,
    setup: Setup = PLAIN,
    *,
    upstream: Options | None = None,
    redis: tuple[str, ...] = DURABLE,
) -> Fleet:
    """See `OpenFleet`."""
    before = await house.open_house(stack, folder, upstream=upstream)
    server = RedisServer(folder, *redis)
    server.start()
    stack.callback(server.stop)
    config = replace(setup, store=server.url).write(folder, before.relay.url)
    fleet = Fleet(before, server, config, [], stack)
    await asyncio.gather(*(fleet.start() for _ in range(replicas)))
    return fleet
