"""Jobs put together: for whom they run, and where they may call back, by the settings in force."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.adapters.memory import MemoryRecords
from gateway.app import people
from gateway.app.jobs import Deferred
from gateway.exchange.background import Background
from gateway.policy import catalogue
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault
from gateway.policy.jobs.job import State
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AppName
from gateway.policy.trace import Trace
from gateway.settings import Settings
from tests.app.configured import settings
from tests.fakes.outbox import FakeOutbox

ASYNC = Headers([("Prefer", "respond-async"), ("Accept", "application/json")])


def with_callbacks(of: Settings) -> Settings:
    """The same settings, with somewhere to call back."""
    app = of.apps["tool"].model_copy(update={"callbacks": ("https://tool.internal/",)})
    return of.model_copy(update={"apps": {**of.apps, "tool": app}})


class Parts:
    """What the parts that were put together did."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings(folder)
        self.sent: list[tuple[Request, Caller]] = []
        self.told: list[str] = []
        self.ended = asyncio.Event()
        self.background = Background(lambda name, error: self.told.append(f"{name}: {error!r}"))
        self.deferred = Deferred(
            lambda: self.settings,
            MemoryRecords(),
            catalogue.load(),
            self.background.spawn,
            self._tell,
            outbox=FakeOutbox(),
        )
        self.caller = people.app(self.settings, AppName("tool")).caller

    async def accept(self, headers: Headers = ASYNC) -> Response | None:
        return await self.deferred.accept(Request("GET", "/task/5/", headers), self.caller, Trace("r", ""))

    async def run(self) -> None:
        """Run what there is, until it has ended."""
        tasks = [self.background.spawn(run(), name) for name, run in self.deferred.through(self._handle).items()]
        async with asyncio.timeout(10):
            await self.ended.wait()
        assert len(tasks) == 2
        await self.background.drain(0.0)

    async def _handle(self, request: Request, caller: Caller, trace: Trace) -> Response:
        self.sent.append((request, caller))
        return Response(200, Headers(), b"done")

    def _tell(self, event: str, /, *, level: str = "info", **_: Any) -> None:
        self.told.append(event)
        if event == "job_ended":
            self.ended.set()


async def test_a_job_runs_for_its_app_under_the_accounts_own_credential(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    assert parts.deferred.counts == dict.fromkeys(State, 0)
    accepted = await parts.accept()
    assert accepted is not None
    await parts.run()
    ((request, caller),) = parts.sent
    assert (request.target, caller.app, caller.authorization) == ("/task/5/", "tool", parts.caller.authorization)
    assert parts.deferred.counts["completed"] == 1
    asked = Request("GET", str(accepted.headers.get("location")), ASYNC)
    assert b'"body":"done"' in (await parts.deferred.pages(asked, parts.caller)).body
    assert parts.told == ["job_ended"]


async def test_who_was_taken_out_of_the_configuration_sends_nothing(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    await parts.accept()
    parts.settings = parts.settings.model_copy(update={"apps": {}})
    await parts.run()
    assert parts.sent == []
    assert parts.deferred.counts["failed"] == 1


async def test_callbacks_go_where_the_settings_in_force_allow(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    calling = Headers([*ASYNC, ("Callback-URL", "https://tool.internal/done")])
    with pytest.raises(Fault, match="configured callbacks"):
        await parts.accept(calling)
    parts.settings = with_callbacks(parts.settings)
    assert await parts.accept(calling) is not None


async def test_an_operator_sees_and_cancels_the_jobs_of_an_app_that_left(tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    await parts.accept()
    parts.settings = parts.settings.model_copy(update={"apps": {}})
    app = web.Application()
    parts.deferred.add_to(app)
    async with TestClient(TestServer(app)) as client:
        (job,) = (await (await client.get("/api/jobs?app=tool")).json())["jobs"]
        assert (job["app"], job["state"]) == ("tool", "waiting")
        nobody = await client.get("/api/jobs?app=tol")
        assert (nobody.status, "known are tool" in await nobody.text()) == (400, True)
        assert (await client.delete(f"/api/jobs/{job['id']}")).status == 200
        (job,) = (await (await client.get("/api/jobs?app=tool&state=cancelled")).json())["jobs"]
        assert job["detail"] == "cancelled before it was sent"
