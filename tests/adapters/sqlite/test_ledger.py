"""The SQLite ledger outlives its process and bears a second one."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteLedger
from gateway.adapters.sqlite.clock import LedgerClock
from gateway.policy.names import CacheKey
from gateway.ports import LedgerAway
from tests.adapters.conftest import sqlite_entries
from tests.adapters.stores import Events, full_disk


def swap_until_killed(path: Path, *, after: int) -> int:
    """Let another process swap, kill it after so many confirmations, and return the last one that it made."""
    command = [sys.executable, "-m", "tests.adapters.sqlite.swapping", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.read().splitlines(keepends=True)
    return int([line for line in lines if line.endswith("\n")][-1])


async def test_every_confirmed_swap_and_drop_survives_kill_9(tmp_path: Path, events: Events) -> None:
    path = tmp_path / "gateway.db"
    for _ in range(3):
        confirmed = swap_until_killed(path, after=random.randrange(1, 60))
        async with sqlite_entries(path, events) as entries:
            (state,) = (await SqliteLedger(entries._file).read(["egress"])).states
            assert confirmed <= int(state or 0) <= confirmed + 1
            dropped = [number - 1 for number in range(2, confirmed, 3)]
            assert [await entries.load(CacheKey(f"k{number}")) for number in dropped] == [None] * len(dropped)
    assert events.heard == []


async def test_two_processes_on_one_file_lose_no_increment(tmp_path: Path, events: Events) -> None:
    files = [SqliteFile(tmp_path / "gateway.db", on_error=events) for _ in range(2)]

    async def add(file: SqliteFile, times: int) -> None:
        ledger = SqliteLedger(file)
        while times:
            (held,) = (await ledger.read(["a"])).states
            times -= await ledger.swap(["a"], [held], [str(int(held or 0) + 1)])

    for file in files:
        await file.open()
    await asyncio.gather(*(add(file, 25) for file in files))
    assert (await SqliteLedger(files[0]).read(["a"])).states == ("50",)
    for file in files:
        await file.aclose()


async def test_a_locked_file_is_a_ledger_away_until_it_is_free(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events, lock_wait=0.01)
    await file.open()
    ledger = SqliteLedger(file)
    with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerAway, match="locked"):
            await ledger.swap(["a"], [None], ["1"])
    assert await ledger.swap(["a"], [None], ["1"])
    await file.aclose()
    with pytest.raises(LedgerAway, match="closed"):
        await ledger.read(["a"])


async def test_a_full_disk_is_a_ledger_away_that_forgets_nothing(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.open()
    ledger = SqliteLedger(file)
    assert await ledger.swap(["a"], [None], ["1"])
    with full_disk(60_000), pytest.raises(LedgerAway):
        await ledger.swap(["a"], ["1"], ["2" * 100_000])
    assert (await ledger.read(["a"])).states == ("1",)
    assert await ledger.swap(["a"], ["1"], ["2"])
    await file.aclose()


async def test_a_cancelled_swap_is_finished(tmp_path: Path, events: Events) -> None:
    file = SqliteFile(tmp_path / "gateway.db", on_error=events)
    await file.open()
    ledger = SqliteLedger(file)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await ledger.swap(["a"], [None], ["1"])
    await file.write(lambda _: None)
    assert (await ledger.read(["a"])).states == ("1",)
    await file.aclose()


async def test_time_goes_on_from_the_last_swap_after_a_restart(tmp_path: Path, events: Events) -> None:
    async def run(wall: float, uptime: float) -> float:
        file = SqliteFile(tmp_path / "gateway.db", on_error=events)
        await file.open()
        ledger = SqliteLedger(file, clock=LedgerClock(wall=lambda: wall, uptime=lambda: uptime, boot="boot"))
        reading = await ledger.read(["a"])
        assert await ledger.swap(["a"], reading.states, ["x"])
        await file.aclose()
        return reading.now

    assert await run(wall=1_000_000.0, uptime=50.0) == 1_000_000.0
    assert await run(wall=1_003_600.0, uptime=60.0) == 1_000_010.0


async def test_a_file_that_can_be_read_but_not_written_is_away_until_it_can_be(tmp_path: Path, events: Events) -> None:
    async with sqlite_entries(tmp_path / "gateway.db", events) as entries:
        ledger = SqliteLedger(entries._file)
        assert await ledger.swap(["a"], [None], ["1"])
        for state in ("1", "2"):
            with full_disk(8192):
                with pytest.raises(LedgerAway):
                    await ledger.swap(["a"], [state], ["x" * 50_000])
                for _ in range(2):
                    with pytest.raises(LedgerAway):
                        await ledger.read(["a"])
            assert (await ledger.read(["a"])).states == (state,)
            assert await ledger.swap(["a"], [state], [str(int(state) + 1)])


async def test_a_file_that_cannot_be_written_is_away_from_the_first_read(tmp_path: Path, events: Events) -> None:
    async with sqlite_entries(tmp_path / "gateway.db", events) as entries:
        with full_disk(8192), pytest.raises(LedgerAway):
            await SqliteLedger(entries._file).read(["a"])
        assert (await SqliteLedger(entries._file).read(["a"])).states == (None,)
