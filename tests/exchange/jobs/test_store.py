"""Jobs in records: what is written together, and who sees what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.exchange.jobs.store import ENDED, OPEN, REQUEST, RESULT, STOCK, JobStore
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import job as rules
from gateway.policy.jobs import stock as job_stock
from gateway.policy.jobs.job import Job, State
from gateway.policy.jobs.result import Result
from gateway.policy.messages import Headers, Request
from gateway.policy.names import AppName
from gateway.policy.records import Edit
from gateway.ports import RecordsAway
from tests.fakes.records import FakeRecords
from tests.policy.jobs.making import job

TOOL = AppName("tool")
SENT = Request("PUT", "/task/5/", Headers([("Accept", "application/json")]), b"{}")
DONE = Result(202, Headers(), b"done", 1)


@pytest.fixture
def records() -> FakeRecords:
    return FakeRecords(lambda: 1000.0)


async def accept(store: JobStore, *, most: int = 100) -> Job:
    return await store.accept(TOOL, SENT, most=most, make=lambda place, _: job(place))


def ended(it: Job) -> Job:
    return rules.ended(it, State.COMPLETED, now=1000.0, why=None, status=202)


async def kinds(records: FakeRecords) -> dict[str, int]:
    return {kind: len(await records.scan(kind, most=100)) for kind in (OPEN, ENDED, REQUEST, RESULT, STOCK)}


async def test_a_job_is_kept_with_its_request_and_ends_with_its_result(records: FakeRecords) -> None:
    store = JobStore(records)
    made = await accept(store)
    assert await kinds(records) == {OPEN: 1, ENDED: 0, REQUEST: 1, RESULT: 0, STOCK: 1}
    assert await store.request(made) == SENT
    assert await store.end(made, ended(made), DONE)
    assert await kinds(records) == {OPEN: 0, ENDED: 1, REQUEST: 0, RESULT: 1, STOCK: 1}
    assert await store.find(TOOL, made.id) == ended(made)
    assert await store.result(made) == DONE
    assert (await store.current(made), await store.request(made)) == (None, None)
    await store.forget(ended(made))
    assert await kinds(records) == {OPEN: 0, ENDED: 0, REQUEST: 0, RESULT: 0, STOCK: 1}


async def test_a_line_is_forgotten_when_no_job_of_its_app_is_left(records: FakeRecords) -> None:
    store = JobStore(records)
    made = await accept(store)
    await store.tally({})
    assert await store.apps() == {TOOL}, "one is open"
    await store.end(made, ended(made), DONE)
    await store.tally({TOOL: 1})
    assert await store.apps() == {TOOL}, "one that has ended is kept"
    await store.tally({})
    assert await store.apps() == set()
    assert (await accept(store)).asked.place == 1


async def test_no_more_are_kept_of_an_app_than_so_many_until_some_are_forgotten(
    records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_stock, "MOST_KEPT", 3)
    store = JobStore(records)
    for _ in range(3):
        made = await accept(store)
        assert await store.end(made, replace(ended(made), state=State.CANCELLED), None), "it cost no request"
    with pytest.raises(Fault, match="3 jobs of app tool are kept") as refused:
        await accept(store)
    assert (refused.value.kind, refused.value.retry_after) == (Kind.TOO_MANY_JOBS, 3600.0)
    await store.tally({TOOL: 2})
    assert (await accept(store)).asked.place == 4
    with pytest.raises(Fault, match="are kept"):
        await accept(store)


async def test_what_is_kept_is_bounded_in_length_and_given_back(
    records: FakeRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = JobStore(records)
    made = await accept(store)
    (stock,) = await records.read(STOCK, [TOOL])
    monkeypatch.setattr(job_stock, "MOST_HELD", job_stock.read(stock).held + 10)
    with pytest.raises(Fault, match="too much for one more"):
        await accept(store)
    assert await store.end(made, ended(made), Result(200, Headers(), b"x" * 500, 1))
    kept = await store.result(made)
    assert (kept and kept.omitted, kept and kept.body) == (500, b"")
    await store.forget(ended(made))
    (stock,) = await records.read(STOCK, [TOOL])
    assert job_stock.read(stock).held == 0
    assert (await accept(store)).asked.place == 2


async def test_places_are_in_the_order_of_acceptance_also_between_replicas(records: FakeRecords) -> None:
    stores = [JobStore(records) for _ in range(4)]
    made = await asyncio.gather(*(accept(store) for store in stores for _ in range(5)))
    assert sorted(it.asked.place for it in made) == list(range(1, 21))


async def test_only_one_of_two_ends_is_written(records: FakeRecords) -> None:
    one, other = JobStore(records), JobStore(records)
    made = await accept(one)
    cancelled = rules.ended(made, State.CANCELLED, now=1000.0, why=None)
    done = await asyncio.gather(one.end(made, ended(made), DONE), other.end(made, cancelled, None))
    assert sorted(done) == [False, True]
    assert (await kinds(records))[ENDED] == 1


async def test_ends_of_one_app_at_one_time_all_count(records: FakeRecords) -> None:
    stores = [JobStore(records) for _ in range(5)]
    made = [await accept(stores[0], most=5) for _ in range(5)]
    with pytest.raises(Fault) as caught:
        await accept(stores[0], most=5)
    assert caught.value.kind is Kind.TOO_MANY_JOBS
    assert await asyncio.gather(*(store.end(it, ended(it), DONE) for store, it in zip(stores, made, strict=True)))
    for _ in range(5):
        await accept(stores[1], most=5)


async def test_what_is_not_as_told_is_not_changed(records: FakeRecords) -> None:
    store = JobStore(records)
    made = await accept(store)
    held = rules.taken(made, "me")
    assert await store.change(made, held)
    assert not await store.change(made, rules.taken(made, "she"))
    assert not await store.end(made, ended(made), DONE)
    assert await store.current(made) == held


async def test_what_is_written_with_an_end_is_written_with_it_or_not_at_all(records: FakeRecords) -> None:
    store = JobStore(records)
    made = await accept(store)
    tried = 0

    def never() -> Sequence[Edit]:
        nonlocal tried
        tried += 1
        return [Edit("delivery", "d", "not there", "x")]

    with pytest.raises(RecordsAway):
        await store.end(made, ended(made), DONE, never)
    assert tried > 1
    assert (await kinds(records))[OPEN] == 1
    assert await store.end(made, ended(made), DONE, lambda: [Edit("delivery", "d", None, "x")])
    assert await records.read("delivery", ["d"]) == ["x"]


async def test_lists_merge_the_open_and_the_ended_newest_first(records: FakeRecords) -> None:
    store = JobStore(records)

    for _ in range(6):
        made = await store.accept(TOOL, SENT, most=100, make=lambda place, _: _with_id(job(place)))
        if made.asked.place % 2:
            await store.end(made, ended(made), None)
    found = await store.listed(TOOL, set(State), after="", most=10)
    assert [it.asked.place for it in found] == [6, 5, 4, 3, 2, 1]
    assert [it.asked.place for it in await store.listed(TOOL, set(State), after="", most=3)] == [6, 5, 4]
    assert [it.asked.place for it in await store.listed(TOOL, set(State), after=found[2].id, most=2)] == [3, 2]
    assert [it.asked.place for it in await store.listed(TOOL, {State.COMPLETED}, after="", most=2)] == [5, 3]


def _with_id(it: Job) -> Job:
    return replace(it, id=f"{100 - it.asked.place:03d}")


async def test_who_is_alive_is_told_and_forgotten(records: FakeRecords) -> None:
    store = JobStore(records)
    assert await store.hold("me", before=None, until=5.0)
    assert not await store.hold("me", before=None, until=6.0)
    assert await store.hold("me", before=5.0, until=6.0)
    assert await store.holders() == {"me": 6.0}
    assert await store.hold("me", before=6.0, until=None)
    assert await store.holders() == {}


async def test_what_another_version_wrote_holds_nobody_up(records: FakeRecords) -> None:
    store = JobStore(records)
    made = await accept(store)
    for number, odd in enumerate(("", "[]", "{}", '{"id": "x", "app": "a", "account": "b", "state": "resting"}')):
        assert await records.swap([Edit(OPEN, f"tool/odd{number}", None, odd)])
    assert [it async for it in store.walk(OPEN)] == [made]
