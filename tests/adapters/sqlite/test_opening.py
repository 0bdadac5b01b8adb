"""A damaged file is set aside, a foreign or newer one is left alone."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteLedger, UnusableFile
from gateway.adapters.sqlite.opening import VERSION, connect_to_write
from gateway.policy.names import CacheKey
from tests.adapters.conftest import sqlite_entries
from tests.adapters.stores import Events, entry, modes

BODY = b"0123456789" * 500


async def fill(path: Path, events: Events) -> None:
    """Forty entries and one spent budget."""
    async with sqlite_entries(path, events) as entries:
        for number in range(40):
            await entries.store(entry(f"k{number}", body=BODY))
        assert await SqliteLedger(entries._file).swap(["egress"], [None], ["spent"])


def overwrite(path: Path, offset: int, length: int, *, seed: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(random.Random(seed).randbytes(length))


@pytest.mark.parametrize("existing", [True, False])
async def test_the_file_is_its_owners_alone(tmp_path: Path, events: Events, *, existing: bool) -> None:
    path = tmp_path / "gateway.db"
    if existing:
        path.touch(mode=0o644)
    async with sqlite_entries(path, events):
        assert modes(tmp_path) == {"gateway.db": 0o600, "gateway.db-wal": 0o600, "gateway.db-shm": 0o600}


async def test_what_is_not_a_database_is_set_aside_whole(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(b"not a database, but somebody's" * 1000)
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry())
        assert await entries.load(CacheKey("k")) == entry()
    (aside,) = modes(tmp_path).keys() - {"gateway.db"}
    assert aside.startswith("gateway.db.damaged-20")
    assert (tmp_path / aside).read_bytes() == b"not a database, but somebody's" * 1000
    ((event, detail),) = events.heard
    assert event == "store_damaged"
    assert aside in detail
    assert "counts as nothing" in detail


async def test_a_damaged_file_that_cannot_be_set_aside_is_told_as_what_it_is(
    tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gateway.db"
    path.write_bytes(b"not a database" * 1000)

    def refused(source: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr(Path, "rename", refused)
    async with sqlite_entries(path, events) as entries:
        assert await entries.load(CacheKey("k")) is None
    assert events.heard[0][0] == "store_unavailable"
    assert "it is damaged (file is not a database) and cannot be set aside: Permission denied" in events.heard[0][1]
    assert path.read_bytes() == b"not a database" * 1000


@pytest.mark.parametrize("seed", range(12))
async def test_random_bytes_in_the_middle_never_give_a_wrong_entry(tmp_path: Path, events: Events, seed: int) -> None:
    path = tmp_path / "gateway.db"
    await fill(path, events)
    overwrite(path, random.Random(seed).randrange(4096, path.stat().st_size - 4096), 3000, seed=seed)
    async with sqlite_entries(path, events) as entries:
        for number in range(40):
            assert await entries.load(CacheKey(f"k{number}")) in {None, entry(f"k{number}", body=BODY)}
        await entries.store(entry("new"))
        await entries.aclose()
        assert await entries.load(CacheKey("new")) == entry("new")
    assert set(events.names) <= {"store_damaged", "entry_refused", "entries_unreadable"}


async def test_what_was_spent_is_carried_over_from_a_damaged_file(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    await fill(path, events)
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
    overwrite(path, (page - 1) * 4096, 4096)
    async with sqlite_entries(path, events) as entries:
        reading = await SqliteLedger(entries._file).read(["egress"])
    assert reading.states == ("spent",)
    assert events.names == ["store_damaged"]
    assert "carried over" in events.heard[0][1]


async def test_damage_met_while_running_is_repaired_with_the_next_write(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    await fill(path, events)
    async with sqlite_entries(path, events) as entries:
        with closing(sqlite3.connect(path)) as connection:
            (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        overwrite(path, (page - 1) * 4096, 4096)
        assert await entries.load(CacheKey("k1")) is None
        await entries.store(entry("new"))
        await entries.open()
        assert await entries.load(CacheKey("new")) == entry("new")
        assert (await SqliteLedger(entries._file).read(["egress"])).states == ("spent",)
    assert events.names == ["entries_unreadable", "store_damaged"]


async def refusal(path: Path, events: Events) -> str:
    file = SqliteFile(path, on_error=events)
    with pytest.raises(UnusableFile) as refused:
        await file.open()
    await file.aclose()
    return str(refused.value)


async def test_a_newer_schema_is_left_alone(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    await fill(path, events)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    assert "newer gateway (schema 2, this one knows 1)" in await refusal(path, events)
    assert list(modes(tmp_path)) == ["gateway.db"]


async def test_another_programs_database_is_left_alone(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "their.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "another program's database" in await refusal(path, events)
    assert path.read_bytes() == before


async def test_a_missing_directory_is_named(tmp_path: Path, events: Events) -> None:
    assert f"there is no directory {tmp_path / 'nowhere'}" in await refusal(tmp_path / "nowhere" / "x.db", events)


def test_commits_reach_the_disk(tmp_path: Path, events: Events) -> None:
    with closing(connect_to_write(tmp_path / "gateway.db", lock_wait=0.1, on_error=events)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
