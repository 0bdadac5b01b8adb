from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryLedger, MemoryUsage
from gateway.adapters.sqlite import SqliteEntries, SqliteLedger, SqliteUsage
from gateway.app.stores import Stores, open_stores, sqlite_path
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.quota.usage import Counts, Heading
from gateway.policy.records import Edit
from gateway.ports import LedgerAway
from gateway.settings import Settings
from tests.app.configured import Kept, settings

FOREVER = 10.0**10
ENTRY = Entry(
    CacheKey("k" * 64),
    AccountName("acme"),
    "client",
    "/client/",
    Response(200, Headers([("Content-Type", "application/json")]), b"{}"),
    FOREVER,
    FOREVER,
    0.0,
    60.0,
)


async def opened(of: Settings, stack: AsyncExitStack) -> Stores:
    return await open_stores(of, Kept(of).log, stack)


async def test_memory_keeps_nothing_beyond_the_process(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        stores = await opened(settings(tmp_path), stack)
        assert isinstance(stores.ledger, MemoryLedger)
        assert stores.durable is None
        assert isinstance(stores.usage, MemoryUsage)
    assert sqlite_path(settings(tmp_path)) is None


async def test_sqlite_keeps_both_beyond_the_process(tmp_path: Path) -> None:
    path = tmp_path / "kept.db"
    of = settings(tmp_path, store__url=f"sqlite:///{path}")
    for remembered in (None, "spent"):
        async with AsyncExitStack() as stack:
            stores = await opened(of, stack)
            assert isinstance(stores.ledger, SqliteLedger)
            assert isinstance(stores.durable, SqliteEntries)
            assert isinstance(stores.usage, SqliteUsage)
            assert (await stores.ledger.read(["account:acme"])).states == (remembered,)
            assert await stores.durable.load(ENTRY.key) == (None if remembered is None else ENTRY)
            assert await stores.ledger.swap(["account:acme"], [remembered], ["spent"])
            await stores.durable.store(ENTRY)
    assert path.is_file()
    assert sqlite_path(of) == path


async def test_a_path_with_three_slashes_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with AsyncExitStack() as stack:
        await opened(settings(tmp_path, store__url="sqlite:///here.db"), stack)
    assert (tmp_path / "here.db").is_file()


async def test_an_entry_is_believed_only_by_who_knows_the_secrets(tmp_path: Path) -> None:
    found = []
    for token in ("known", "known", "another"):
        async with AsyncExitStack() as stack:
            of = settings(tmp_path, store__url=f"sqlite:///{tmp_path / 'kept.db'}", accounts__acme__token=token)
            stores = await opened(of, stack)
            assert stores.durable is not None
            found.append(await stores.durable.load(ENTRY.key))
            if not any(found):
                await stores.durable.store(ENTRY)
    assert found == [None, ENTRY, None]


async def test_redis_keeps_all_of_it_for_every_replica(tmp_path: Path, redis_url: str) -> None:
    of = settings(tmp_path, store__url=redis_url)
    async with AsyncExitStack() as stack:
        one, other = await opened(of, stack), await opened(of, stack)
        assert one.durable is not None
        assert other.durable is not None
        await one.durable.store(ENTRY)
        assert await other.durable.load(ENTRY.key) == ENTRY
        assert await one.ledger.swap(["account:acme"], [None], ["spent"])
        assert (await other.ledger.read(["account:acme"])).states == ("spent",)
        assert await one.records.swap([Edit("job", "a", None, "1")])
        assert await other.records.read("job", ["a"]) == ["1"]
        await one.usage.add("2024-10-04", {Heading("acme", "tool", "client", "GET"): Counts(1)})
        assert len(await other.usage.read("2024-10-04")) == 1


async def test_a_server_that_is_away_is_said_and_does_not_end_the_start(tmp_path: Path) -> None:
    of = settings(tmp_path, store__url="redis://127.0.0.1:1/0")
    kept = Kept(of)
    async with AsyncExitStack() as stack:
        stores = await open_stores(of, kept.log, stack)
        with pytest.raises(LedgerAway):
            await stores.ledger.read(["account:acme"])
    assert "redis_unavailable" in kept.events


async def test_a_file_that_is_not_ours_to_use_ends_the_start_with_its_name(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(OSError, match=r"store\.url: .*absent/gateway\.db: there is no directory"):
            await opened(settings(tmp_path, store__url=f"sqlite:///{tmp_path / 'absent' / 'gateway.db'}"), stack)
