"""Records on a real Redis: the server's clock, one slot, nothing that expires, and away when the server is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from gateway.adapters.redis import RedisRecords
from gateway.policy.records import Edit
from gateway.ports import RecordsAway
from tests.adapters.redis_server import RedisServer, require_redis


async def test_its_time_is_the_servers(redis_url: str) -> None:
    records = RedisRecords(redis_url)
    with closing(Redis.from_url(redis_url)) as beside:
        (before, _), now, (after, _) = beside.time(), await records.now(), beside.time()
    assert before <= now <= after + 1
    await records.aclose()


async def test_records_do_not_expire_share_one_slot_and_leave_nothing_behind(redis_url: str) -> None:
    records = RedisRecords(redis_url)
    assert await records.swap([Edit("job", "a", None, "1"), Edit("delivery", "b", None, "2")])
    with closing(Redis.from_url(redis_url)) as beside:
        kept = {name: beside.pttl(name) for name in beside.scan_iter()}
        assert len(kept) == 4
        assert set(kept.values()) == {-1}
        assert all(name.startswith(b"{intervals}:") for name in kept)
        assert await records.swap([Edit("job", "a", "1", None), Edit("delivery", "b", "2", None)])
        assert list(beside.scan_iter()) == []
    await records.aclose()


async def test_a_server_that_is_away_is_records_away(tmp_path: Path) -> None:
    require_redis()
    server = RedisServer(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    server.start()
    records = RedisRecords(server.url)
    assert await records.swap([Edit("job", "a", None, "1")])
    server.stop()
    with pytest.raises(RecordsAway):
        await records.now()
    with pytest.raises(RecordsAway):
        await records.read("job", ["a"])
    with pytest.raises(RecordsAway):
        await records.scan("job", most=1)
    with pytest.raises(RecordsAway):
        await records.swap([Edit("job", "a", "1", "2")])
    server.start()
    assert list(await records.scan("job", most=1)) == [("a", "1")]
    await records.aclose()
    server.stop()
