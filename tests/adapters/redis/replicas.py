"""Several replicas' ends of one Redis in one process, each with what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.adapters.redis import RedisChannel, RedisEntries, RedisFills
from gateway.policy.caching.entry import Selector
from tests.adapters.stores import NOW, SECRET, Events
from tests.journeys.waiting import until


@dataclass
class Replica:
    """A channel with its stores. `ahead` lets its clock run ahead, as that of one that hung for a while."""

    url: str
    dropped: list[Selector] = field(default_factory=list)
    events: Events = field(default_factory=Events)
    ahead: float = 0.0

    def __post_init__(self) -> None:
        self.channel = RedisChannel(self.url, on_error=self.events, clock=self.clock)
        self.entries = RedisEntries(self.channel, seal_key=SECRET, clock=lambda: NOW, on_error=self.events)
        self.fills = RedisFills(self.channel)
        self.task: asyncio.Task[None] | None = None

    def clock(self) -> float:
        return asyncio.get_running_loop().time() + self.ahead

    async def start(self) -> None:
        self.task = asyncio.create_task(self.channel.run(self.dropped.append))
        await until(lambda: self.dropped)  # everything, at first
        self.dropped.clear()

    async def hang(self) -> None:
        """Hear nothing any more, and say nothing."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def replicas(url: str, number: int) -> AsyncIterator[list[Replica]]:
    made = [Replica(url) for _ in range(number)]
    try:
        for replica in made:
            await replica.start()
        yield made
    finally:
        for replica in made:
            await replica.hang()
            await replica.channel.aclose()
