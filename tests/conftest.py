"""For every test: properties are the same on a slow machine, and nothing leaves this one; a Redis that is empty."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv6Address, ip_address
from socket import inet_aton

import hypothesis
import pytest
from redis import Redis

from tests.adapters.redis_server import RedisServer, require_redis

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if not host or host == "localhost":
        return True
    try:
        address = ip_address(str(host))
    except ValueError:
        return _is_here_in_another_spelling(str(host))
    return (address.ipv4_mapped or address).is_loopback if isinstance(address, IPv6Address) else address.is_loopback


def _is_here_in_another_spelling(host: str) -> bool:
    """Read 127.1, 0x7f.1, 2130706433 as the system does."""
    try:
        return ip_address(inet_aton(host)).is_loopback
    except OSError:
        return False


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a test that looks up or connects to another machine (an audit hook sees every library's attempt)."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_here(host) and host != "0.0.0.0":
        raise RuntimeError(f"a test tried to reach {host!r}; use a server on the loopback address")


sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(scope="session")
def started_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    require_redis()
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(started_redis: RedisServer) -> str:
    """An empty server."""
    with closing(Redis.from_url(started_redis.url)) as client:
        client.flushall()
    return started_redis.url
