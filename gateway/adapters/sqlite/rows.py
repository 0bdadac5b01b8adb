"""The entries' table: one batch of changes as one transaction, and its bound on the disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.adapters.sqlite.opening import transaction
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.caching.sealing import seal, unseal, useful_until
from gateway.policy.names import CacheKey

Dropped = list[set[str]]
"""The keys that each selector of a batch removed."""

_PER_ROUND = 32


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Changes in their order: first drop what the selectors cover, then write. None: remove what is under the key."""

    selectors: Sequence[Selector]
    writes: Mapping[CacheKey, Entry | None]


class Rows:
    """Reads and writes entries, sealed, on a connection given with each call; called in the file's threads only."""

    def __init__(self, *, max_bytes: int, seal_key: bytes) -> None:
        self._max_bytes = max_bytes
        self._seal_key = seal_key

    def apply(self, batch: Batch, connection: sqlite3.Connection) -> Dropped:
        """Bring a batch to the disk."""
        rows = [
            (entry.key, entry.account, entry.resource, useful_until(entry), seal(entry, self._seal_key))
            for entry in batch.writes.values()
            if entry is not None
        ]
        with transaction(connection):
            dropped = [_drop(selector, connection) for selector in batch.selectors]
            removed = [(key,) for key, entry in batch.writes.items() if entry is None]
            connection.executemany("DELETE FROM entries WHERE key = ?", removed)
            connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", rows)
            self._shrink(connection)
        return dropped

    def find(self, key: CacheKey, connection: sqlite3.Connection) -> Entry | bytes | None:
        """The entry under a key; the bytes themselves where they are not what this gateway sealed."""
        row = connection.execute("SELECT sealed FROM entries WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        sealed: bytes = row[0]
        return unseal(sealed, self._seal_key, key) or sealed

    def _shrink(self, connection: sqlite3.Connection) -> None:
        """Make room, first by what is of use for the shortest time; the pages of removed rows are used again."""
        while _used(connection) > self._max_bytes:
            oldest = "DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY useful_until LIMIT ?)"
            if not connection.execute(oldest, (_PER_ROUND,)).rowcount:
                return


def sweep(now: float, connection: sqlite3.Connection) -> int:
    """Forget what can answer nothing any more."""
    return connection.execute("DELETE FROM entries WHERE useful_until < ?", (now,)).rowcount


def _drop(selector: Selector, connection: sqlite3.Connection) -> set[str]:
    statement = ["SELECT key FROM entries WHERE 1"]
    wanted: list[str] = []
    if selector.account is not None:
        statement.append("AND account = ?")
        wanted.append(selector.account)
    if selector.resources is not None:
        statement.append("AND resource IN (SELECT value FROM json_each(?))")
        wanted.append(json.dumps(sorted(selector.resources)))
    if selector.key is not None:
        statement.append("AND key = ?")
        wanted.append(selector.key)
    covered = connection.execute(" ".join(statement), wanted).fetchall()
    connection.executemany("DELETE FROM entries WHERE key = ?", covered)
    return {key for (key,) in covered}


def _used(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
