"""Answers that are lost and records that are away: a job is looked up, or held up, and never sent twice."""

from __future__ import annotations

import asyncio

import pytest

from gateway.policy.jobs.job import MOST_TRIES, State
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName
from tests.fakes.jobs import JobHouse, task
from tests.fakes.upstream import error, plain, timed_out, unreachable

DAY = 86_400.0


async def test_what_never_left_is_tried_again(house: JobHouse) -> None:
    house.exchange.upstream.script.append(unreachable())
    job = await house.ended(await house.write())
    assert job.state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"] * 2


@pytest.mark.parametrize(
    ("row", "state", "why"),
    [
        (task(title="x"), State.COMPLETED, "the row has every field that was sent"),
        (task(title="y"), State.UNKNOWN, "the row differs in title"),
        (error(404, 10), State.UNKNOWN, "no row was read"),
        (plain(b"odd", "text/plain"), State.UNKNOWN, "no row was read"),
    ],
)
async def test_a_lost_answer_is_looked_up_and_never_sent_again(
    house: JobHouse, row: Response, state: State, why: str
) -> None:
    house.exchange.upstream.script += [timed_out(), row]
    job = await house.ended(await house.write())
    assert (job.state, why in (job.why or "")) == (state, True)
    assert house.exchange.asked == ["PUT /task/5/", "GET /task/5/"]


@pytest.mark.parametrize(("answer", "state"), [(error(404, 10), State.COMPLETED), (task(), State.UNKNOWN)])
async def test_a_delete_was_done_if_the_row_is_gone(house: JobHouse, answer: Response, state: State) -> None:
    house.exchange.upstream.script += [timed_out(), answer]
    job = await house.ended(await house.write("DELETE", body=b""))
    assert job.state is state
    assert house.exchange.asked == ["DELETE /task/5/", "GET /task/5/"]


@pytest.mark.parametrize(("method", "target"), [("POST", "/time/"), ("PUT", "/timer/5/"), ("PUT", "/odd/5/")])
async def test_what_cannot_be_looked_up_is_left_to_the_caller(house: JobHouse, method: str, target: str) -> None:
    house.exchange.upstream.script.append(timed_out())
    job = await house.ended(await house.write(method, target))
    assert (job.state, "cannot be looked up" in (job.why or "")) == (State.UNKNOWN, True)
    assert house.exchange.asked == [f"{method} {target}"]


async def test_a_look_up_that_is_refused_comes_back(house: JobHouse) -> None:
    house.exchange.upstream.script += [timed_out(), error(400, 11), task(title="x")]
    job_id = await house.write()
    await asyncio.sleep(30)
    assert await house.state(job_id) is State.CHECKING
    house.exchange.gate.reopen(AccountName("acme"))
    assert (await house.ended(job_id)).state is State.COMPLETED


async def test_a_read_whose_answer_is_lost_is_tried_again_but_not_for_ever(house: JobHouse) -> None:
    house.exchange.upstream.script += [timed_out()] * MOST_TRIES
    job = await house.ended(await house.write("GET", "/task/5/", b""))
    assert (job.state, job.status) == (State.FAILED, 504)
    assert house.exchange.asked == ["GET /task/5/"] * MOST_TRIES


async def test_records_that_are_away_hold_jobs_up_and_lose_none(house: JobHouse) -> None:
    job_id = await house.write()
    house.records.away = True
    await asyncio.sleep(100)
    house.records.away = False
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"]
    assert [event for event, _ in house.told][:2] == ["jobs_away", "jobs_back"]


async def test_an_end_is_written_when_the_records_are_back(house: JobHouse) -> None:
    job_id = await house.write()
    await house.until_sent(1)
    house.records.away = True
    await asyncio.sleep(60)
    house.records.away = False
    job = await house.ended(job_id)
    assert (job.state, job.status) == (State.COMPLETED, 202)
    assert house.exchange.asked == ["PUT /task/5/"]


@pytest.mark.parametrize("swaps", range(1, 6))
async def test_swaps_that_were_made_and_called_away_change_nothing(house: JobHouse, swaps: int) -> None:
    job_id = await house.write()
    house.records.half_done = swaps
    job = await house.ended(job_id)
    assert job.state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"]


async def test_nothing_leaves_while_it_cannot_be_said_that_it_may_have_left(house: JobHouse) -> None:
    house.records.latency = 100.0
    write = house.exchange.later(house.write())
    await asyncio.sleep(1000)
    assert house.exchange.asked == []
    house.records.latency = 0.0
    assert (await house.ended(await write)).state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"]


async def test_a_mistake_of_the_gateways_own_is_no_endless_loop(
    house: JobHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(request: Request) -> Response:
        raise RuntimeError(request.target)

    monkeypatch.setattr(house.exchange.upstream, "_served", breaks)
    read, write = await house.write("GET", "/task/5/", b""), await house.write("POST", "/time/")
    assert (await house.ended(read)).state is State.FAILED
    assert (await house.ended(write)).state is State.UNKNOWN
    assert house.exchange.asked.count("GET /task/5/") == MOST_TRIES
    assert house.exchange.asked.count("POST /time/") == 1
    assert len(house.deaths) == MOST_TRIES + 1, "each is told"
    house.deaths.clear()
    house.exchange.deaths.clear()
