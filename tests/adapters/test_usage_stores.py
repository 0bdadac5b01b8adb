"""Daily totals are added up, read back and forgotten in the same way by every store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryUsage
from gateway.adapters.redis import RedisUsage
from gateway.adapters.sqlite import SqliteFile, SqliteUsage
from gateway.policy.quota.usage import KEPT_DAYS, Counts, Heading, Row, first_of
from gateway.ports import UsageStore
from tests.adapters.stores import Events

TODAY = "2024-10-04"
HEADING, OTHER = Heading("acme", "tool", "client", "GET"), Heading("acme", "export", "time", "POST")


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, events: Events) -> AsyncIterator[UsageStore]:
    if request.param == "memory":
        yield MemoryUsage()
        return
    if request.param == "redis":
        shared = RedisUsage(request.getfixturevalue("redis_url"))
        yield shared
        await shared.aclose()
        return
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.open()
    yield SqliteUsage(file)
    await file.aclose()
    assert events.heard == []


async def test_a_store_that_is_new_knows_of_nothing(store: UsageStore) -> None:
    assert list(await store.read("2000-01-01")) == []


async def test_counts_add_up_within_a_day_and_a_line(store: UsageStore) -> None:
    for _ in range(3):
        await store.add(TODAY, {HEADING: Counts(5, 2, 1, 0.5, 1), OTHER: Counts(received=1)})
    await store.add("2024-10-03", {HEADING: Counts(sent=7)})
    found = sorted(await store.read("2024-10-03"), key=lambda row: (row.day, row.heading))
    assert found == [
        Row("2024-10-03", HEADING, Counts(sent=7)),
        Row(TODAY, OTHER, Counts(received=3)),
        Row(TODAY, HEADING, Counts(15, 6, 3, 1.5, 3)),
    ]
    assert {row.day for row in await store.read(TODAY)} == {TODAY}


async def test_what_was_read_does_not_change_later(store: UsageStore) -> None:
    await store.add(TODAY, {HEADING: Counts(received=1)})
    (before,) = await store.read(TODAY)
    await store.add(TODAY, {HEADING: Counts(received=1)})
    assert before.counts == Counts(received=1)


async def test_days_are_kept_for_as_long_as_promised(store: UsageStore) -> None:
    days = [first_of(KEPT_DAYS + 1, TODAY), first_of(KEPT_DAYS, TODAY), TODAY]
    for day in days:
        await store.add(day, {HEADING: Counts(received=1)})
    assert [row.day for row in await store.read("2000-01-01")] == days[1:]
