"""How the gateway connects to a Redis server, and what it asks of its set-up.

All keys carry the hash tag `{intervals}`: they live in one slot of a cluster, so scripts and transactions may name
several of them.
"""

from __future__ import annotations

from collections.abc import Callable
from ssl import SSLError

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

OnError = Callable[[str, str], None]
"""Told the name of an event and what a person should know about it."""

FAILURES = (RedisError, OSError)
"""What asking the server can raise: away, too slow, refusing, full."""

UNREACHED = (RedisConnectionError, RedisTimeout, OSError)
"""Of these, those that say nothing of what the server did or told meanwhile."""

HEALTH_CHECK = 30
"""Seconds of silence after which a kept connection is tried before it is used."""


PATIENCE = 2.0
"""Seconds that what must not be lost (spent quota, usage, records) waits for the server."""

_CONNECTIONS = 32


def connect(url: str, *, timeout: float) -> Redis:
    """Make a client; it connects, and connects again after a loss, when it is used.

    `url` is `redis://`, `rediss://` (TLS, the host's name is checked) or `unix://`, with user and password in it and
    redis-py's options in its query. `timeout` in seconds bounds connecting, each answer and the wait for a connection.
    """
    checked = {"ssl_check_hostname": True} if url.startswith("rediss:") else {}
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        health_check_interval=HEALTH_CHECK,
        **checked,
    )
    return Redis(connection_pool=pool)


def told(error: BaseException) -> str:
    """What went wrong, with the cause where the client leaves it out: a certificate that does not fit."""
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}: {error}" + (f" ({cause})" if isinstance(cause, SSLError) else "")


async def close(client: Redis) -> None:
    """Close the client and its connections."""
    await client.close()
    await client.connection_pool.disconnect()


async def check(client: Redis, on_error: OnError) -> None:
    """Report a server that cannot be reached or that may forget what must be kept."""
    try:
        memory = await client.info("memory")
    except FAILURES as error:
        on_error("redis_unavailable", told(error))
        return
    policy = str(memory.get("maxmemory_policy", ""))
    if policy.startswith("allkeys"):
        on_error("redis_may_forget", f"maxmemory-policy {policy} can evict spent quota; set volatile-lru or noeviction")
