"""The ledger on a real Redis: the server's clock, and away when the server is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from gateway.adapters.redis import RedisLedger
from gateway.ports import LedgerAway
from tests.adapters.redis_server import RedisServer, require_redis
from tests.adapters.stores import Events


async def test_its_time_is_the_servers(redis_url: str, events: Events) -> None:
    ledger = RedisLedger(redis_url, on_error=events)
    with closing(Redis.from_url(redis_url)) as beside:
        (before, _), now, (after, _) = beside.time(), (await ledger.read(["a"])).now, beside.time()
    assert before <= now <= after + 1
    await ledger.aclose()


async def test_the_script_is_loaded_again_where_the_server_forgot_it(redis_url: str, events: Events) -> None:
    ledger = RedisLedger(redis_url, on_error=events)
    assert await ledger.swap(["a"], [None], ["1"])
    with closing(Redis.from_url(redis_url)) as beside:
        beside.script_flush()
    assert await ledger.swap(["a"], ["1"], ["2"])
    await ledger.aclose()


async def test_states_do_not_expire_and_share_one_slot(redis_url: str, events: Events) -> None:
    ledger = RedisLedger(redis_url, on_error=events)
    assert await ledger.swap(["a", "b"], [None, None], ["1", "1"])
    with closing(Redis.from_url(redis_url)) as beside:
        assert {name: beside.pttl(name) for name in beside.scan_iter()} == {
            b"{intervals}:ledger:a": -1,
            b"{intervals}:ledger:b": -1,
        }
    await ledger.aclose()


async def test_a_server_that_is_away_is_a_ledger_away(tmp_path: Path, events: Events) -> None:
    require_redis()
    server = RedisServer(tmp_path, "--appendonly", "yes", "--appendfsync", "always")
    server.start()
    ledger = RedisLedger(server.url, on_error=events)
    await ledger.open()
    assert await ledger.swap(["a"], [None], ["1"])
    server.stop()
    with pytest.raises(LedgerAway):
        await ledger.read(["a"])
    with pytest.raises(LedgerAway):
        await ledger.swap(["a"], ["1"], ["2"])
    await ledger.open()
    assert events.names == ["redis_unavailable"]
    server.start()
    assert (await ledger.read(["a"])).states == ("1",)
    assert await ledger.swap(["a"], ["1"], ["2"])
    await ledger.aclose()
    server.stop()


async def test_a_full_server_is_a_ledger_away(tmp_path: Path, events: Events) -> None:
    require_redis()
    server = RedisServer(tmp_path, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
    server.start()
    ledger = RedisLedger(server.url, on_error=events)
    with pytest.raises(LedgerAway):
        await ledger.swap(["a"], [None], ["1"])
    await ledger.aclose()
    server.stop()
