"""Daily totals on a real Redis: what replicas add at the same moment adds up; away when the server is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.adapters.redis import RedisUsage
from gateway.policy.quota.usage import Counts, Heading, Row
from gateway.ports import UsageAway
from tests.adapters.redis_server import RedisServer, require_redis

TODAY = "2024-10-04"
HEADING = Heading("acme", "tool", "client", "GET")


async def test_what_replicas_add_at_once_adds_up(redis_url: str) -> None:
    replicas = [RedisUsage(redis_url) for _ in range(3)]
    await asyncio.gather(*(one.add(TODAY, {HEADING: Counts(1, 1, 1, 0.25, 1)}) for one in replicas for _ in range(10)))
    assert list(await replicas[0].read(TODAY)) == [Row(TODAY, HEADING, Counts(30, 30, 30, 7.5, 30))]
    for replica in replicas:
        await replica.aclose()


async def test_a_server_that_is_away_is_usage_away(tmp_path: Path) -> None:
    require_redis()
    usage = RedisUsage(RedisServer(tmp_path).url)
    with pytest.raises(UsageAway):
        await usage.add(TODAY, {HEADING: Counts(1)})
    with pytest.raises(UsageAway):
        await usage.read(TODAY)
    await usage.aclose()
