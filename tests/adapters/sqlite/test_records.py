"""Records in SQLite survive a restart; what all stores keep to is in `test_records_stores.py`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteRecords
from gateway.policy.records import Edit
from gateway.ports import RecordsAway
from tests.adapters.stores import Events, full_disk


async def test_they_are_there_after_a_restart(tmp_path: Path, events: Events) -> None:
    for before, after in ((None, "1"), ("1", "2")):
        file = SqliteFile(tmp_path / "gateway.db", on_error=events)
        await file.open()
        assert await SqliteRecords(file).swap([Edit("job", "a", before, after)])
        await file.aclose()
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    assert list(await SqliteRecords(file).scan("job", most=9)) == [("a", "2")]
    await file.aclose()


async def test_a_full_disk_says_so_and_changes_nothing(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.open()
    records = SqliteRecords(file)
    assert await records.swap([Edit("job", "a", None, "1")])
    with full_disk(1 << 16), pytest.raises(RecordsAway):
        await records.swap([Edit("job", "a", "1", "2" * (1 << 20))])
    assert list(await records.read("job", ["a"])) == ["1"]
    await file.aclose()


async def test_they_are_carried_over_from_a_damaged_file(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    file = SqliteFile(path, on_error=events)
    await file.open()
    await SqliteRecords(file).swap([Edit("job", f"{number:04}", None, "x" * 500) for number in range(200)])
    await file.aclose()
    damage_entries(path)
    file = SqliteFile(path, on_error=events)
    await file.open()
    found = await SqliteRecords(file).scan("job", most=1000)
    await file.aclose()
    assert events.names == ["store_damaged"]
    assert len(found) == 200


def damage_entries(path: Path) -> None:
    """Write nonsense over a page that holds no record."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").fetchone()
    with path.open("r+b") as damaged:
        damaged.seek((page - 1) * 4096)
        damaged.write(b"\x55" * 4096)


async def test_a_closed_file_is_away(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.aclose()
    with pytest.raises(RecordsAway):
        await SqliteRecords(file).read("job", ["a"])
