"""`/-/jobs/` as an app sees it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gateway.exchange.jobs.accepting import PAGE, Jobs
from gateway.exchange.jobs.ends import JobEnds
from gateway.exchange.jobs.store import JobStore
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs.verdict import Ended, of_answer, of_fault
from gateway.policy.messages import Headers, Request, Response
from gateway.web.jobs import JobPages
from tests.fakes.exchange import ROWS, TOOL, caller, request, trace
from tests.fakes.outbox import FakeOutbox
from tests.fakes.records import FakeRecords
from tests.fakes.upstream import JSON, XML, answer, plain

OTHER = caller("other")


class Desk:
    """Jobs that nobody runs: the test says how they end."""

    def __init__(self) -> None:
        self.store = JobStore(FakeRecords(lambda: 1000.0))
        self.ends = JobEnds(self.store, outbox=FakeOutbox(), callbacks=lambda _: (), tell=lambda *_, **__: None)
        jobs = Jobs(
            self.store, self.ends, catalogue=ROWS, callbacks=lambda _: (), random=lambda: "f", wake=lambda _: None
        )
        self.jobs, self.pages = jobs, JobPages(jobs)

    async def accept(self) -> str:
        asking = request("PUT", "/task/5/", b"{}", prefer="respond-async", content_type=JSON)
        accepted = await self.jobs.accept(asking, TOOL, trace())
        assert accepted is not None
        return str(accepted.headers.get("location"))

    async def end(self, location: str, verdict: Ended) -> None:
        job = await self.store.find(TOOL.app, location.rpartition("/")[2])
        assert job is not None
        assert await self.ends(job, verdict)

    async def ask(self, method: str, target: str, accept: str = JSON, by: Caller = TOOL) -> Response:
        return await self.pages(Request(method, target, Headers([("Accept", accept)])), by)

    async def json(self, target: str) -> Any:
        return json.loads((await self.ask("GET", target)).body)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_job_that_waits_says_when_to_come_back(desk: Desk) -> None:
    told = await desk.ask("GET", await desk.accept())
    assert (told.status, told.headers.get("content-type")) == (200, JSON)
    assert (told.headers.get("cache-control"), told.headers.get("vary")) == ("no-store", "Accept")
    assert int(told.headers.get("retry-after") or 0) >= 1
    assert json.loads(told.body)["job"]["state"] == "waiting"


async def test_a_result_is_told_in_the_callers_format(desk: Desk) -> None:
    location = await desk.accept()
    await desk.end(location, of_answer(answer("task", "A & B", status=202), cost=1))
    told = await desk.ask("GET", location)
    assert told.headers.get("retry-after") is None
    result = json.loads(told.body)["job"]["result"]
    assert (result["status"], result["cost"], result["body"]["task"][0]["name"]) == (202, 1, "A & B")
    as_xml = ET.XML((await desk.ask("GET", f"{location}/", XML)).body)
    assert as_xml.findtext("result/status") == "202"
    assert as_xml.find("result/body/intervals") is not None
    assert as_xml.findtext("result/body/intervals/task/item/name") == "A & B"


@pytest.mark.parametrize(
    ("body", "media", "as_json", "as_xml"),
    [
        (b"plain <text>", "text/plain", "plain <text>", "plain <text>"),
        (b"\xff\x00", "image/png", {"base64": "/wA="}, None),
        (b"{broken", JSON, "{broken", "{broken"),
        (b'<?xml version="1.0"?>\n<intervals status="OK" code="200"/>', XML, {"status": "OK", "code": 200}, None),
        (b"", "text/plain", None, None),
    ],
)
async def test_whatever_the_body_is_both_formats_carry_it(
    desk: Desk, body: bytes, media: str, as_json: object, as_xml: str | None
) -> None:
    location = await desk.accept()
    await desk.end(location, of_answer(plain(body, media), cost=1))
    assert (await desk.json(location))["job"]["result"].get("body") == as_json
    result = ET.XML((await desk.ask("GET", location, XML)).body).find("result")
    assert result is not None
    if as_xml is not None:
        assert result.findtext("body") == as_xml


async def test_a_fault_is_told_as_a_problem(desk: Desk) -> None:
    location = await desk.accept()
    verdict = of_fault(Fault(Kind.MALFORMED, "the body cannot be read"), cost=0, safe=False)
    assert isinstance(verdict, Ended)
    await desk.end(location, verdict)
    told = (await desk.json(location))["job"]
    assert (told["state"], told["detail"]) == ("failed", "the body cannot be read")
    assert (told["result"]["status"], told["result"]["problem"]) == (400, "malformed")


async def test_what_waits_is_cancelled_and_what_has_ended_is_not(desk: Desk) -> None:
    location = await desk.accept()
    assert (await desk.ask("DELETE", location)).status == 204
    assert (await desk.json(location))["job"]["state"] == "cancelled"
    with pytest.raises(Fault) as caught:
        await desk.ask("DELETE", location)
    assert caught.value.status == 409


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
@pytest.mark.parametrize("target", ["theirs", "/-/jobs/nothing", "/-/jobs/a/b", "/-/jobs/%2e%2e"])
async def test_another_apps_job_and_none_are_the_same(desk: Desk, method: str, target: str) -> None:
    location = await desk.accept()
    with pytest.raises(Fault) as caught:
        await desk.ask(method, location if target == "theirs" else target, by=OTHER)
    assert caught.value.status == 404


async def test_lists_are_filtered_and_lead_on(desk: Desk) -> None:
    locations = [await desk.accept() for _ in range(PAGE + 1)]
    await desk.ask("DELETE", locations[0])
    page = (await desk.json("/-/jobs/"))["jobs"]
    assert [it["location"] for it in page["job"]] == locations[:0:-1]
    rest = (await desk.json(page["next"]))["jobs"]
    assert ([it["location"] for it in rest["job"]], "next" in rest) == (locations[:1], False)
    cancelled = (await desk.json("/-/jobs?state=cancelled&state=failed"))["jobs"]
    assert [it["location"] for it in cancelled["job"]] == locations[:1]
    assert ET.XML((await desk.ask("GET", "/-/jobs/?state=unknown", XML)).body).tag == "jobs"


@pytest.mark.parametrize("query", ["state=gone", "after=../x", "limit=5", "state="])
async def test_what_cannot_be_asked_is_refused_with_what_would_be_right(desk: Desk, query: str) -> None:
    with pytest.raises(Fault, match="state is one of waiting, running") as caught:
        await desk.ask("GET", f"/-/jobs/?{query}")
    assert caught.value.status == 400


@pytest.mark.parametrize(("method", "target"), [("POST", "/-/jobs/"), ("DELETE", "/-/jobs/"), ("PUT", "/-/jobs/1")])
async def test_other_methods_are_not_offered(desk: Desk, method: str, target: str) -> None:
    with pytest.raises(Fault) as caught:
        await desk.ask(method, target)
    assert caught.value.status == 405


@pytest.mark.parametrize(
    ("path", "ours"),
    [("/-/jobs", True), ("/-/jobs/", True), ("/-/jobs/1", True), ("/-/jobsy", False), ("/jobs/", False)],
)
def test_its_own_paths_and_no_others(path: str, ours: bool) -> None:
    assert JobPages.covers(path) is ours
