"""`/api/jobs` of the operations listener."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs.job import Job, State
from gateway.policy.names import AppName
from gateway.web import jobs_api
from tests.policy.jobs.making import job

ENDED = job(2, state=State.FAILED, ended_at=500.0, status=400, why="no")


async def told(method: str, path: str) -> tuple[int, dict[str, Any], list[object]]:
    asked: list[object] = []

    async def read(app: AppName | None, states: Collection[State]) -> Iterable[Job]:
        asked.append((app, set(states)))
        if app == "away":
            raise Fault(Kind.RECORDS_UNAVAILABLE, "locked")
        return [job(1, back=160.0), ENDED]

    async def cancel(job_id: str) -> Job:
        asked.append(job_id)
        if job_id == "gone":
            raise Fault(Kind.NO_SUCH_JOB, "no app has it")
        return job(1)

    async def apps() -> Collection[str]:
        if "app=unsure" in path:
            raise Fault(Kind.RECORDS_UNAVAILABLE, "locked")
        return {"tool", "away"}

    app = web.Application()
    jobs_api.add_to(app, apps, read, cancel)
    async with TestClient(TestServer(app)) as client, client.request(method, path) as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json(content_type=None), asked


async def test_the_jobs_of_all_apps_without_their_bodies() -> None:
    status, page, asked = await told("GET", "/api/jobs")
    assert (status, asked) == (200, [(None, set(State))])
    waiting, ended = page["jobs"]
    assert (waiting["id"], waiting["state"], waiting["tried_next"]) == ("tool1", "waiting", "1970-01-01T00:02:40Z")
    assert (ended["state"], ended["status"], ended["detail"], ended["tried_next"]) == ("failed", 400, "no", None)


async def test_filtered_as_asked() -> None:
    _, _, asked = await told("GET", "/api/jobs?app=tool&state=failed")
    assert asked == [("tool", {State.FAILED})]


@pytest.mark.parametrize(
    ("query", "said"),
    [("state=gone", "one of waiting"), ("app=nobody", "known are away, tool"), ("ap=tool", "state and app are")],
)
async def test_what_cannot_be_asked_is_refused_with_what_would_be_right(query: str, said: str) -> None:
    status, problem, asked = await told("GET", f"/api/jobs?{query}")
    assert (status, asked) == (400, [])
    assert said in problem["detail"]


@pytest.mark.parametrize("app", ["away", "unsure"])
async def test_records_that_are_away_are_told(app: str) -> None:
    status, problem, _ = await told("GET", f"/api/jobs?app={app}")
    assert (status, problem["detail"]) == (503, "locked")


async def test_a_job_is_cancelled_by_its_id() -> None:
    assert await told("DELETE", "/api/jobs/tool1") == (200, {"cancelled": "tool1", "app": "tool"}, ["tool1"])
    status, problem, _ = await told("DELETE", "/api/jobs/gone")
    assert (status, problem["detail"]) == (404, "no app has it")
