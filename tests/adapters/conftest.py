"""The stores under test, one fixture for each port: every test that uses it runs on all products."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryEntries, MemoryLedger
from gateway.adapters.redis import RedisChannel, RedisEntries, RedisLedger
from gateway.adapters.sqlite import SqliteEntries, SqliteFile, SqliteLedger
from gateway.ports import EntryStore, Ledger
from tests.adapters.stores import NOW, SECRET, Events

PRODUCTS = ("memory", "sqlite", "redis")


@pytest.fixture
def events() -> Events:
    return Events()


@asynccontextmanager
async def sqlite_entries(path: Path, events: Events, *, max_bytes: int = 1 << 22) -> AsyncIterator[SqliteEntries]:
    file = SqliteFile(path, on_error=events, lock_wait=0.05)
    store = SqliteEntries(file, max_bytes=max_bytes, seal_key=SECRET, clock=lambda: NOW, on_error=events)
    await file.open()
    await store.open()
    yield store
    await store.aclose()
    await file.aclose()


@asynccontextmanager
async def redis_entries(url: str, events: Events) -> AsyncIterator[RedisEntries]:
    channel = RedisChannel(url, on_error=events)
    store = RedisEntries(channel, seal_key=SECRET, clock=lambda: NOW, on_error=events)
    await store.open()
    yield store
    await channel.aclose()


@pytest.fixture(params=PRODUCTS)
async def entries(request: pytest.FixtureRequest, tmp_path: Path, events: Events) -> AsyncIterator[EntryStore]:
    match request.param:
        case "memory":
            yield MemoryEntries[bytes](1 << 22)
        case "sqlite":
            async with sqlite_entries(tmp_path / "gateway.db", events) as store:
                yield store
        case _:
            async with redis_entries(request.getfixturevalue("redis_url"), events) as shared:
                yield shared
    assert events.heard == []


@pytest.fixture(params=PRODUCTS)
async def ledger(request: pytest.FixtureRequest, tmp_path: Path, events: Events) -> AsyncIterator[Ledger]:
    match request.param:
        case "memory":
            yield MemoryLedger()
        case "sqlite":
            file = SqliteFile(tmp_path / "gateway.db", on_error=events)
            await file.open()
            yield SqliteLedger(file)
            await file.aclose()
        case _:
            shared = RedisLedger(request.getfixturevalue("redis_url"), on_error=events)
            await shared.open()
            yield shared
            await shared.aclose()
    assert events.heard == []
