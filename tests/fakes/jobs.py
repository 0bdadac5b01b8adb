"""Replicas that run jobs through one exchange, and die when they are told to."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from types import TracebackType
from typing import Any, Self

from gateway.exchange.background import Background
from gateway.exchange.jobs.accepting import Jobs
from gateway.exchange.jobs.attempt import Attempt
from gateway.exchange.jobs.ends import JobEnds
from gateway.exchange.jobs.runner import JobRunner
from gateway.exchange.jobs.store import OPEN, JobStore
from gateway.policy.caller import Caller
from gateway.policy.jobs.job import Job, State
from gateway.policy.messages import Response
from gateway.policy.names import AppName
from gateway.policy.translation.malformed import Limits
from tests.fakes.exchange import ROWS, TOOL, Exchange, Heard, caller
from tests.fakes.outbox import FakeOutbox, posted
from tests.fakes.records import FakeRecords
from tests.fakes.upstream import JSON, plain

CALLBACKS = {AppName("tool"): ("https://tool.internal/done",)}
OTHER = caller("other")
_LOOKS = 5000


def task(**fields: Any) -> Response:
    """The answer of the service about a task with these fields."""
    return plain(json.dumps({"status": "OK", "code": 200, "task": {"id": "5", **fields}}).encode(), JSON)


class Replica:
    """One gateway of several, as far as jobs go."""

    def __init__(self, house: JobHouse, name: str) -> None:
        self.background = Background(lambda task, error: house.deaths.append(f"{task}: {error!r}"))
        self.store = JobStore(house.records)
        self.ends = JobEnds(
            self.store, outbox=house.outbox, callbacks=lambda app: CALLBACKS.get(app, ()), tell=house.tell
        )
        self.jobs = Jobs(
            self.store,
            self.ends,
            catalogue=ROWS,
            callbacks=lambda app: CALLBACKS.get(app, ()),
            random=lambda: f"{next(house.ids):04x}",
            wake=self._wake,
            most=house.most,
        )
        attempt = Attempt(
            self.store,
            house.exchange.walk.handle,
            callers=house.callers.get,
            catalogue=ROWS,
            limits=Limits(size=10_000_000),
        )
        self.runner = JobRunner(self.store, attempt, self.ends, me=name, spawn=self.background.spawn, tell=house.tell)
        self.tasks = [self.background.spawn(run(), name) for run in (self.runner.run, self.runner.sweep)]

    def _wake(self, job: Job) -> None:
        self.runner.wake(job)

    async def die(self) -> None:
        """End as by kill -9: nothing more is written."""
        await self.background.drain(0.0)


class JobHouse:
    """An exchange, the records that all replicas share, and the replicas; `tool` and `other` are configured."""

    def __init__(self, exchange: Exchange, *, most: int = 1000) -> None:
        self.exchange = exchange
        self.records = FakeRecords(exchange.clock)
        self.outbox = FakeOutbox()
        self.callers: dict[AppName, Caller] = {it.app: it for it in (TOOL, OTHER)}
        self.most = most
        self.ids = count()
        self.deaths: list[str] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.replicas = [Replica(self, "one")]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for replica in self.replicas:
            await replica.die()
        if raised is None:
            assert self.deaths == []

    def tell(self, event: str, /, *, level: str = "info", **told: Any) -> None:
        self.told.append((event, told))

    def another(self) -> Replica:
        """Start one more replica."""
        self.replicas.append(Replica(self, f"replica {len(self.replicas)}"))
        return self.replicas[-1]

    async def write(
        self,
        method: str = "PUT",
        target: str = "/task/5/",
        body: bytes = b'{"title":"x"}',
        by: Caller = TOOL,
        **fields: Any,
    ) -> str:
        """Have a request accepted by the first replica; tells the job's id."""
        fields = {"accept": JSON, "content_type": JSON, "prefer": "respond-async", **fields}
        asking = self.exchange.asking(method, target, body, by, **fields)
        answer = await self.replicas[0].jobs.accept(*asking)
        assert answer is not None
        heard = Heard(answer, asking[2])
        assert (heard.status, heard["preference-applied"]) == (202, "respond-async")
        return str(heard["location"]).removeprefix("/-/jobs/")

    async def job(self, job_id: str, by: Caller = TOOL) -> Job:
        """A job as any replica would tell it."""
        return (await self.replicas[0].jobs.tell(by.app, job_id)).job

    async def state(self, job_id: str, by: Caller = TOOL) -> State:
        return (await self.job(job_id, by)).state

    async def ended(self, job_id: str, by: Caller = TOOL, *, step: float = 0.5) -> Job:
        """Come back when a job has ended; looks every `step` seconds."""
        for _ in range(_LOOKS):
            if (job := await self.job(job_id, by)).ended:
                return job
            await asyncio.sleep(step)
        raise AssertionError(f"it has not ended: {await self.job(job_id, by)}")

    async def held(self, job_id: str) -> Job:
        """Come back when a replica has taken a job up."""
        for _ in range(_LOOKS):
            if (job := await self.job(job_id)).holder is not None:
                return job
            await asyncio.sleep(0.1)
        raise AssertionError("nobody took it up")

    async def until_sent(self, number: int) -> None:
        """Come back when so many requests have arrived at the upstream."""
        for _ in range(_LOOKS):
            if len(self.exchange.asked) >= number:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"only these arrived: {self.exchange.asked}")

    async def settled(self) -> None:
        """Come back when no job is left open."""
        for _ in range(_LOOKS):
            if not await self.open():
                return
            await asyncio.sleep(1.0)
        raise AssertionError(f"these have not ended: {await self.open()}")

    async def open(self) -> list[Job]:
        return [job async for job in self.replicas[0].store.walk(OPEN)]

    async def callbacks(self) -> list[dict[str, Any]]:
        """What the outbox was given to deliver."""
        return await posted(self.records)
