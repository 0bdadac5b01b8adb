"""What is particular to totals in a file: restarts, crashes, full disks, and reading what nobody runs on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteUsage, read_file
from gateway.adapters.sqlite.opening import VERSION
from gateway.policy.quota.usage import Counts, Heading, Row
from gateway.ports import UsageAway
from tests.adapters.stores import Events, modes

TODAY = "2024-10-04"
HEADING = Heading("acme", "tool", "client", "GET")


async def written(path: Path, events: Events, *, times: int = 1) -> None:
    file = SqliteFile(path, on_error=events)
    for _ in range(times):
        await SqliteUsage(file).add(TODAY, {HEADING: Counts(received=2, sent=1)})
    await file.aclose()


async def test_totals_go_on_after_a_restart(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    await written(path, events, times=2)
    await written(path, events)
    assert read_file(path, TODAY) == [Row(TODAY, HEADING, Counts(received=6, sent=3))]
    assert read_file(path, "2024-10-05") == []


async def test_a_file_of_an_earlier_gateway_gets_the_table(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    file = SqliteFile(path, on_error=events)
    await file.open()
    await file.aclose()
    assert read_file(path, TODAY) == []
    await written(path, events)
    assert read_file(path, TODAY) != []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,), "an earlier gateway can use it still"


async def test_an_addition_is_whole_or_not_at_all(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    await written(path, events)
    file = SqliteFile(path, on_error=events, lock_wait=0.0)
    both = {HEADING: Counts(received=1), HEADING._replace(app="large"): Counts(received=1 << 62)}
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER t BEFORE INSERT ON usage WHEN new.app = 'large' BEGIN SELECT raise(FAIL, 'no'); END"
        )
    with pytest.raises(UsageAway, match="no"):
        await SqliteUsage(file).add(TODAY, both)
    await file.aclose()
    assert read_file(path, TODAY) == [Row(TODAY, HEADING, Counts(received=2, sent=1))]


async def test_a_file_that_is_closed_is_away(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.aclose()
    with pytest.raises(UsageAway, match="closed"):
        await SqliteUsage(file).add(TODAY, {HEADING: Counts(received=1)})
    with pytest.raises(UsageAway, match="closed"):
        await SqliteUsage(file).read(TODAY)


def test_reading_makes_no_file_and_believes_only_our_own(tmp_path: Path) -> None:
    with pytest.raises(UsageAway, match=r"gateway\.db: unable to open"):
        read_file(tmp_path / "gateway.db", TODAY)
    assert modes(tmp_path) == {}
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE usage (day)")
    with pytest.raises(UsageAway, match=r"other\.db is no file of the gateway"):
        read_file(tmp_path / "other.db", TODAY)
