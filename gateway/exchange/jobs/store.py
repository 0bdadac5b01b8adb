"""Jobs in `Records`: what is written together, and what a replica must have seen to change it.

job.open     the standing of each job that has not ended, by app and id
job.ended    the same of those that have
job.request  what is to be sent, until the end
job.result   what came of it
job.stock    for each app, how many jobs it has and had, and how much they hold: their places, and the bounds
job.holder   for each replica that is at a job, until when the others believe it alive
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Container, Mapping, Sequence

from gateway.exchange.pages import pages
from gateway.policy.jobs import record as job_record
from gateway.policy.jobs import result as job_result
from gateway.policy.jobs import stock as job_stock
from gateway.policy.jobs.job import Job, State
from gateway.policy.jobs.record import key
from gateway.policy.jobs.result import Result
from gateway.policy.messages import Request
from gateway.policy.names import AppName
from gateway.policy.records import Edit
from gateway.ports import Records, RecordsAway

OPEN, ENDED, REQUEST, RESULT, STOCK, HOLDER = (
    f"job.{kind}" for kind in ("open", "ended", "request", "result", "stock", "holder")
)

_PAGE = 200
"""Jobs read at a time."""

_RACES = 20
"""Times a swap that others overtook is made anew before the store counts as away."""

Also = Callable[[], Sequence[Edit]]
"""What else is written in the same swap."""


class JobStore:
    """Every method raises `RecordsAway`; a change that raises it may have been made."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._turn: defaultdict[AppName, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def now(self) -> float:
        """The time by which jobs are due, the same for all replicas."""
        return await self._records.now()

    async def accept(self, app: AppName, request: Request, *, most: int, make: Callable[[int, float], Job]) -> Job:
        """Keep a new job, made for its place among the app's jobs; raises `Fault` TOO_MANY_JOBS."""
        text = job_record.request_text(request)
        for _ in range(_RACES):
            async with self._turn[app]:
                (before,) = await self._records.read(STOCK, [app])
                stock = job_stock.read(before)
                stock.check(app, most=most, request=text)
                job = make(stock.accepted + 1, await self.now())
                made = await self._records.swap(
                    [
                        Edit(STOCK, app, before, job_stock.text(stock.one_more(text))),
                        Edit(OPEN, key(app, job.id), None, job_record.text(job)),
                        Edit(REQUEST, key(app, job.id), None, text),
                    ]
                )
            if made:
                return job
        raise RecordsAway("others changed the jobs of this app again and again")

    async def current(self, job: Job) -> Job | None:
        """The job as it stands, None if it has ended."""
        (record,) = await self._records.read(OPEN, [key(job.app, job.id)])
        return None if record is None else job_record.read(record)

    async def change(self, before: Job, after: Job) -> bool:
        """Write a job that goes on; False if it was not as told."""
        return await self._records.swap(
            [Edit(OPEN, key(before.app, before.id), job_record.text(before), job_record.text(after))]
        )

    async def end(self, before: Job, after: Job, result: Result | None, also: Also = tuple) -> bool:
        """Write the end of a job, its result, and what else is to be written with it; False if it was not as told."""
        at, app = key(before.app, before.id), before.app
        for _ in range(_RACES):
            async with self._turn[app]:
                (request,) = await self._records.read(REQUEST, [at])
                (stock,) = await self._records.read(STOCK, [app])
                counted, text = job_stock.read(stock).one_ended(request, result)
                edits = [
                    Edit(OPEN, at, job_record.text(before), None),
                    Edit(ENDED, at, None, job_record.text(after)),
                    Edit(REQUEST, at, request, None),
                    Edit(STOCK, app, stock, job_stock.text(counted)),
                    *([] if text is None else [Edit(RESULT, at, None, text)]),
                    *also(),
                ]
                if await self._records.swap(edits):
                    return True
            if await self.current(before) != before:
                return False
        raise RecordsAway("others changed what is written with this job again and again")

    async def request(self, job: Job) -> Request | None:
        """What the job is to send; None when it has ended."""
        (record,) = await self._records.read(REQUEST, [key(job.app, job.id)])
        return None if record is None else job_record.read_request(record)

    async def result(self, job: Job) -> Result | None:
        (record,) = await self._records.read(RESULT, [key(job.app, job.id)])
        return None if record is None else job_result.read(record)

    async def find(self, app: AppName, job_id: str) -> Job | None:
        """The job of an app under an id, ended or not."""
        for kind in (OPEN, ENDED):  # in this order: it may end between the two looks
            (record,) = await self._records.read(kind, [key(app, job_id)])
            if record is not None:
                return job_record.read(record)
        return None

    async def listed(self, app: AppName, states: Container[State], *, after: str, most: int) -> list[Job]:
        """At most so many jobs of an app in these states, newest first; those below the id `after` if there is one."""
        found: dict[str, Job] = {}
        for kind in (OPEN, ENDED):
            left = most
            async for job in self.walk(kind, app=app, after=after):
                if job.state in states:
                    found[job.id], left = job, left - 1
                if not left:
                    break
        return [found[job_id] for job_id in sorted(found)][:most]

    async def walk(self, kind: str, *, app: AppName | None = None, after: str = "") -> AsyncIterator[Job]:
        """The jobs of a kind, of one app or of all, newest first in each app."""
        prefix = "" if app is None else f"{app}/"
        async for page in pages(self._records, kind, after=f"{prefix}{after}", most=_PAGE):
            for at, record in page:
                if not at.startswith(prefix):
                    return
                if (job := _readable(record)) is not None:
                    yield job
            await asyncio.sleep(0)  # thousands of jobs: others get their turn

    async def apps(self) -> set[AppName]:
        """The apps of which jobs are kept, whether they are configured or not."""
        return {AppName(app) async for page in pages(self._records, STOCK) for app, _ in page}

    async def forget(self, job: Job) -> None:
        """Delete a job that has ended, with its result."""
        at, app = key(job.app, job.id), job.app
        for _ in range(_RACES):  # else the next sweep does it
            async with self._turn[app]:
                (result,) = await self._records.read(RESULT, [at])
                (stock,) = await self._records.read(STOCK, [app])
                edits = [Edit(ENDED, at, job_record.text(job), None)]
                if result is not None:
                    fewer = job_stock.read(stock).without(result)
                    edits += [Edit(RESULT, at, result, None), Edit(STOCK, app, stock, job_stock.text(fewer))]
                if await self._records.swap(edits):
                    return

    async def tally(self, kept: Mapping[AppName, int]) -> None:
        """Note how many ended jobs of each app are kept. Who has no job any more is forgotten."""
        async for page in pages(self._records, STOCK):
            for app, record in page:
                stock = job_stock.read(record).counted(kept.get(AppName(app), 0))
                after = None if stock is None else job_stock.text(stock)
                if after != record:
                    await self._records.swap([Edit(STOCK, app, record, after)])

    async def holders(self) -> dict[str, float]:
        """The replicas that are at jobs or were, and until when each is believed alive."""
        found: dict[str, float] = {}
        async for page in pages(self._records, HOLDER):
            found |= {holder: float(json.loads(record)) for holder, record in page}
        return found

    async def hold(self, holder: str, *, before: float | None, until: float | None) -> bool:
        """Say until when a replica is to be believed alive; None: that it is forgotten."""
        return await self._records.swap([Edit(HOLDER, holder, _moment(before), _moment(until))])


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else json.dumps(seconds)


def _readable(record: str) -> Job | None:
    """A job as it was written; None for one that another version wrote in its own way, which is left to that."""
    try:
        return job_record.read(record)
    except (ValueError, KeyError, TypeError):
        return None
