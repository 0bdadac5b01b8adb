"""Jobs are run once, in order, when the quota allows; also by several replicas, and when one of them dies."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.exchange.jobs.runner import ALIVE
from gateway.policy.faults import Fault
from gateway.policy.jobs.job import KEPT, State
from gateway.policy.jobs.turns import AT_ONCE
from gateway.policy.names import AccountName
from tests.fakes.exchange import TOOL, Exchange
from tests.fakes.jobs import OTHER, JobHouse, task
from tests.fakes.upstream import JSON, error

DAY = 86_400.0


async def test_a_job_runs_once_and_its_answer_is_the_result(house: JobHouse) -> None:
    job_id = await house.write()
    job = await house.ended(job_id)
    assert (job.state, job.status, job.why) == (State.COMPLETED, 202, None)
    assert house.exchange.asked == ["PUT /task/5/"]
    assert house.exchange.upstream.seen[0].body == b'{"title":"x"}'
    result = (await house.replicas[0].jobs.tell(job.app, job_id)).result
    assert result is not None
    assert b'"task"' in result.body
    assert house.exchange.watch.requests == [("acme", "tool", "task", "PUT")]
    assert [event for event, _ in house.told] == ["job_ended"]


async def test_an_error_of_the_upstream_is_a_result(house: JobHouse) -> None:
    house.exchange.upstream.script.append(error(400, 17))
    job = await house.ended(await house.write())
    assert (job.state, job.status) == (State.FAILED, 400)
    assert len(house.exchange.asked) == 1


async def test_a_body_that_cannot_be_read_fails_and_costs_nothing(house: JobHouse) -> None:
    job = await house.ended(await house.write(body=b"{"))
    assert (job.state, job.status) == (State.FAILED, 400)
    assert "cannot be read" in (job.why or "")
    assert house.exchange.asked == []


async def test_one_object_keeps_its_order_and_others_run_beside_it(house: JobHouse) -> None:
    for number in range(3):
        await house.write(target="/task/5" if number % 2 else "/task/5/", body=b'{"title":"%d"}' % number)
    await house.write(target="/task/6/")
    await house.write(by=OTHER)
    began = house.exchange.clock()
    await house.settled()
    bodies = [it.body for it in house.exchange.upstream.seen if it.target.startswith("/task/5")]
    assert [body for body in bodies if body != b'{"title":"x"}'] == [b'{"title":"%d"}' % number for number in range(3)]
    assert set(house.exchange.asked[:3]) == {"PUT /task/5/", "PUT /task/6/"}
    assert house.exchange.clock() - began < 6


async def test_posts_to_one_collection_run_in_the_order_they_were_accepted(house: JobHouse) -> None:
    for number in range(5):
        await house.write("POST", "/time/", b'{"time":"%d"}' % number)
    await house.settled()
    assert [it.body for it in house.exchange.upstream.seen] == [b'{"time":"%d"}' % number for number in range(5)]


async def test_few_stand_in_line_at_once(house: JobHouse) -> None:
    house.exchange.upstream.latency = 100.0
    for number in range(40):
        await house.write(
            target=f"/task/{number}/", by=OTHER if number % 2 else house.callers[next(iter(house.callers))]
        )
    await asyncio.sleep(10)
    assert len(house.exchange.asked) == AT_ONCE
    await house.settled()
    assert len(set(house.exchange.asked)) == len(house.exchange.asked) == 40


async def test_jobs_are_counted_also_while_there_is_no_room_for_more(house: JobHouse) -> None:
    house.exchange.upstream.latency = 100.0
    for number in range(AT_ONCE):
        await house.write(target=f"/task/{number}/", by=OTHER if number % 2 else TOOL)
    await house.until_sent(AT_ONCE)
    for number in range(7):
        await house.write(target=f"/task/{number}/")
    await asyncio.sleep(4)
    counts = house.replicas[0].runner.counts
    assert (counts["waiting"], counts["running"]) == (7, AT_ONCE)


async def test_a_spent_day_turns_and_the_job_runs() -> None:
    async with Exchange(per_day=1) as exchange, JobHouse(exchange) as house:
        await exchange.get()
        job_id = await house.write()
        await asyncio.sleep(60)
        job = await house.job(job_id)
        assert (job.state, "spent" in (job.why or "")) == (State.WAITING, True)
        assert job.back == pytest.approx(exchange.clock() + DAY / 2 - 61, abs=2), "until 00:00 GMT, and it is noon"
        assert (await house.ended(job_id, step=60.0)).state is State.COMPLETED
        assert exchange.clock() % DAY < 400, "soon after midnight"
        assert exchange.asked == ["GET /personcontact/", "PUT /task/5/"]


async def test_a_day_that_the_upstream_calls_spent_is_a_certain_refusal(house: JobHouse) -> None:
    house.exchange.upstream.script.append(error(400, 11))
    job_id = await house.write()
    await asyncio.sleep(30)
    assert (await house.state(job_id)) is State.WAITING
    house.exchange.gate.reopen(AccountName("acme"))
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"] * 2


async def test_another_replica_takes_over_what_the_dead_one_held_and_sends_only_what_was_not_sent() -> None:
    async with Exchange(limit=1) as exchange, JobHouse(exchange) as house:
        exchange.upstream.latency = 2.0
        sent = await house.write(body=b'{"title":"x"}')
        await house.until_sent(1)
        in_line = await house.write(target="/task/6/")
        await house.held(in_line)
        assert (await house.state(sent), await house.state(in_line)) == (State.RUNNING, State.WAITING)
        died = exchange.clock()
        await house.replicas[0].die()
        house.another()
        exchange.upstream.script.append(task(title="x"))
        assert (await house.ended(in_line)).state is State.COMPLETED
        assert (await house.ended(sent)).state is State.COMPLETED
        assert exchange.clock() - died >= ALIVE
        assert sorted(exchange.asked) == ["GET /task/5/", "PUT /task/5/", "PUT /task/6/"]


async def test_several_replicas_run_each_job_once(house: JobHouse) -> None:
    for _ in range(3):
        house.another()
    for number in range(60):
        await house.write(target=f"/task/{number % 20}/", body=b'{"title":"%d"}' % number)
    await house.settled()
    assert sorted(it.body for it in house.exchange.upstream.seen) == sorted(
        b'{"title":"%d"}' % number for number in range(60)
    )
    for number in range(20):
        bodies = [it.body for it in house.exchange.upstream.seen if it.target == f"/task/{number}/"]
        assert bodies == [b'{"title":"%d"}' % (number + step) for step in (0, 20, 40)]
    assert [it.runner._saying for it in house.replicas] == [None] * 4, "who holds nothing says nothing"


async def test_a_stop_while_a_job_is_taken_waits_for_nothing(house: JobHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = asyncio.Event()

    async def never(*_: object) -> bool:
        reached.set()
        await asyncio.Event().wait()
        return False

    one = house.replicas[0]
    monkeypatch.setattr(one.store, "change", never)
    await house.write()
    await reached.wait()
    one.tasks[0].cancel()
    await asyncio.wait(one.tasks[:1])
    assert one.runner._saying is None


async def test_a_replica_that_was_only_slow_sends_nothing_of_what_others_took_over() -> None:
    async with Exchange(limit=1) as exchange, JobHouse(exchange) as house:
        await exchange.get()
        job_id = await house.write()
        job = await house.held(job_id)
        store = house.replicas[0].store
        assert await store.hold("she", before=None, until=exchange.clock() + 1000)
        assert await store.change(job, replace(job, holder="she"))
        await asyncio.sleep(200)
        assert exchange.asked == ["GET /personcontact/"], "its turn has come, and it was not sent"
        assert (await house.job(job_id)).holder == "she"


async def test_who_left_the_configuration_sends_nothing(house: JobHouse) -> None:
    house.callers.clear()
    job = await house.ended(await house.write())
    assert (job.state, job.why) == (State.FAILED, "app tool is no longer in the configuration")
    assert house.exchange.asked == []


async def test_old_jobs_are_swept_and_the_rest_is_counted(house: JobHouse) -> None:
    old = await house.write()
    await house.ended(old)
    house.replicas[0].tasks[0].cancel()  # nobody looks for jobs to run meanwhile
    await asyncio.sleep(KEPT - 3600)
    young = await house.write()
    await house.replicas[0].jobs.cancel(TOOL.app, young)
    await asyncio.sleep(3 * 3600)
    assert house.replicas[0].runner.counts == dict.fromkeys(State, 0) | {"cancelled": 1}
    assert await house.state(young) is State.CANCELLED
    with pytest.raises(Fault, match="has no job"):
        await house.job(old)
    assert await house.records.scan("job.result", most=10) == []
    await asyncio.sleep(KEPT)
    assert house.replicas[0].runner.counts == dict.fromkeys(State, 0)
    assert await house.replicas[0].jobs.apps() == set(), "nothing is known of who has no jobs any more"


async def test_a_job_whose_key_is_in_use_waits_for_that_answer_and_holds_up_no_other(house: JobHouse) -> None:
    house.exchange.upstream.latency = 20.0
    asking = house.exchange.ask("PUT", "/task/5/", b'{"title":"x"}', content_type=JSON, idempotency_key="k")
    first = asyncio.create_task(asking)
    await asyncio.sleep(1)
    same = await house.write(idempotency_key="k")
    await asyncio.sleep(1)
    house.exchange.upstream.latency = 0.0
    other = await house.ended(await house.write(target="/task/6/"))
    assert (await first).status == 202
    assert (await house.ended(same)).state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/", "PUT /task/6/"]
    assert other.ended_at is not None
    assert other.ended_at < other.asked.at + 5
