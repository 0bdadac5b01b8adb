"""A file that cannot be written for long: what is to be removed from it is bounded too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite import entries as module
from gateway.policy.names import CacheKey
from tests.adapters.conftest import sqlite_entries
from tests.adapters.stores import Events, entry


async def test_too_many_keys_to_remove_become_a_drop_of_everything(
    tmp_path: Path, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_BYTES", 10_000)
    monkeypatch.setattr(module, "REMOVALS", 5)
    path = tmp_path / "gateway.db"
    async with sqlite_entries(path, events) as entries:
        await entries.store(entry("k3"))
        await entries.aclose()
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            for number in range(40):
                await entries.store(entry(f"k{number}", body=b"x" * 3000))
            assert len(entries._pending) < 10
            assert await entries.load(CacheKey("k39")) is not None
        await entries.aclose()
        assert await entries.load(CacheKey("k3")) is None
        assert await entries.load(CacheKey("k39")) is not None
