"""Spent quota in SQLite: on the disk before a swap is confirmed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from functools import partial

from gateway.adapters.sqlite.clock import LedgerClock, Mark
from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.opening import FAILURES, transaction
from gateway.ports import LedgerAway, Reading


class SqliteLedger:
    """A `Ledger` in a file that may survive kill -9, power loss and, by mistake, a second process that uses it too.

    Its time is described in `clock.py`.
    """

    def __init__(self, file: SqliteFile, *, clock: LedgerClock | None = None) -> None:
        self._file = file
        self._clock = clock or LedgerClock()
        self._proven = False

    async def read(self, budgets: Sequence[str]) -> Reading:
        """A file that may be read but not written (read-only, disk full) is as good as away: it is tried first."""
        try:
            if not self._proven:
                await self._file.write(self._mark)
                self._proven = True
            states, mark = await self._file.read(partial(_read, budgets))
        except FAILURES as error:
            raise LedgerAway(str(error)) from error
        return Reading(states, self._clock.read(mark).epoch)

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        """Once begun, a swap is finished also if the caller is cancelled: it then counts as spent."""
        try:
            return await asyncio.shield(self._file.write(partial(self._swap, budgets, before, after)))
        except FAILURES as error:
            self._proven = False
            raise LedgerAway(str(error)) from error

    def _swap(
        self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str], connection: sqlite3.Connection
    ) -> bool:
        with transaction(connection):
            found, mark = _read(budgets, connection)
            if found != tuple(before):
                return False
            rows = zip(budgets, after, strict=True)
            connection.executemany("INSERT OR REPLACE INTO ledger VALUES (?, ?)", rows)
            self._write_mark(mark, connection)
            return True

    def _mark(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            _, mark = _read((), connection)
            self._write_mark(mark, connection)

    def _write_mark(self, mark: Mark | None, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?)", astuple(self._clock.read(mark)))


def _read(budgets: Sequence[str], connection: sqlite3.Connection) -> tuple[tuple[str | None, ...], Mark | None]:
    states = [
        connection.execute("SELECT state FROM ledger WHERE budget = ?", (budget,)).fetchone() for budget in budgets
    ]
    mark = connection.execute("SELECT boot, uptime, epoch FROM mark").fetchone()
    return tuple(row[0] if row else None for row in states), Mark(*mark) if mark else None
