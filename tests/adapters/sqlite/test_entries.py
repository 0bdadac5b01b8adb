"""Entries on the disk: kept over restarts, bounded, believed only with their seal, and misses where the file fails."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gateway.adapters.sqlite import entries as module
from gateway.adapters.sqlite.file import Job
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey
from tests.adapters.conftest import sqlite_entries
from tests.adapters.stores import NOW, Events, entry, full_disk


@contextmanager
def other_process(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def resting_size(path: Path) -> int:
    return path.stat().st_size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.db"


async def test_entries_survive_a_restart(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry())
    async with sqlite_entries(path, events) as entries:
        assert await entries.load(CacheKey("k")) == entry()


async def test_what_another_wrote_is_a_miss_and_removed(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("mine"))
        await entries.store(entry("theirs", account="beta"))
        await entries.aclose()
        with other_process(path) as connection:
            connection.execute("UPDATE entries SET key = 'was mine' WHERE key = 'mine'")
            connection.execute("UPDATE entries SET key = 'mine' WHERE key = 'theirs'")
        assert await entries.load(CacheKey("mine")) is None
        await entries.aclose()
        with other_process(path) as connection:
            assert connection.execute("SELECT key FROM entries").fetchall() == [("was mine",)]
        assert entries.refused == 1
    assert events.names == ["entry_refused"]


async def test_the_file_stays_within_its_bound(path: Path, events: Events) -> None:
    bound = 1 << 20
    async with sqlite_entries(path, events, max_bytes=bound) as entries:
        for number in range(200):
            await entries.store(entry(f"k{number:03}", body=b"x" * 20_000, lifetime=float(number)))
        await entries.aclose()
        kept = [number for number in range(200) if await entries.load(CacheKey(f"k{number:03}"))]
    assert resting_size(path) <= bound * 1.6
    assert 10 < len(kept) < 60
    assert kept == list(range(200 - len(kept), 200))


async def test_an_entry_too_heavy_is_not_kept_nor_what_it_replaces(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events, max_bytes=1 << 20) as entries:
        await entries.store(entry())
        await entries.store(entry(body=b"x" * (1 << 18)))
        assert await entries.load(CacheKey("k")) is None
        await entries.aclose()
        assert await entries.load(CacheKey("k")) is None


async def test_entries_past_all_use_are_swept_at_the_start(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("old", received_at=NOW - 600.0 - 3600.0 - 1.0))
        await entries.store(entry("stale", received_at=NOW - 600.0 - 3600.0 + 1.0))
    async with sqlite_entries(path, events) as entries:
        assert await entries.load(CacheKey("old")) is None
        assert await entries.load(CacheKey("stale")) is not None


async def test_what_waits_too_long_to_be_written_is_given_up(
    path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_BYTES", 10_000)
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("old"))
        await entries.aclose()
        for key in ("old", "k1", "k2", "k3"):
            await entries.store(entry(key, body=b"x" * 3000))
        assert await entries.load(CacheKey("old")) is None
        assert await entries.load(CacheKey("k3")) is not None


async def test_what_was_read_before_a_drop_is_not_handed_out_after_it(
    path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_read, may_return = asyncio.Event(), asyncio.Event()
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry())
        await entries.aclose()
        read = entries._file.read

        async def slow(job: Job[object]) -> object:
            found = await read(job)
            has_read.set()
            await may_return.wait()
            return found

        async def drop_meanwhile() -> None:
            await has_read.wait()
            assert await entries.drop(Selector()) == 1
            may_return.set()

        monkeypatch.setattr(entries._file, "read", slow)
        loaded, _ = await asyncio.gather(entries.load(CacheKey("k")), drop_meanwhile())
        assert loaded is None


async def test_a_store_while_the_same_key_is_written_is_not_lost(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry(body=b"old"))
        await entries.store(entry(body=b"new"))
        await entries._file.write(lambda _: None)
        assert await entries.load(CacheKey("k")) == entry(body=b"new")


async def test_dropping_what_waits_does_not_bring_back_what_it_replaced(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry(resource="client"))
        await entries.aclose()
        with other_process(path) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            await entries.store(entry(resource="task"))
            await entries.aclose()
        assert await entries.drop(Selector(resources=frozenset({"task"}))) == 1
        assert await entries.load(CacheKey("k")) is None


async def test_a_locked_file_keeps_new_entries_and_owes_drops(
    path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_AFTER", 0.0)
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("old"))
        await entries.store(entry("kept", account="beta"))
        await entries.aclose()
        with other_process(path) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            assert await entries.drop(Selector(account=AccountName("acme"))) == 0
            assert await entries.load(CacheKey("old")) is None
            assert await entries.load(CacheKey("kept")) is not None
            await entries.store(entry("new"))
            assert await entries.load(CacheKey("new")) == entry("new")
        await entries.aclose()
        with other_process(path) as connection:
            assert {key for (key,) in connection.execute("SELECT key FROM entries")} == {"kept", "new"}
    assert set(events.names) == {"entries_unwritten"}
    assert "locked" in events.heard[0][1]


async def test_too_many_owed_drops_become_one_of_everything(
    path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OWED", 2)
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("k", account="beta"))
        await entries.aclose()
        with other_process(path) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            for number in range(4):
                await entries.drop(Selector(key=CacheKey(str(number))))
            assert await entries.load(CacheKey("k")) is None


async def test_a_full_disk_costs_hits_only(path: Path, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_AFTER", 0.0)
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("old"))
        await entries.aclose()
        with full_disk(150_000):
            for number in range(20):
                await entries.store(entry(f"k{number}", body=b"x" * 50_000))
            await entries.open()
            assert await entries.load(CacheKey("old")) == entry("old")
        await entries.aclose()
        assert await entries.load(CacheKey("k19")) is not None
    assert set(events.names) == {"entries_unwritten"}


async def test_a_closed_file_is_a_miss(path: Path, events: Events) -> None:
    async with sqlite_entries(path, events) as entries:
        await entries._file.aclose()
        await entries.store(entry())
        assert await entries.load(CacheKey("other")) is None
        assert await entries.drop(Selector()) == 1
    assert set(events.names) == {"entries_unwritten", "entries_unreadable"}


READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
from gateway.policy.caching.entry import Selector
from gateway.policy.names import CacheKey
from tests.adapters.conftest import sqlite_entries
from tests.adapters.stores import Events, entry

async def main(path, events):
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry())
        assert await entries.drop(Selector()) == 1
        assert await entries.load(CacheKey("k")) is None
        assert await entries.load(CacheKey("old")) is None
    assert "store_unavailable" in events.names or "entries_unwritten" in events.names, events.heard

if os.geteuid() == 0:
    os.setuid(65534)
asyncio.run(main(Path(sys.argv[1]), Events()))
"""


def test_a_read_only_file_is_a_miss(events: Events) -> None:
    async def fill(path: Path) -> None:
        async with sqlite_entries(path, events) as entries:
            await entries.store(entry("old"))

    with TemporaryDirectory() as made:  # not pytest's, which only its owner may enter
        directory = Path(made)
        asyncio.run(fill(directory / "gateway.db"))
        (directory / "gateway.db").chmod(0o444)
        directory.chmod(0o555)
        command = [sys.executable, "-c", READ_ONLY, str(directory / "gateway.db")]
        ran = subprocess.run(command, stderr=subprocess.PIPE, check=False)
        directory.chmod(0o755)
    assert ran.returncode == 0, ran.stderr.decode()
