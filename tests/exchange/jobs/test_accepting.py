"""What callers can do with jobs: have them accepted, find, list and cancel them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest

from gateway.exchange.jobs.accepting import PAGE
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs.job import State
from gateway.policy.messages import Response
from tests.fakes.exchange import TOOL, Exchange, caller
from tests.fakes.jobs import OTHER, JobHouse
from tests.fakes.upstream import XML


@pytest.fixture
async def house() -> AsyncIterator[JobHouse]:
    async with Exchange(limit=1) as exchange, JobHouse(exchange, most=250) as made:
        yield made


async def accepted(house: JobHouse, **fields: str) -> Response | None:
    return await house.replicas[0].jobs.accept(*house.exchange.asking("PUT", "/task/5/", b"{}", TOOL, **fields))


async def refused(house: JobHouse, **fields: str) -> Fault:
    with pytest.raises(Fault) as caught:
        await accepted(house, prefer="respond-async", **fields)
    return caught.value


async def test_a_job_is_durable_before_it_is_accepted(house: JobHouse) -> None:
    house.records.away = True
    assert (await refused(house)).kind is Kind.RECORDS_UNAVAILABLE
    house.records.away = False
    job_id = await house.write()
    assert [job.id for job in await house.open()] == [job_id]
    assert await house.state(job_id) is State.WAITING


async def test_who_does_not_prefer_it_is_answered_now(house: JobHouse) -> None:
    assert await accepted(house) is None
    assert await accepted(house, prefer="wait=5") is None


async def test_who_brought_a_credential_along_is_answered_now(house: JobHouse) -> None:
    own = caller("own", token="mine", lent=False)
    asking = house.exchange.asking("PUT", "/task/5/", b"{}", own, prefer="respond-async")
    assert await house.replicas[0].jobs.accept(*asking) is None
    assert await house.open() == []


async def test_no_secret_is_stored(house: JobHouse) -> None:
    await house.write(authorization="Bearer hunter2", x_api_key="hunter2", cookie="hunter2")
    kept = [record for kind in ("job.open", "job.request") for _, record in await house.records.scan(kind, most=9)]
    assert len(kept) == 2
    assert not any("hunter2" in record or (TOOL.authorization or "?") in record for record in kept)


async def test_the_answer_says_what_and_where_in_the_callers_format(house: JobHouse) -> None:
    answer = await accepted(house, prefer="respond-async", accept=XML)
    assert answer is not None
    told = ET.XML(answer.body)
    assert (told.tag, told.findtext("state"), told.findtext("target")) == ("job", "waiting", "/task/5/")
    assert told.findtext("location") == answer.headers.get("location")
    answer = await accepted(house, prefer="respond-async", accept="image/png")
    assert answer is not None
    assert json.loads(answer.body)["job"]["location"] == answer.headers.get("location")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://tool.internal/done/5", None),
        ("https://tool.internal/other", Kind.NOT_ALLOWED),
        ("https://tool.internal@elsewhere/done", Kind.MALFORMED),
        ("nowhere", Kind.MALFORMED),
    ],
)
async def test_a_callback_goes_where_the_configuration_allows(house: JobHouse, url: str, kind: Kind | None) -> None:
    if kind is None:
        assert await accepted(house, prefer="respond-async", callback_url=url) is not None
    else:
        assert (await refused(house, callback_url=url)).kind is kind
        assert await house.open() == []


async def test_an_app_without_callbacks_is_told_so(house: JobHouse) -> None:
    with pytest.raises(Fault, match="configured callbacks: none"):
        await house.write(by=OTHER, callback_url="https://tool.internal/done")


async def test_other_apps_see_nothing_and_cancel_nothing(house: JobHouse) -> None:
    job_id = await house.write()
    for asking in (house.replicas[0].jobs.tell, house.replicas[0].jobs.cancel):
        with pytest.raises(Fault) as caught:
            await asking(OTHER.app, job_id)
        assert caught.value.kind is Kind.NO_SUCH_JOB
    assert await house.replicas[0].jobs.page(OTHER.app, set(State)) == []


async def test_the_line_of_an_app_is_bounded_and_what_ends_makes_room(house: JobHouse) -> None:
    ids = [await house.write() for _ in range(250)]
    with pytest.raises(Fault) as caught:
        await house.write()
    assert (caught.value.kind, caught.value.status) == (Kind.TOO_MANY_JOBS, 429)
    assert caught.value.retry_after
    await house.write(by=OTHER)
    await house.replicas[0].jobs.cancel(TOOL.app, ids[7])
    await house.write()


async def test_what_waits_is_cancelled_and_never_sent(house: JobHouse) -> None:
    await house.exchange.get()
    in_line, behind = await house.write(), await house.write()
    await house.held(in_line)
    for job_id in (in_line, behind):
        await house.replicas[0].jobs.cancel(TOOL.app, job_id)
        assert (await house.job(job_id)).state is State.CANCELLED
    await asyncio.sleep(200)
    assert house.exchange.asked == ["GET /personcontact/"]
    assert house.exchange.gate.snapshot().leases_out == 0


async def test_what_waits_in_another_replica_is_cancelled_too(house: JobHouse) -> None:
    await house.exchange.get()
    job_id = await house.write()
    await house.held(job_id)
    await house.another().jobs.cancel(TOOL.app, job_id)
    await asyncio.sleep(200)
    assert house.exchange.asked == ["GET /personcontact/"]
    assert await house.state(job_id) is State.CANCELLED


async def test_what_may_have_been_sent_or_has_ended_cannot_be_cancelled(house: JobHouse) -> None:
    job_id = await house.write()
    await house.until_sent(1)
    for state in (State.RUNNING, State.COMPLETED):
        assert await house.state(job_id) is state
        with pytest.raises(Fault) as caught:
            await house.replicas[0].jobs.cancel(TOOL.app, job_id)
        assert (caught.value.kind, caught.value.status) == (Kind.JOB_UNDER_WAY, 409)
        await house.ended(job_id)


async def test_lists_are_newest_first_filtered_and_paged(house: JobHouse) -> None:
    jobs = house.replicas[0].jobs
    ids = [await house.write() for _ in range(PAGE + 50)]
    for job_id in ids[10:20]:
        await jobs.cancel(TOOL.app, job_id)
    first = await jobs.page(TOOL.app, set(State))
    assert [job.id for job in first] == ids[::-1][: PAGE + 1]
    rest = await jobs.page(TOOL.app, set(State), after=first[PAGE - 1].id)
    assert [job.id for job in rest] == ids[:50][::-1]
    assert [job.id for job in await jobs.page(TOOL.app, {State.CANCELLED})] == ids[10:20][::-1]


async def test_the_operator_sees_and_cancels_the_jobs_of_all(house: JobHouse) -> None:
    jobs = house.replicas[0].jobs
    assert await jobs.apps() == set()
    mine, others = await house.write(), await house.write(by=OTHER)
    assert await jobs.apps() == {TOOL.app, OTHER.app}
    assert {job.id for job in await jobs.everyone(None, set(State))} == {mine, others}
    assert [job.id for job in await jobs.everyone(OTHER.app, {State.WAITING, State.RUNNING})] == [others]
    await house.ended(mine)
    second = await house.write(by=OTHER)
    assert (await jobs.cancel_any(second)).app == OTHER.app
    for job_id, kind in ((second, Kind.JOB_UNDER_WAY), ("nothing", Kind.NO_SUCH_JOB)):
        with pytest.raises(Fault) as caught:
            await jobs.cancel_any(job_id)
        assert caught.value.kind is kind


async def test_methods_and_formats_run_as_they_are_meant(house: JobHouse) -> None:
    job_id = await house.write(accept=XML, accept_encoding="gzip", x_odd="kept")
    await house.ended(job_id)
    sent = house.exchange.upstream.seen[0]
    assert sent.headers.get("x-odd") == "kept"
    result = (await house.replicas[0].jobs.tell(TOOL.app, job_id)).result
    assert result is not None
    assert json.loads(result.body)["status"] == "OK"
