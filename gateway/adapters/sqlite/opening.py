"""Open the file: make it, check that it is ours and whole, and set a damaged one aside.

A damaged file never keeps the gateway from starting. It is renamed, not deleted, and what was spent is carried over as
far as it can still be read. A file that is whole but not ours, or newer than this program, is left alone.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

VERSION = 1
APPLICATION = 0x49474157
"""Tells our files from others: "IGAW" in `PRAGMA application_id`."""

SCHEMA = (
    """CREATE TABLE entries (
        key TEXT PRIMARY KEY, account TEXT NOT NULL, resource TEXT NOT NULL, useful_until REAL NOT NULL,
        sealed BLOB NOT NULL)""",
    "CREATE INDEX entries_of ON entries (account, resource)",
    "CREATE INDEX entries_until ON entries (useful_until)",
    "CREATE TABLE ledger (budget TEXT PRIMARY KEY, state TEXT NOT NULL)",
    """CREATE TABLE mark (
        only INTEGER PRIMARY KEY CHECK (only = 1), boot TEXT NOT NULL, uptime REAL NOT NULL, epoch REAL NOT NULL)""",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)

RECORDS = """CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL, key TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"""
"""Made with the first record, so that files of earlier versions get it too."""

_SPENT = {
    "SELECT budget, state FROM ledger": "INSERT INTO ledger VALUES (?, ?)",
    "SELECT only, boot, uptime, epoch FROM mark": "INSERT INTO mark VALUES (?, ?, ?, ?)",
}
_RECORDED = ("SELECT kind, key, record FROM records", "INSERT INTO records VALUES (?, ?, ?)")
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

OnError = Callable[[str, str], None]
"""Told the name of an event and what a person should know about it; called from any thread."""


class UnusableFile(Exception):
    """The file is not ours to use, and only the operator can decide what to do with it."""


FAILURES = (sqlite3.Error, OSError, UnusableFile)
"""What using the file can raise: disk full, read-only, locked, damaged, taken away."""


def code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 where the error is not SQLite's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Tell a damaged file from one that is only unavailable now."""
    return code(error) in _DAMAGE


def connect_to_write(path: Path, *, lock_wait: float, on_error: OnError) -> sqlite3.Connection:
    """Open the file for the one connection that writes; make it or replace it where needed."""
    try:
        return _connect(path, lock_wait)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        spent = _read_rows(path, _SPENT)
        recorded = _read_rows(path, dict([_RECORDED]))
        try:
            aside = _set_aside(path)
        except OSError as refusal:
            why = f"it is damaged ({error}) and cannot be set aside: {refusal.strerror}"
            raise OSError(refusal.errno, why, str(path)) from refusal
        connection = _connect(path, lock_wait)
        with transaction(connection):
            connection.execute(RECORDS)
            for insert, rows in (spent | recorded).items():
                connection.executemany(insert, rows)
        kept = "carried over" if any(spent.values()) else "not readable in it, so it counts as nothing"
        on_error("store_damaged", f"{path}: {error}. The file is now {aside.name}; what was spent is {kept}")
        return connection


def connect_to_read(path: Path, *, lock_wait: float) -> sqlite3.Connection:
    """Open a file that exists; never make one."""
    location = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(location, uri=True, timeout=lock_wait, isolation_level=None)
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, on the disk at the end. Takes the lock for writing at the start, so that what is read holds."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a failed COMMIT may already have rolled back
            connection.execute("ROLLBACK")
        raise


def _connect(path: Path, lock_wait: float) -> sqlite3.Connection:
    if not path.parent.is_dir():
        raise UnusableFile(f"{path}: there is no directory {path.parent}")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a directory; name a file", str(path))
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        why = f"user {os.geteuid()} may not read and write it; it belongs to user {path.stat().st_uid}"
        raise PermissionError(errno.EACCES, why, str(path))
    if not path.exists():
        path.touch(mode=0o600)
    elif path.stat().st_mode & 0o077:
        with suppress(OSError):  # another user's, lent to us; we never make such a file
            path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=lock_wait, isolation_level=None)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error
    if not _is_empty(connection):
        _refuse_others(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA journal_size_limit = 8388608")
    if _is_empty(connection):
        with transaction(connection):
            for statement in SCHEMA if _is_empty(connection) else ():
                connection.execute(statement)


def _refuse_others(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise UnusableFile(f"{path} is another program's database; name a file of the gateway's own")
    if version > VERSION:
        raise UnusableFile(f"{path} was written by a newer gateway (schema {version}, this one knows {VERSION})")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether a table that is made when it is first needed was made."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def _read_rows(path: Path, statements: Mapping[str, str]) -> dict[str, list[tuple[object, ...]]]:
    """What is still readable of each table, by the statement that writes it."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        for select, insert in statements.items():
            found[insert] = connection.execute(select).fetchall()
    return found


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
