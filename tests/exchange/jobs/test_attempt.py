"""One try at a job: for whom it is sent, and what the record says when it leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typing_extensions import override

from gateway.policy.caller import Caller
from gateway.policy.jobs.job import MOST_TRIES, State
from gateway.policy.messages import Request, Response
from tests.fakes.exchange import TOOL, Exchange, caller
from tests.fakes.jobs import JobHouse
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import XML, error, timed_out


class Spying(ServiceUpstream):
    """Looks at the job's record whenever a request arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.house: JobHouse | None = None
        self.seen: list[State] = []

    @override
    async def send(self, request: Request) -> Response:
        assert self.house is not None
        self.seen += [job.state for job in await self.house.open()]
        return await super().send(request)


@pytest.mark.parametrize(
    ("method", "target", "said"),
    [
        ("PUT", "/client/4501/", State.RUNNING),
        ("POST", "/odd/path/", State.RUNNING),
        ("GET", "/client/4501/", State.WAITING),
    ],
)
async def test_the_record_says_that_a_write_may_have_left_before_it_leaves(
    method: str, target: str, said: State
) -> None:
    service = Spying()
    async with Exchange(service=service) as exchange, JobHouse(exchange) as house:
        service.house = house
        house.callers[TOOL.app] = caller(token="acmeadmin01")
        await house.ended(await house.write(method, target, b"" if method == "GET" else b'{"name":"x"}'))
    assert service.seen == [said]


async def test_a_second_try_after_too_fast_is_the_same_job(house: JobHouse) -> None:
    house.exchange.upstream.script.append(error(400, 12))
    job = await house.ended(await house.write())
    assert job.state is State.COMPLETED
    assert house.exchange.asked == ["PUT /task/5/"] * 2


@pytest.mark.parametrize(
    ("becomes", "why"),
    [
        (caller(account="globex"), "belonged to account acme"),
        (caller(lent=False), "has no token"),
        (caller(allow=("GET *",)), "may not PUT task"),
    ],
)
async def test_a_job_is_sent_for_the_app_and_the_account_it_was_accepted_for(
    house: JobHouse, becomes: Caller, why: str
) -> None:
    house.callers[TOOL.app] = becomes
    job = await house.ended(await house.write())
    assert (job.state, why in (job.why or "")) == (State.FAILED, True)
    assert house.exchange.asked == []


async def test_it_stands_in_line_as_batch_with_a_patience_of_its_own(house: JobHouse) -> None:
    house.callers[TOOL.app] = caller(patience=0.0, priority="interactive")
    assert (await house.ended(await house.write())).state is State.COMPLETED


async def test_a_job_whose_gateways_die_again_and_again_is_given_up(house: JobHouse) -> None:
    job_id = await house.write("GET", "/task/5/", b"")
    store = house.replicas[0].store
    await house.replicas[0].die()
    job = await house.job(job_id)
    await store.change(job, replace(job, holder="dead", tries=MOST_TRIES - 1))
    house.another()
    ended = await house.ended(job_id)
    assert (ended.state, "again and again" in (ended.why or "")) == (State.FAILED, True)
    assert house.exchange.asked == []


async def test_a_write_in_xml_is_looked_up_too(house: JobHouse) -> None:
    house.exchange.upstream.script.append(timed_out())
    body = b"<personcontact><name>revision 1</name></personcontact>"
    job_id = await house.write("PUT", "/client/1/", body, content_type=XML, accept=XML)
    job = await house.ended(job_id)
    assert (job.state, job.status) == (State.COMPLETED, 200)
    assert [it.partition(" ")[0] for it in house.exchange.asked] == ["PUT", "GET"]


async def test_a_look_up_that_gets_no_word_is_given_up(house: JobHouse) -> None:
    house.exchange.upstream.script += [timed_out()] * 20
    job = await house.ended(await house.write("PUT", "/person/1/", b'{"name":"revision 1"}'))
    assert (job.state, "could not be looked up" in (job.why or "")) == (State.UNKNOWN, True)
    assert [it.partition(" ")[0] for it in house.exchange.asked] == ["PUT"] + ["GET"] * MOST_TRIES
