"""One batch is all or nothing, in its order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.adapters.sqlite.opening import connect_to_write
from gateway.adapters.sqlite.rows import Batch, Rows, sweep
from gateway.policy.caching.entry import Selector
from gateway.policy.names import CacheKey
from tests.adapters.stores import SECRET, Events, entry

K, OTHER = CacheKey("k"), CacheKey("other")


@pytest.fixture
def connection(tmp_path: Path, events: Events) -> Iterator[sqlite3.Connection]:
    with closing(connect_to_write(tmp_path / "gateway.db", lock_wait=0.1, on_error=events)) as opened:
        yield opened


@pytest.fixture
def rows() -> Rows:
    return Rows(max_bytes=1 << 20, seal_key=SECRET)


def test_selectors_drop_before_the_writes_of_the_same_batch(rows: Rows, connection: sqlite3.Connection) -> None:
    rows.apply(Batch((), {K: entry("k", body=b"old"), OTHER: entry("other")}), connection)
    dropped = rows.apply(Batch((Selector(key=OTHER), Selector()), {K: entry("k", body=b"new")}), connection)
    assert dropped == [{"other"}, {"k"}]
    assert rows.find(K, connection) == entry("k", body=b"new")
    assert rows.find(OTHER, connection) is None


def test_none_removes(rows: Rows, connection: sqlite3.Connection) -> None:
    rows.apply(Batch((), {K: entry()}), connection)
    assert rows.apply(Batch((), {K: None}), connection) == []
    assert rows.find(K, connection) is None


def test_a_batch_that_fails_leaves_everything_as_it_was(rows: Rows, connection: sqlite3.Connection) -> None:
    rows.apply(Batch((), {K: entry()}), connection)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        rows.apply(Batch((Selector(),), {OTHER: entry("other", body=b"x" * 100_000)}), connection)
    assert not connection.in_transaction
    assert rows.find(K, connection) == entry()
    assert rows.find(OTHER, connection) is None


def test_bytes_sealed_by_another_are_told_from_nothing(rows: Rows, connection: sqlite3.Connection) -> None:
    Rows(max_bytes=1 << 20, seal_key=b"another").apply(Batch((), {K: entry()}), connection)
    assert isinstance(rows.find(K, connection), bytes)
    assert rows.find(OTHER, connection) is None


def test_a_bound_smaller_than_an_empty_file_keeps_nothing(connection: sqlite3.Connection) -> None:
    rows = Rows(max_bytes=1, seal_key=SECRET)
    rows.apply(Batch((), {K: entry()}), connection)
    assert rows.find(K, connection) is None


def test_sweeping_counts(rows: Rows, connection: sqlite3.Connection) -> None:
    rows.apply(Batch((), {K: entry()}), connection)
    assert sweep(0.0, connection) == 0
    assert sweep(float("inf"), connection) == 1
