"""Entries on a real Redis: shared, expiring, indexed, believed only with their seal, and misses while it is away."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis
from typing_extensions import override

from gateway.adapters.redis import RedisChannel, RedisEntries
from gateway.adapters.redis import entries as module
from gateway.adapters.redis.channel import RUN
from gateway.adapters.redis.entries import INDEX, INDICES, LONGEST, PREFIX, SKEW
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey
from tests.adapters.conftest import redis_entries
from tests.adapters.redis_server import RedisServer, require_redis
from tests.adapters.stores import NOW, SECRET, Events, entry

ACME = Selector(account=AccountName("acme"))


@pytest.fixture
def beside(redis_url: str) -> Iterator[Redis]:
    """Another client of the same server."""
    with closing(Redis.from_url(redis_url)) as client:
        yield client


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


async def test_replicas_see_each_others_entries_and_drops(redis_url: str, events: Events) -> None:
    async with redis_entries(redis_url, events) as one, redis_entries(redis_url, events) as other:
        await one.store(entry())
        assert await other.load(CacheKey("k")) == entry()
        assert await other.drop(ACME) == 1
        assert await one.load(CacheKey("k")) is None


async def test_entries_expire_when_they_are_past_all_use(redis_url: str, events: Events, beside: Redis) -> None:
    async with redis_entries(redis_url, events) as store:
        await store.store(entry("usual"))
        await store.store(entry("endless", lifetime=float("inf")))
        await store.store(entry("past", received_at=NOW - 10_000.0))
    left = {name: beside.pttl(PREFIX + name) / 1000 for name in ("usual", "endless", "past")}
    assert left == {
        "usual": pytest.approx(4200, abs=5),
        "endless": pytest.approx(LONGEST, abs=5),
        "past": pytest.approx(1, abs=1),
    }


async def test_all_keys_share_one_slot_and_only_entries_expire(redis_url: str, events: Events, beside: Redis) -> None:
    async with redis_entries(redis_url, events) as store:
        await store.store(entry())
    names = {name.decode() for name in beside.scan_iter()}
    assert names == {f"{PREFIX}k", INDICES, INDEX + json.dumps(["acme", "client"]), RUN}
    assert all(name.startswith("{intervals}:") for name in names)
    assert {name for name in names if beside.pttl(name) > 0} == {f"{PREFIX}k"}


async def test_the_index_forgets_what_has_expired(redis_url: str, events: Events, beside: Redis) -> None:
    index = INDEX + json.dumps(["acme", "client"])
    async with redis_entries(redis_url, events) as store:
        await store.store(entry("live"))
        beside.zadd(index, {"gone": NOW - SKEW - 1.0, "just gone": NOW - 1.0})
        await store.store(entry("new"))
    assert set(beside.zrange(index, 0, -1)) == {b"live", b"new", b"just gone"}
    beside.zadd(index, {"gone": NOW - SKEW - 1.0})
    async with redis_entries(redis_url, events):
        assert set(beside.zrange(index, 0, -1)) == {b"live", b"new", b"just gone"}


class Planted:
    """Runs code where it is unpickled."""

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("a planted pickle was run",)


@pytest.mark.parametrize("planted", [b"!" + pickle.dumps(Planted()), b"!", b"7", b""])
async def test_what_another_wrote_is_a_miss_and_removed(
    redis_url: str, events: Events, beside: Redis, planted: bytes
) -> None:
    async with redis_entries(redis_url, events) as store:
        beside.set(PREFIX + "k", planted)
        assert await store.load(CacheKey("k")) is None
        assert store.refused == 1
    assert beside.exists(PREFIX + "k") == 0
    assert events.names == ["entry_refused"]


async def test_nothing_is_pickled(redis_url: str, events: Events) -> None:
    async with redis_entries(redis_url, events) as store:
        with pytest.raises(TypeError):
            store.dump_object({"status": 200})


async def test_a_server_that_went_and_came_back_is_used_again(
    own_server: RedisServer, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)
    async with redis_entries(own_server.url, events) as store:
        await store.store(entry())
        own_server.stop()
        assert await store.load(CacheKey("k")) is None
        assert await store.drop(Selector()) == 0
        await store.store(entry("lost"))
        assert set(events.names) == {"entries_unreadable", "replicas_unheard", "entries_undropped"}
        own_server.start()
        await store._channel.follow()
        await store.store(entry("new"))
        assert await store.load(CacheKey("new")) == entry("new")
        assert await store.load(CacheKey("lost")) is None


async def test_callers_do_not_wait_for_a_server_that_is_away(own_server: RedisServer, events: Events) -> None:
    async with redis_entries(own_server.url, events) as store:
        own_server.stop()
        assert [await store.load(CacheKey("k")) for _ in range(3)] == [None] * 3
        assert store.failures == 1


class SlowReads:
    """A client that has read a value, and hands it out when it may."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self.has_read, self.may_return = asyncio.Event(), asyncio.Event()

    async def execute_command(self, *words: object) -> object:
        found = await self._client.execute_command(*words)
        self.has_read.set()
        await self.may_return.wait()
        return found


async def test_what_was_read_before_a_drop_is_not_handed_out_after_it(redis_url: str, events: Events) -> None:
    async with redis_entries(redis_url, events) as store:
        await store.store(entry())
        slow = store._redis_pool = SlowReads(store._client)

        async def drop_meanwhile() -> None:
            await slow.has_read.wait()
            assert await store.drop(Selector()) == 1
            slow.may_return.set()

        loaded, _ = await asyncio.gather(store.load(CacheKey("k")), drop_meanwhile())
        assert loaded is None


async def test_a_store_that_failed_leaves_nothing_older_behind(
    redis_url: str, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: object) -> None:
        raise ConnectionResetError("cut off")

    monkeypatch.setattr(module, "PAUSE", 0.0)
    async with redis_entries(redis_url, events) as store:
        await store.store(entry(body=b"old"))
        with monkeypatch.context() as broken:
            broken.setattr(store, "_put", refuse)
            await store.store(entry(body=b"new"))
        assert await store.load(CacheKey("k")) is None
    assert events.names == ["replicas_unheard", "entries_unwritten"]


class Deaf(RedisEntries):
    """Cannot drop anything while `deaf`."""

    deaf = True

    @override
    async def _remove(self, selector: Selector) -> int:
        if self.deaf:
            raise ConnectionResetError("cut off")
        return await super()._remove(selector)


async def test_a_drop_that_failed_hides_what_it_covers_until_it_is_made(
    redis_url: str, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.0)
    channel = RedisChannel(redis_url, on_error=events)
    store = Deaf(channel, seal_key=SECRET, clock=lambda: NOW, on_error=events)
    await store.open()
    await store.store(entry("k"))
    await store.drop(ACME)
    assert await store.load(CacheKey("k")) is None
    store.deaf = False
    await channel.follow()
    assert await store.load(CacheKey("k")) is None
    await store.store(entry("k"))
    assert await store.load(CacheKey("k")) == entry("k")
    await channel.aclose()
    assert set(events.names) == {"replicas_unheard", "entries_undropped"}


async def test_too_many_owed_drops_become_one_of_everything(
    redis_url: str, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OWED", 2)
    channel = RedisChannel(redis_url, on_error=events)
    store = Deaf(channel, seal_key=SECRET, clock=lambda: NOW, on_error=events)
    for number in range(4):
        await store.drop(Selector(key=CacheKey(str(number))))
    assert Selector() in store._owed
    assert len(store._owed) <= 2
    await channel.aclose()
