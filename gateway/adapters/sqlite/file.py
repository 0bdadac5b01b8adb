"""One SQLite file and the two threads that use it.

One thread writes, so that writers of this process never wait for the file's lock; one reads. Every commit reaches the
disk (`synchronous = FULL`): what the ledger granted and what a write invalidated must survive a power loss, and a
gateway that sends a hundred requests a minute has little to commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from gateway.adapters.sqlite.opening import OnError, code, connect_to_read, connect_to_write, is_damage

Result = TypeVar("Result")
Job = Callable[[sqlite3.Connection], Result]

_BROKEN = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN})


class SqliteFile:
    """Give each job its turn on the file; a connection that broke is opened anew for the next one.

    `lock_wait`: seconds to wait while another process writes. A file found damaged, at the start or later, is set aside
    and replaced (event `store_damaged`). One that was moved or removed is not written to any more: what nobody finds
    again is not kept. The next write makes a new one in its place (event `store_removed`), or fails.
    """

    def __init__(self, path: Path, *, on_error: OnError, lock_wait: float = 2.0) -> None:
        self._path = path
        self._on_error = on_error
        self._lock_wait = lock_wait
        self._opened: tuple[int, int] | None = None
        self._writer = _Thread("sqlite-writer", self._connect_writer, gone=self._gone)
        self._reader = _Thread("sqlite-reader", lambda: connect_to_read(path, lock_wait=lock_wait), gone=_never)

    async def open(self) -> None:
        """Make the file ready. Raises `UnusableFile`; a file that is only away now is reported and tried again."""
        try:
            await self.write(lambda _: None)
        except (sqlite3.Error, OSError) as error:
            self._on_error("store_unavailable", f"{self._path}: {error}")

    async def aclose(self) -> None:
        """Finish what was begun and close. Jobs given later raise `sqlite3.ProgrammingError`."""
        await self._reader.aclose()
        await self._writer.aclose()

    def write(self, job: Job[Result]) -> asyncio.Future[Result]:
        """Run a job in the writer's thread, after those given before. Raises (when awaited) any of `FAILURES`."""
        return self._writer.submit(job)

    async def read(self, job: Job[Result]) -> Result:
        """Run a job that only reads. Raises any of `FAILURES`."""
        try:
            return await self._reader.submit(job)
        except sqlite3.Error as error:
            if is_damage(error):
                self._writer.reconnect()  # it checks the file and replaces it
            raise

    def _connect_writer(self) -> sqlite3.Connection:
        connection = connect_to_write(self._path, lock_wait=self._lock_wait, on_error=self._on_error)
        self._opened = _identity(self._path)
        self._reader.reconnect()
        return connection

    def _gone(self) -> bool:
        """Was the file moved or removed since it was opened? Reports it once."""
        if self._opened is None or _identity(self._path) == self._opened:
            return False
        self._opened = None
        self._on_error("store_removed", f"{self._path}: the file was moved or removed while it was in use")
        return True


class _Thread:
    """One thread with one connection, opened when a job needs it."""

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection], *, gone: Callable[[], bool]) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._connect = connect
        self._gone = gone
        self._connection: sqlite3.Connection | None = None
        self._outdated = False
        self._closed = False

    def submit(self, job: Job[Result]) -> asyncio.Future[Result]:
        loop = asyncio.get_running_loop()
        if not self._closed:
            return loop.run_in_executor(self._executor, self._run, job)
        refused: asyncio.Future[Result] = loop.create_future()
        loop.call_soon(_refuse, refused)  # later, as any other job ends
        return refused

    def reconnect(self) -> None:
        """Have the next job open the file anew."""
        self._outdated = True

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._executor, self._disconnect)
            self._executor.shutdown()

    def _run(self, job: Job[Result]) -> Result:
        if self._outdated or self._gone():
            self._disconnect()
        if self._connection is None:
            self._connection = self._connect()
        try:
            return job(self._connection)
        except sqlite3.Error as error:
            if code(error) in _BROKEN:
                self._outdated = True
            raise

    def _disconnect(self) -> None:
        self._outdated = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _never() -> bool:
    """Only a writer looks whether its file is still there; it has readers open theirs anew."""
    return False


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell one file from another that gets its name; None where there is none, or none can be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _refuse(job: asyncio.Future[Result]) -> None:
    if not job.done():
        job.set_exception(sqlite3.ProgrammingError("the file is closed"))
