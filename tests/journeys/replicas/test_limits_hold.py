"""The upstream's limit holds whatever happens to replicas and to the Redis they share; and nobody waits too long."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, cycle

import aiohttp

from tests.journeys.configuration import Setup
from tests.journeys.house import options
from tests.journeys.replicas.fleet import Fleet, OpenFleet
from tests.journeys.waiting import back_at, until

LIMIT, PERIOD = 20, 1.0
PATIENCE = 4.0
SETUP = Setup(limit=LIMIT, period=PERIOD, patience=PATIENCE, timeout=1)
UPSTREAM = options(limit=LIMIT, period=PERIOD, suspension=600)


@dataclass
class Crowd:
    """Callers who each want another document, again and again, from any replica; a fifth of them hang up."""

    fleet: Fleet
    statuses: list[int] = field(default_factory=list)
    longest: float = 0.0
    _targets: Iterator[int] = field(default_factory=lambda: count(900001))
    _chance: random.Random = field(default_factory=lambda: random.Random(1))

    async def caller(self, replica: Iterator[int]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            at, began = next(replica) % len(self.fleet.programs), loop.time()
            hangs_up = self._chance.random() < 0.2
            with suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0.05, 1.0) if hangs_up else None):
                    answer = await self.fleet.tool(at).get(
                        f"/time/{next(self._targets)}/", prefer=f"wait={PATIENCE:.0f}"
                    )
                    self.statuses.append(answer.status)
                    self.longest = max(self.longest, loop.time() - began)
                    if answer.status != 200:
                        await back_at(0.1)

    def served(self) -> int:
        return sum(status in (200, 404) for status in self.statuses)


@asynccontextmanager
async def crowding(fleet: Fleet, callers: int = 60) -> AsyncIterator[Crowd]:
    crowd, replicas = Crowd(fleet), cycle(range(len(fleet.programs)))
    tasks = [asyncio.create_task(crowd.caller(replicas)) for _ in range(callers)]
    try:
        yield crowd
        assert not any(task.done() for task in tasks), "a caller died"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert fleet.house.simulator.worst_window(PERIOD) <= LIMIT
    assert not fleet.house.simulator.refused
    assert crowd.longest <= PATIENCE + 1.0


async def grown(fleet: Fleet, by: int) -> None:
    """Come back when so many requests more have arrived at the upstream."""
    wanted = len(fleet.house.arrivals()) + by
    await until(lambda: len(fleet.house.arrivals()) >= wanted)


async def test_four_replicas_killed_and_restarted(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(4, SETUP, upstream=UPSTREAM)
    async with crowding(fleet) as crowd:
        for victim in (0, 2):
            await grown(fleet, LIMIT)
            await fleet.restart(victim)
        await grown(fleet, LIMIT)
    assert crowd.served() > 2 * LIMIT


async def test_redis_killed_and_started_again(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, SETUP, upstream=UPSTREAM)
    async with crowding(fleet):
        await grown(fleet, LIMIT)
        fleet.redis.stop()
        await fleet.until_degraded("ledger")
        fleet.redis.start()
        await grown(fleet, 2 * LIMIT)


async def test_redis_started_again_empty(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, SETUP, upstream=UPSTREAM, redis=())
    async with crowding(fleet):
        await grown(fleet, LIMIT + LIMIT // 2)
        fleet.redis.stop()
        fleet.redis.start()
        await fleet.restart(0)  # this one knows nothing; the other does
        await grown(fleet, 2 * LIMIT)


async def test_redis_that_hangs(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, SETUP, upstream=UPSTREAM)
    async with crowding(fleet):
        await grown(fleet, LIMIT)
        fleet.redis.signal(signal.SIGSTOP)
        await fleet.until_degraded("ledger", "replicas")
        fleet.redis.signal(signal.SIGCONT)
        await grown(fleet, 2 * LIMIT)
