"""The upstream's limit holds whatever happens to replicas and to the Redis they share; and nobody waits too long."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random

import aiohttp

from tests.journeys.configuration import Setup
from tests.journeys.house import options
from tests.journeys.replicas.fleet import Fleet, OpenFleet
from tests.journeys.tool import Answer
from tests.journeys.waiting import back_at, until

LIMIT, PERIOD = 20, 1.0
PATIENCE = 4.0
SETUP = Setup(limit=LIMIT, period=PERIOD, patience=PATIENCE, timeout=1)
UPSTREAM = options(limit=LIMIT, period=PERIOD, suspension=600)


@dataclass
class Crowd:
    """Callers who each want another document, again and again, from one replica each; a fifth of them hang up.

    `served` by replica; `longest` is what anybody waited in a gateway for any answer, in seconds.
    """

    fleet: Fleet
    served: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0
    _targets: Iterator[int] = field(default_factory=lambda: count(900001))
    _chance: Random = field(default_factory=lambda: Random(1))

    async def caller(self, replica: int) -> None:
        while True:
            hangs_up = self._chance.random() < 0.2
            with suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(self._chance.uniform(0.05, 1.0) if hangs_up else None):
                    answer = await self.fleet.tool(replica).get(f"/time/{next(self._targets)}/")
                    self.longest = max(self.longest, spent(answer))
                    self.served[replica] += answer.status in (200, 404)
                    if answer.status == 429:
                        continue
            await back_at(0.05)


def spent(answer: Answer) -> float:
    """Seconds between request and answer, by the gateway's own clock."""
    spans = answer.headers.get("Server-Timing", "").split(",")
    return sum(float(span.partition("dur=")[2] or 0) for span in spans) / 1000


@asynccontextmanager
async def crowding(fleet: Fleet, callers: int = 60) -> AsyncIterator[Crowd]:
    """Let callers ask, and see afterwards that the limit was kept, nobody waited too long and no replica starved."""
    crowd = Crowd(fleet)
    tasks = [asyncio.create_task(crowd.caller(number % len(fleet.programs))) for number in range(callers)]
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
    assert min(crowd.served[replica] for replica in range(len(fleet.programs))) > 0


async def grown(fleet: Fleet, by: int) -> None:
    """Come back when so many requests more have arrived at the upstream."""
    wanted = len(fleet.house.arrivals()) + by
    await until(lambda: len(fleet.house.arrivals()) >= wanted)


async def test_four_replicas_killed_and_restarted(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(4, SETUP, upstream=UPSTREAM)
    async with crowding(fleet):
        await grown(fleet, LIMIT)
        await asyncio.gather(fleet.restart(0), fleet.restart(2))
        await grown(fleet, 2 * LIMIT)


async def test_redis_hangs_and_goes_on_and_is_killed_and_started_again(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, SETUP, upstream=UPSTREAM)
    async with crowding(fleet):
        await grown(fleet, LIMIT)
        fleet.redis.signal(signal.SIGSTOP)
        await fleet.until_degraded("ledger", "replicas")
        fleet.redis.signal(signal.SIGCONT)
        await grown(fleet, LIMIT)
        fleet.redis.stop()
        await fleet.until_degraded("ledger", "replicas")
        fleet.redis.start()
        await grown(fleet, LIMIT)


async def test_redis_is_started_again_empty_and_one_replica_knows_nothing(open_fleet: OpenFleet) -> None:
    fleet = await open_fleet(2, SETUP, upstream=UPSTREAM, redis=())
    async with crowding(fleet):
        await grown(fleet, LIMIT + LIMIT // 2)
        await fleet.programs[0].kill()
        fleet.redis.stop()
        fleet.redis.start()
        await fleet.restart(0)
        await grown(fleet, LIMIT)
