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

    async def read(self, budgets: Sequence[str]) -> Reading:
        try:
            states, mark = await self._file.read(partial(_read, budgets))
        except FAILURES as error:
            raise LedgerAway(str(error)) from error
        return Reading(states, self._clock.read(mark).epoch)

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        """Once begun, a swap is finished also if the caller is cancelled: it then counts as spent."""
        try:
            return await asyncio.shield(self._file.write(partial(self._swap, budgets, before, after)))
        except FAILURES as error:
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
            connection.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?)", astuple(self._clock.read(mark)))
            return True


def _read(budgets: Sequence[str], connection: sqlite3.Connection) -> tuple[tuple[str | None, ...], Mark | None]:
    states = [
        connection.execute("SELECT state FROM ledger WHERE budget = ?", (budget,)).fetchone() for budget in budgets
    ]
    mark = connection.execute("SELECT boot, uptime, epoch FROM mark").fetchone()
    return tuple(row[0] if row else None for row in states), Mark(*mark) if mark else None
