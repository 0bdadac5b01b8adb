"""Daily totals in Redis: a hash for each day, to whose fields all replicas add."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from gateway.adapters.redis.server import FAILURES, PATIENCE, close, connect, told
from gateway.policy.quota.usage import Counts, Heading, Row, oldest_kept
from gateway.ports import UsageAway

DAY = "{intervals}:usage:"
DAYS = "{intervals}:usage-days"


class RedisUsage:
    """A `UsageStore` shared by replicas. If an answer is lost, `UsageAway` is raised for what may have been added."""

    def __init__(self, url: str) -> None:
        self._client = connect(url, timeout=PATIENCE)

    async def aclose(self) -> None:
        await close(self._client)

    async def add(self, day: str, counts: Mapping[Heading, Counts]) -> None:
        try:
            days = [kept.decode() for kept in await self._client.smembers(DAYS)]
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.sadd(DAYS, day)
                for heading, more in counts.items():
                    for name, n in asdict(more).items():
                        add = pipeline.hincrbyfloat if isinstance(n, float) else pipeline.hincrby
                        add(DAY + day, json.dumps([*heading, name]), n)
                if old := [kept for kept in days if kept < oldest_kept(day)]:
                    pipeline.unlink(*(DAY + kept for kept in old))
                    pipeline.srem(DAYS, *old)
                await pipeline.execute()
        except FAILURES as error:
            raise UsageAway(told(error)) from error

    async def read(self, since: str) -> Sequence[Row]:
        try:
            days = sorted(day for kept in await self._client.smembers(DAYS) if (day := kept.decode()) >= since)
            async with self._client.pipeline(transaction=True) as pipeline:
                for day in days:
                    pipeline.hgetall(DAY + day)
                kept = await pipeline.execute()
        except FAILURES as error:
            raise UsageAway(told(error)) from error
        return [row for day, fields in zip(days, kept, strict=True) for row in _rows(day, fields)]


def _rows(day: str, fields: Mapping[bytes, bytes]) -> Sequence[Row]:
    headings: dict[Heading, Counts] = {}
    for field, n in fields.items():
        *heading, name = json.loads(field)
        counts = headings.setdefault(Heading(*heading), Counts())
        setattr(counts, name, type(getattr(counts, name))(float(n)))
    return [Row(day, heading, counts) for heading, counts in headings.items()]
