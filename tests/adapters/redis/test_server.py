"""How a connection is set up, and which set-ups of a server are reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import BlockingConnectionPool, SSLConnection, UnixDomainSocketConnection

from gateway.adapters.redis import RedisLedger
from gateway.adapters.redis.server import check, close, connect
from gateway.ports import LedgerAway
from tests.adapters.redis_server import RedisServer, require_redis
from tests.adapters.stores import Events


async def test_a_tls_url_checks_the_hosts_name_and_bounds_every_wait() -> None:
    client = connect("rediss://gateway:pass%40word@redis.internal:6380/3?ssl_ca_certs=/ca.pem", timeout=2.0)
    pool = client.connection_pool
    assert isinstance(pool, BlockingConnectionPool)
    assert pool.connection_class is SSLConnection
    assert pool.timeout == 2.0
    expected = {
        "host": "redis.internal",
        "port": 6380,
        "db": 3,
        "username": "gateway",
        "password": "pass@word",
        "ssl_check_hostname": True,
        "ssl_ca_certs": "/ca.pem",
        "socket_timeout": 2.0,
        "socket_connect_timeout": 2.0,
    }
    assert pool.connection_kwargs.items() >= expected.items()
    await close(client)


async def test_a_socket_url() -> None:
    client = connect("unix:///run/redis/socket?db=1", timeout=1.0)
    assert client.connection_pool.connection_class is UnixDomainSocketConnection
    await close(client)


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru", "allkeys-lru"])
async def test_a_server_that_may_forget_what_was_spent_is_reported(tmp_path: Path, events: Events, policy: str) -> None:
    require_redis()
    server = RedisServer(tmp_path, "--maxmemory", "100mb", "--maxmemory-policy", policy)
    server.start()
    client = connect(server.url, timeout=2.0)
    await check(client, events)
    assert events.names == (["redis_may_forget"] if policy == "allkeys-lru" else [])
    await close(client)
    server.stop()


async def test_a_password_is_needed_and_sent(tmp_path: Path, events: Events) -> None:
    require_redis()
    server = RedisServer(tmp_path, "--requirepass", "open sesame")
    server.start()
    known = RedisLedger(server.url.replace("unix://", "unix://:open%20sesame@"), on_error=events)
    assert await known.swap(["a"], [None], ["1"])
    await known.aclose()
    unknown = RedisLedger(server.url, on_error=events)
    with pytest.raises(LedgerAway, match="Auth"):
        await unknown.read(["a"])
    await unknown.aclose()
    server.stop()
