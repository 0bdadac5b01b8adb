"""The end of a job, and the callback that tells of it in the same swap."""

from __future__ import annotations

import pytest

from gateway.policy.faults import Fault
from gateway.policy.jobs.job import State
from gateway.policy.messages import Response
from tests.fakes.exchange import TOOL
from tests.fakes.jobs import CALLBACKS, JobHouse
from tests.fakes.outbox import KIND
from tests.fakes.upstream import error, timed_out

SCRIPTS: dict[State, list[Response | Fault]] = {State.FAILED: [error(400, 17)], State.UNKNOWN: [timed_out()]}
URL = "https://tool.internal/done"


@pytest.mark.parametrize("end", [State.COMPLETED, State.FAILED, State.UNKNOWN, State.CANCELLED])
async def test_whatever_the_end_it_is_called_back_once(house: JobHouse, end: State) -> None:
    house.exchange.upstream.script += SCRIPTS.get(end, [])
    job_id = await house.write("POST", "/time/", callback_url=URL)
    if end is State.CANCELLED:
        await house.replicas[0].jobs.cancel(TOOL.app, job_id)
    await house.ended(job_id)
    (told,) = await house.callbacks()
    assert (told["type"], told["account"]) == (f"intervals.job.{end}", "acme")
    ((key, _),) = await house.records.scan(KIND, most=9)
    assert key.endswith(f" tool {URL}")
    assert (told["data"]["job"], told["data"]["state"]) == (job_id, end.value)
    assert told["data"]["location"] == f"/-/jobs/{job_id}"
    assert house.outbox.woken == 1
    assert [(event, it["state"]) for event, it in house.told] == [("job_ended", end.value)]
    assert house.replicas[0].ends.kept == {end: 1}


async def test_who_asked_for_no_callback_gets_none(house: JobHouse) -> None:
    await house.ended(await house.write())
    assert await house.callbacks() == []


async def test_who_subscribes_is_told_too(house: JobHouse) -> None:
    house.outbox.subscriptions.append("intervals.job.*")
    job_id = await house.write(callback_url=URL)
    await house.ended(job_id)
    assert [told["id"] for told in await house.callbacks()] == [f"job-{job_id}"] * 2


async def test_what_the_configuration_has_come_to_forbid_is_not_called(
    house: JobHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await house.write(callback_url=URL)
    monkeypatch.setitem(CALLBACKS, TOOL.app, ("https://tool.internal/elsewhere",))
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert await house.callbacks() == []


async def test_an_end_that_was_made_and_called_away_is_called_back_once(house: JobHouse) -> None:
    job_id = await house.write(callback_url=URL)
    await house.until_sent(1)
    house.records.half_done = 1
    await house.ended(job_id)
    assert len(await house.callbacks()) == 1
