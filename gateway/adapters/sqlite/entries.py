"""Entries in SQLite: written behind the caller's back, read back through what is still to be written.

`_pending` holds what the file does not show yet, `_owed` the drops that it has not confirmed. Both stay until a batch
has reached the disk, and both are looked at before an entry from the file is believed. So a file that cannot be written
costs hits, never a stale answer after a write.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from typing_extensions import override

from gateway.adapters import CacheFace
from gateway.adapters.sqlite.file import SqliteFile
from gateway.adapters.sqlite.opening import FAILURES, OnError
from gateway.adapters.sqlite.rows import Batch, Dropped, Rows, sweep
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import CacheKey

LARGEST_PART = 4
"""An entry heavier than the bound divided by this is not kept: it would cost too many others."""
BATCH_BYTES = 1 << 20
"""How much one batch writes, so that the ledger never waits long for its turn."""
PENDING_BYTES = 16 << 20
"""Beyond this much that is not written yet, the oldest is given up: removed from the file instead of written to it."""
REMOVALS = 10_000
"""Beyond this many keys to remove that are not removed yet, everything is dropped."""
OWED = 1000
"""Beyond this many drops that are not written yet, everything is dropped."""
SWEEP_EVERY = 3600.0
RETRY_AFTER = 1.0


class SqliteEntries(CacheFace):
    """An `EntryStore` of at most `max_bytes` on the disk. Belongs to one event loop; `clock` tells epoch seconds.

    `refused` counts values whose tag was wrong (each is a miss and is removed), `failures` what the file did not do.
    """

    def __init__(
        self, file: SqliteFile, *, max_bytes: int, seal_key: bytes, clock: Callable[[], float], on_error: OnError
    ) -> None:
        super().__init__()
        self.refused = 0
        self.failures = 0
        self._file = file
        self._max_bytes = max_bytes
        self._rows = Rows(max_bytes=max_bytes, seal_key=seal_key)
        self._clock = clock
        self._on_error = on_error
        self._pending: dict[CacheKey, Entry | None] = {}
        self._pending_bytes = 0
        self._removals = 0
        self._owed: list[Selector] = []
        self._drops = 0
        self._latest: asyncio.Future[Dropped] | None = None
        self._retry_at = 0.0
        self._sweep_at = 0.0

    async def open(self) -> None:
        """Forget what is past use. The file is opened by whoever made it."""
        await self._written()

    async def aclose(self) -> None:
        """Write what is pending, unless that fails. The file is closed by whoever opened it."""
        failures = self.failures
        while (self._pending or self._owed) and self.failures == failures:
            await self._written()

    @override
    async def load(self, key: CacheKey) -> Entry | None:
        self._kick()
        if key in self._pending:
            return self._pending[key]
        drops = self._drops
        try:
            found = await self._file.read(partial(self._rows.find, key))
        except FAILURES as error:
            self._failed("entries_unreadable", error)
            return None
        if key in self._pending:
            return self._pending[key]
        if isinstance(found, bytes):
            self._refuse(key)
            return None
        # What a drop may have covered while it was being read must not come back to life in the caller's hands.
        if found is None or drops != self._drops or any(selector.covers(found) for selector in self._owed):
            return None
        return found

    @override
    async def store(self, entry: Entry) -> None:
        """Return at once; the entry is on the disk soon after."""
        self._put(entry.key, entry if entry.weight <= self._max_bytes // LARGEST_PART else None)
        while self._pending_bytes > PENDING_BYTES:
            self._put(next(key for key, waiting in self._pending.items() if waiting is not None), None)
        self._kick()

    @override
    async def drop(self, selector: Selector) -> int:
        """On the disk when it returns. Where it cannot be, covered entries are misses, and it is tried again."""
        covered = {key for key, entry in self._pending.items() if entry is not None and selector.covers(entry)}
        for key in covered:
            self._put(key, None)
        self._drops += 1
        self._owed = [*self._owed, selector] if len(self._owed) < OWED else [Selector()]
        dropped = await self._written()
        return len(covered.union(dropped[-1] if dropped else ()))

    def _put(self, key: CacheKey, entry: Entry | None) -> None:
        self._forget(key)
        self._pending[key] = entry
        if entry is not None:
            self._pending_bytes += entry.weight
            return
        self._removals += 1
        if self._removals > REMOVALS:  # a file that cannot be written for days
            self._owed = [Selector()]
            self._pending = {key: waiting for key, waiting in self._pending.items() if waiting is not None}
            self._removals = 0

    def _forget(self, key: CacheKey) -> None:
        if key not in self._pending:
            return
        entry = self._pending.pop(key)
        if entry is None:
            self._removals -= 1
        else:
            self._pending_bytes -= entry.weight

    def _kick(self) -> None:
        """Write what waits, unless a batch is under way (the next one is then larger) or has just failed."""
        idle = self._latest is None or self._latest.done()
        if (self._pending or self._owed) and idle and asyncio.get_running_loop().time() >= self._retry_at:
            self._latest = self._write()

    def _write(self) -> asyncio.Future[Dropped]:
        batch = Batch(tuple(self._owed), dict(self._next()))
        future = self._file.write(partial(self._apply, batch))
        future.add_done_callback(partial(self._settle, batch))
        return future

    def _next(self) -> Iterator[tuple[CacheKey, Entry | None]]:
        room = min(BATCH_BYTES, self._max_bytes // LARGEST_PART)
        for key, entry in self._pending.items():
            yield key, entry
            room -= entry.weight if entry is not None else 0
            if room <= 0:
                return

    async def _written(self) -> Dropped:
        """Write now and wait. The batch is finished also if the caller is cancelled; `_settle` tells of a failure."""
        self._latest = self._write()
        try:
            return await asyncio.shield(self._latest)
        except FAILURES:
            return []

    def _apply(self, batch: Batch, connection: sqlite3.Connection) -> Dropped:
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            sweep(now, connection)
        return self._rows.apply(batch, connection)

    def _settle(self, batch: Batch, future: asyncio.Future[Dropped]) -> None:
        error = future.exception()
        if error is not None:
            self._retry_at = asyncio.get_running_loop().time() + RETRY_AFTER
            self._failed("entries_unwritten", error)
            return
        self._owed = [selector for selector in self._owed if not any(selector is done for done in batch.selectors)]
        for key, entry in batch.writes.items():
            if key in self._pending and self._pending[key] is entry:
                self._forget(key)
        self._kick()

    def _failed(self, event: str, error: BaseException) -> None:
        self.failures += 1
        self._on_error(event, f"{type(error).__name__}: {error}")

    def _refuse(self, key: CacheKey) -> None:
        self.refused += 1
        self._on_error("entry_refused", "a stored entry was not sealed by this gateway; it is removed")
        self._put(key, None)
        self._kick()
