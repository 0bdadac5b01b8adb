"""Drops reach every replica before they are done, or find its lease run out; nothing older is stored after them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from gateway.adapters.redis.channel import REPLICAS, STREAM, TERM
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey
from tests.adapters.redis.replicas import Replica, replicas
from tests.adapters.redis_server import RedisServer, require_redis
from tests.adapters.stores import entry
from tests.journeys.waiting import until

CLIENTS = Selector(account=AccountName("acme"), resources=frozenset({"client"}))
ROOM = Selector(key=CacheKey("k"))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    server = RedisServer(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    server.start()
    yield server
    server.stop()


async def test_a_drop_is_told_to_all_others_before_it_is_done(redis_url: str) -> None:
    async with replicas(redis_url, 3) as (one, *others):
        for number in range(20):
            await one.entries.drop(CLIENTS)
            assert [len(other.dropped) for other in others] == [number + 1] * 2
        assert set(others[0].dropped) == {CLIENTS}
        assert one.dropped == [], "it knows"
        assert all(replica.channel.current() for replica in (one, *others))


async def test_what_only_makes_room_is_told_and_not_waited_for(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        await other.hang()
        await one.entries.drop(ROOM)
        await other.channel.follow()
        assert other.dropped == [ROOM]


async def test_a_replica_that_hangs_is_waited_for_until_it_serves_nothing(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        await other.hang()
        began = one.clock()
        await one.entries.drop(CLIENTS)
        assert not other.channel.current(), "it may not serve what it was not told of"
        assert 0.5 * TERM < one.clock() - began < TERM + 1.0
        await other.start()  # `start` sees that everything is dropped
        assert other.channel.current()


async def test_a_replica_that_ends_is_not_waited_for(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        await other.hang()
        await other.channel.aclose()
        began = one.clock()
        await one.entries.drop(CLIENTS)
        assert one.clock() - began < 0.5 * TERM


async def test_by_its_own_clock_a_replica_that_hung_serves_nothing_and_drops_all(redis_url: str) -> None:
    async with replicas(redis_url, 1) as (one,):
        one.ahead += TERM
        assert not one.channel.current()
        assert await one.entries.load(CacheKey("k")) is None
        await until(lambda: one.dropped)
        assert one.dropped == [Selector()]


async def test_an_answer_from_before_a_drop_is_not_stored_after_it(redis_url: str) -> None:
    async with replicas(redis_url, 2) as (one, other):
        await other.hang()  # it has not heard of the drop yet when it stores
        raised = await one.channel.raised(CLIENTS)
        assert raised == {'["acme", "client"]': 1}
        await other.entries.store(entry("old"))
        await other.entries.store(entry("of another resource", resource="task"))
        assert await one.entries.load(CacheKey("old")) is None
        assert await one.entries.load(CacheKey("of another resource")) is not None
        await one.entries.store(entry("new"))
        assert await one.entries.load(CacheKey("new")) is not None


async def test_a_server_started_anew_is_read_only_after_its_entries_were_dropped(own_server: RedisServer) -> None:
    async with replicas(own_server.url, 2) as (one, other):
        await one.entries.store(entry())
        own_server.stop()
        await until(lambda: not one.channel.current() and not other.channel.current())
        assert one.channel.why_not is not None
        own_server.start()
        await until(lambda: one.channel.current() and other.channel.current())
        assert one.channel.why_not is None
        assert [Selector() in replica.dropped for replica in (one, other)] == [True, True]
        assert await one.entries.load(CacheKey("k")) is None, "it may have lost the last drops"
        await one.entries.store(entry())
        assert await other.entries.load(CacheKey("k")) == entry()


async def test_a_server_that_was_emptied_is_another_history(redis_url: str) -> None:
    async with replicas(redis_url, 1) as (one,):
        with closing(Redis.from_url(redis_url)) as beside:
            await one.entries.drop(CLIENTS)
            beside.flushall()
            beside.xadd(STREAM, {"dropped": "a message of the new history"})
        await until(lambda: Selector() in one.dropped)
        await until(one.channel.current)


async def test_a_message_nobody_understands_drops_everything(redis_url: str) -> None:
    async with replicas(redis_url, 1) as (one,):
        with closing(Redis.from_url(redis_url)) as beside:
            beside.xadd(STREAM, {"of": "a later version"})
        await until(lambda: one.dropped)
        assert one.dropped == [Selector()]


async def test_replicas_long_gone_are_forgotten(redis_url: str) -> None:
    async with replicas(redis_url, 1) as (one,):
        with closing(Redis.from_url(redis_url)) as beside:
            beside.hset(REPLICAS, "gone", "1000.0 0-0")
            await one.entries.drop(CLIENTS)
            assert beside.hkeys(REPLICAS) == [one.channel.replica.encode()]


async def test_a_server_that_is_away_is_told_once(tmp_path: Path) -> None:
    require_redis()
    one = Replica(RedisServer(tmp_path).url)
    task = asyncio.create_task(one.channel.run(one.dropped.append))
    await until(lambda: one.events.names)
    one.channel.lost(OSError("again"))
    assert one.events.names == ["replicas_unheard"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await one.channel.aclose()
