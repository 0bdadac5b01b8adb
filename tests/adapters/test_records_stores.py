"""What every `Records` keeps to, whatever keeps them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryRecords
from gateway.adapters.redis import RedisRecords
from gateway.adapters.sqlite import SqliteFile, SqliteRecords
from gateway.policy.records import Edit
from gateway.ports import Records
from tests.adapters.stores import Events


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def records(request: pytest.FixtureRequest, tmp_path: Path, events: Events) -> AsyncIterator[Records]:
    if request.param == "memory":
        yield MemoryRecords()
    elif request.param == "redis":
        shared = RedisRecords(request.getfixturevalue("redis_url"))
        yield shared
        await shared.aclose()
    else:
        file = SqliteFile(tmp_path / "gateway.db", on_error=events)
        await file.open()
        yield SqliteRecords(file)
        await file.aclose()
    assert events.heard == []


async def put(records: Records, kind: str, **texts: str) -> None:
    assert await records.swap([Edit(kind, key, None, text) for key, text in texts.items()])


async def test_nothing_is_known_at_first(records: Records) -> None:
    assert list(await records.read("job", ["a", "b"])) == [None, None]
    assert list(await records.scan("job", most=10)) == []


async def test_writes_replaces_and_deletes(records: Records) -> None:
    await put(records, "job", a='{"naïve": "ü\\u0000"}')
    assert list(await records.read("job", ["b", "a"])) == [None, '{"naïve": "ü\\u0000"}']
    assert await records.swap([Edit("job", "a", '{"naïve": "ü\\u0000"}', "")])
    assert list(await records.read("job", ["a"])) == [""]
    assert await records.swap([Edit("job", "a", "", None)])
    assert list(await records.read("job", ["a"])) == [None]
    assert list(await records.scan("job", most=10)) == []


async def test_kinds_are_apart(records: Records) -> None:
    await put(records, "job", a="1")
    await put(records, "seen:acme:client", a="2")
    assert list(await records.read("job", ["a"])) == ["1"]
    assert list(await records.scan("seen:acme:client", most=10)) == [("a", "2")]


async def test_edits_of_several_kinds_are_made_together_or_not_at_all(records: Records) -> None:
    await put(records, "job", a="1")
    assert not await records.swap([Edit("job", "a", "0", "2"), Edit("delivery", "d", None, "1")])
    assert not await records.swap([Edit("delivery", "d", None, "1"), Edit("job", "a", None, "2")])
    assert list(await records.scan("delivery", most=10)) == []
    assert await records.swap([Edit("job", "a", "1", None), Edit("delivery", "d", None, "1")])
    assert list(await records.read("job", ["a"])) + list(await records.read("delivery", ["d"])) == [None, "1"]


async def test_an_edit_can_say_what_must_not_have_changed(records: Records) -> None:
    await put(records, "job", a="1")
    assert await records.swap([Edit("job", "a", "1", "1"), Edit("job", "z", None, None)])
    assert list(await records.scan("job", most=10)) == [("a", "1")]


async def test_scans_in_the_order_of_keys_and_goes_on_where_it_stopped(records: Records) -> None:
    keys = ["a", "b1", "b2", "B", "é", "10", "9", "a b", "a:c"]
    await put(records, "job", **{key: f"of {key}" for key in keys})
    found: list[tuple[str, str]] = []
    while some := await records.scan("job", after=found[-1][0] if found else "", most=2):
        found += some
    assert found == [(key, f"of {key}") for key in sorted(keys)]
    assert list(await records.scan("job", after="a", most=1)) == [("a b", "of a b")]


async def test_only_one_of_many_swaps_from_the_same_record_wins(records: Records) -> None:
    won = await asyncio.gather(*(records.swap([Edit("job", "a", None, str(number))]) for number in range(20)))
    assert sum(won) == 1
    assert list(await records.read("job", ["a"])) == [str(won.index(True))]


async def test_its_time_is_epoch_seconds(records: Records) -> None:
    assert abs(await records.now() - time.time()) < 10
