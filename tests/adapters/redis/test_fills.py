"""Claims on a real Redis: one replica at a time, word when it is done, and an end when its replica dies."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from gateway.adapters.redis import fills as module
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey
from tests.adapters.redis.replicas import Replica, replicas
from tests.adapters.redis_server import RedisServer, require_redis
from tests.journeys.waiting import DEADLINE

KEY, ACME = CacheKey("k"), AccountName("acme")


async def claim(replica: Replica) -> str | None:
    return await replica.fills.claim(KEY, ACME, "client")


async def test_one_fills_and_the_others_hear_when_it_is_done(redis_url: str) -> None:
    async with replicas(redis_url, 3) as (one, *others):
        mine = await claim(one)
        assert mine is not None
        assert [await claim(other) for other in others] == [None, None]
        waiting = [asyncio.create_task(other.fills.changed(KEY, DEADLINE)) for other in others]
        await one.fills.release(mine)
        async with asyncio.timeout(1):
            await asyncio.gather(*waiting)
        assert await claim(others[0]) is not None


async def test_word_that_comes_before_somebody_waits_is_not_missed(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        mine = await claim(one)
        assert await claim(other) is None
        assert mine is not None
        await one.fills.release(mine)
        await other.channel.follow()
        async with asyncio.timeout(1):
            await other.fills.changed(KEY, DEADLINE)


async def test_a_claim_lasts_as_long_as_its_replica(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIFE", 0.5)
    async with replicas(redis_url, 2) as (one, other):
        assert await claim(one) is not None
        for _ in range(4):
            assert await claim(other) is None
            await other.fills.changed(KEY, 0.25)
        await one.hang()
        async with asyncio.timeout(DEADLINE):
            while await claim(other) is None:
                await other.fills.changed(KEY, 0.25)


async def test_a_read_after_a_write_does_not_wait_for_one_before_it(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        assert await claim(one) is not None
        await other.entries.drop(Selector(account=ACME, resources=frozenset({"task"})))
        assert await claim(other) is None
        await other.entries.drop(Selector(account=ACME, resources=frozenset({"client"})))
        assert await claim(other) is not None


async def test_a_claim_that_another_has_by_now_is_not_given_up(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        mine = await claim(one)
        assert mine is not None
        with closing(Redis.from_url(redis_url)) as beside:
            beside.delete(mine)
        assert await claim(other) == mine
        await one.fills.release(mine)
        await one.fills.release(mine)
        assert await claim(one) is None


async def test_where_nobody_can_be_asked_everybody_fills_for_himself(tmp_path: Path) -> None:
    require_redis()
    server = RedisServer(tmp_path)
    server.start()
    async with replicas(server.url, 1) as (one,):
        server.stop()
        mine = [await claim(one), await claim(one)]
        assert None not in mine
        for claimed in mine:
            await one.fills.release(claimed or "")
        assert one.fills._waited == {}, "nobody waits for a claim that could not be made"


async def test_who_waits_no_longer_leaves_nothing_behind(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        assert await claim(one) is not None
        assert await claim(other) is None
        waiting = asyncio.create_task(other.fills.changed(KEY, DEADLINE))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert other.fills._waited == {}
