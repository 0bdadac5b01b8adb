"""Which adapters a store URL means: memory for a trial, SQLite for one gateway, Redis or Valkey for several."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryLedger, MemoryRecords, MemoryUsage
from gateway.adapters.redis import RedisChannel, RedisEntries, RedisFills, RedisLedger, RedisRecords, RedisUsage
from gateway.adapters.sqlite import SqliteEntries, SqliteFile, SqliteLedger, SqliteRecords, SqliteUsage, UnusableFile
from gateway.app.people import credentials
from gateway.ports import Elsewhere, EntryStore, Fills, Ledger, Records, UsageStore
from gateway.settings import Settings

_ON_DISK = 8
"""The disk may hold this many times what the memory holds."""


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept beyond a request, and beyond the process where the store is durable.

    `degraded` tells by name what is not as it should be, though the gateway is ready.
    """

    ledger: Ledger
    durable: EntryStore | None
    usage: UsageStore
    records: Records
    elsewhere: Elsewhere | None = None
    fills: Fills | None = None
    degraded: Mapping[str, Callable[[], str | None]] = field(default_factory=dict)


async def open_stores(settings: Settings, log: Log, stack: AsyncExitStack) -> Stores:
    """Open the stores of `store.url`; the stack closes them."""
    scheme = settings.store.url.partition("://")[0]
    match scheme:
        case "memory":
            return Stores(MemoryLedger(), None, MemoryUsage(), MemoryRecords())
        case "sqlite":
            return await _sqlite(_path(settings), settings, log, stack)
        case "redis" | "rediss" | "unix":
            return await _redis(settings, log, stack)
        case _:
            raise OSError(f"store.url: a store is memory, sqlite, redis, rediss or unix, not {scheme}")


def outlives(settings: Settings) -> bool:
    """Is what was spent still known after a restart?"""
    return not settings.store.url.startswith("memory://")


def sqlite_path(settings: Settings) -> Path | None:
    """The file of a SQLite store; None for another store."""
    return _path(settings) if settings.store.url.startswith("sqlite://") else None


def _path(settings: Settings) -> Path:
    return Path(settings.store.url.partition("://")[2].removeprefix("/"))


async def _sqlite(path: Path, settings: Settings, log: Log, stack: AsyncExitStack) -> Stores:
    def on_error(name: str, detail: str) -> None:
        log.event(name, level="error", detail=detail)

    file = SqliteFile(path, on_error=on_error)
    stack.push_async_callback(file.aclose)
    try:
        await file.open()
    except UnusableFile as unusable:
        raise OSError(f"store.url: {unusable}") from unusable
    entries = SqliteEntries(
        file,
        max_bytes=settings.cache.max_bytes * _ON_DISK,
        seal_key=_seal_key(settings),
        clock=time.time,
        on_error=on_error,
    )
    stack.push_async_callback(entries.aclose)
    await entries.open()
    return Stores(SqliteLedger(file), entries, SqliteUsage(file), SqliteRecords(file))


async def _redis(settings: Settings, log: Log, stack: AsyncExitStack) -> Stores:
    """A server that is away is reported, and used when it is there."""

    def on_error(name: str, detail: str) -> None:
        log.event(name, level="error", detail=detail)

    url = settings.store.url
    channel = RedisChannel(url, on_error=on_error)
    entries = RedisEntries(channel, seal_key=_seal_key(settings), clock=time.time, on_error=on_error)
    fills = RedisFills(channel)
    ledger, usage, records = RedisLedger(url, on_error=on_error), RedisUsage(url), RedisRecords(url)
    for store in (channel, ledger, usage, records):
        stack.push_async_callback(store.aclose)
    await entries.open()
    return Stores(ledger, entries, usage, records, channel, fills, {"replicas": lambda: channel.why_not})


def _seal_key(settings: Settings) -> bytes:
    """The key that entries are signed with: whoever knows no secret of the configuration cannot plant one."""
    return hashlib.sha256("\n".join(["entries", *sorted(credentials(settings))]).encode()).digest()
