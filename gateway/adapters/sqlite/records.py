"""Records in SQLite: a table of its own in the gateway's file, made with the first swap."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from functools import partial

from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.opening import FAILURES, RECORDS, has_table, transaction
from gateway.policy.records import Edit
from gateway.ports import RecordsAway

_FIND = "SELECT record FROM records WHERE kind = ? AND key = ?"
_SCAN = "SELECT key, record FROM records WHERE kind = ? AND key > ? ORDER BY key LIMIT ?"
_WRITE = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
_DELETE = "DELETE FROM records WHERE kind = ? AND key = ?"


class SqliteRecords:
    """`Records` that survive restarts and kill -9."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    async def now(self) -> float:
        return time.time()

    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        try:
            return await self._file.read(partial(_read, kind, keys))
        except FAILURES as error:
            raise RecordsAway(str(error)) from error

    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        try:
            return await self._file.read(partial(_scan, kind, after, most))
        except FAILURES as error:
            raise RecordsAway(str(error)) from error

    async def swap(self, edits: Sequence[Edit]) -> bool:
        """Once begun, a swap is finished also if the caller is cancelled."""
        try:
            return await asyncio.shield(self._file.write(partial(_swap, edits)))
        except FAILURES as error:
            raise RecordsAway(str(error)) from error


def _read(kind: str, keys: Sequence[str], connection: sqlite3.Connection) -> list[str | None]:
    if not has_table(connection, "records"):
        return [None] * len(keys)
    return [_record(kind, key, connection) for key in keys]


def _scan(kind: str, after: str, most: int, connection: sqlite3.Connection) -> list[tuple[str, str]]:
    if not has_table(connection, "records"):
        return []
    return connection.execute(_SCAN, (kind, after, most)).fetchall()


def _swap(edits: Sequence[Edit], connection: sqlite3.Connection) -> bool:
    with transaction(connection):
        connection.execute(RECORDS)
        if any(_record(edit.kind, edit.key, connection) != edit.before for edit in edits):
            return False
        for kind, key, _, after in edits:
            connection.execute(*((_DELETE, (kind, key)) if after is None else (_WRITE, (kind, key, after))))
        return True


def _record(kind: str, key: str, connection: sqlite3.Connection) -> str | None:
    row = connection.execute(_FIND, (kind, key)).fetchone()
    return None if row is None else row[0]
