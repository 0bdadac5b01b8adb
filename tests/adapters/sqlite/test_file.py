"""Jobs on the file run in order, and a file that is away is tried again."""

from __future__ import annotations

import os
import shutil
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteRecords
from gateway.policy.records import Edit
from gateway.ports import RecordsAway
from tests.adapters.stores import Events, modes


async def test_writes_run_in_the_order_given(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    order: list[int] = []

    def append(number: int, _: sqlite3.Connection) -> None:
        order.append(number)

    jobs = [file.write(partial(append, number)) for number in range(5)]
    for job in jobs:
        await job
    assert order == [0, 1, 2, 3, 4]
    await file.aclose()


async def test_a_reader_cannot_write(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.open()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await file.read(lambda connection: connection.execute("DELETE FROM ledger"))
    await file.aclose()


async def test_reading_never_makes_a_file(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    with pytest.raises(sqlite3.OperationalError):
        await file.read(lambda connection: connection.execute("SELECT 1 FROM entries"))
    assert modes(tmp_path) == {}
    await file.aclose()


async def test_a_path_that_cannot_be_opened_is_reported_and_tried_again(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    path.mkdir()
    file = SqliteFile(path, on_error=events)
    await file.open()
    assert events.names == ["store_unavailable"]
    assert "it is a directory; name a file" in events.heard[0][1]
    path.rmdir()
    await file.write(lambda _: None)
    assert path.is_file()
    await file.aclose()
    await file.aclose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await file.write(lambda _: None)


async def test_a_file_of_somebody_else_says_whose_it_is(
    tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gateway.db"
    path.touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    file = SqliteFile(path, on_error=events)
    await file.open()
    (event, detail), *_ = events.heard
    assert event == "store_unavailable"
    assert f"may not read and write it; it belongs to user {os.geteuid()}" in detail
    monkeypatch.undo()
    await file.write(lambda _: None)
    await file.aclose()


async def test_a_file_that_was_removed_is_not_written_to(tmp_path: Path, events: Events) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    file = SqliteFile(folder / "gateway.db", on_error=events)
    records = SqliteRecords(file)
    assert await records.swap([Edit("kind", "before", None, "1")])
    shutil.rmtree(folder)
    for _ in range(2):
        with pytest.raises(RecordsAway, match="there is no directory"):
            await records.swap([Edit("kind", "lost", None, "1")])
    assert events.names == ["store_removed"]
    folder.mkdir()
    assert await records.swap([Edit("kind", "kept", None, "1")])
    assert await records.read("kind", ["lost", "kept"]) == [None, "1"]
    await file.aclose()
    again = SqliteFile(folder / "gateway.db", on_error=events)
    assert await SqliteRecords(again).read("kind", ["kept"]) == ["1"]
    await again.aclose()


async def test_another_file_in_its_place_is_used_from_then_on(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    file = SqliteFile(path, on_error=events)
    records = SqliteRecords(file)
    assert await records.swap([Edit("kind", "old", None, "1")])
    for name in modes(tmp_path):
        (tmp_path / name).rename(tmp_path / f"aside-{name}")
    assert await records.swap([Edit("kind", "new", None, "1")])
    assert await records.read("kind", ["old", "new"]) == [None, "1"]
    assert events.names == ["store_removed"]
    await file.aclose()
    assert path.is_file()
