"""Daily totals in SQLite: a table of its own in the gateway's file, to which counts are added.

The table is made with the first addition, so that files of earlier versions and a file that replaces a damaged one
get it too. One addition is one transaction.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.opening import APPLICATION, FAILURES, has_table, transaction
from gateway.policy.quota.usage import Counts, Heading, Row, oldest_kept
from gateway.ports import UsageAway

_TABLE = """CREATE TABLE IF NOT EXISTS usage (
    day TEXT NOT NULL, account TEXT NOT NULL, app TEXT NOT NULL, resource TEXT NOT NULL, method TEXT NOT NULL,
    received INTEGER NOT NULL, sent INTEGER NOT NULL, waited INTEGER NOT NULL, waited_seconds REAL NOT NULL,
    refused INTEGER NOT NULL, PRIMARY KEY (day, account, app, resource, method)) WITHOUT ROWID"""

_ADD = """INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent,
    waited = waited + excluded.waited, waited_seconds = waited_seconds + excluded.waited_seconds,
    refused = refused + excluded.refused"""


class SqliteUsage:
    """A `UsageStore` that survives restarts and kill -9."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def add(self, day: str, counts: Mapping[Heading, Counts]) -> None:
        rows = [
            (day, *heading, it.received, it.sent, it.waited, it.waited_seconds, it.refused)
            for heading, it in counts.items()
        ]
        try:
            await asyncio.shield(self._file.write(partial(_add, day, rows)))
        except FAILURES as error:
            raise UsageAway(str(error)) from error

    async def read(self, since: str) -> Sequence[Row]:
        try:
            return await self._file.read(partial(_read, since))
        except FAILURES as error:
            raise UsageAway(str(error)) from error


def read_file(path: Path, since: str) -> list[Row]:
    """Read the totals of a gateway that does not run, and change nothing. Raises `UsageAway`."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            if application != APPLICATION:
                raise UsageAway(f"{path} is no file of the gateway")
            return _read(since, connection)
    except FAILURES as error:
        raise UsageAway(f"{path}: {error}") from error


def _add(day: str, rows: Sequence[tuple[object, ...]], connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.execute(_TABLE)
        connection.executemany(_ADD, rows)
        connection.execute("DELETE FROM usage WHERE day < ?", (oldest_kept(day),))


def _read(since: str, connection: sqlite3.Connection) -> list[Row]:
    if not has_table(connection, "usage"):
        return []
    found = connection.execute("SELECT * FROM usage WHERE day >= ? ORDER BY day", (since,)).fetchall()
    return [Row(row[0], Heading(*row[1:5]), Counts(*row[5:])) for row in found]
