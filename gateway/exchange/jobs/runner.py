"""Runs jobs when the quota allows: one runner for each replica, and of them only one at each job.

A replica that takes a job up writes itself into the job's record. As long as it holds jobs it says every few seconds
that it is alive; of one that has stopped saying so the others take the jobs over. A replica that was only slow finds
its record changed when the turn of the request comes, and sends nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping

from gateway.exchange.background import Spawn
from gateway.exchange.jobs.attempt import Attempt
from gateway.exchange.jobs.ends import JobEnds
from gateway.exchange.jobs.store import ENDED, OPEN, JobStore
from gateway.policy.jobs import turns as job_turns
from gateway.policy.jobs.job import KEPT, LONGEST_PAUSE, Job, State, deferred, doubted, exhausted, hastened, taken
from gateway.policy.jobs.verdict import Doubted, Ended, Later, Verdict
from gateway.policy.names import AppName
from gateway.ports import RecordsAway, Tell

LOOK = 3.0
"""Seconds after which the records are looked at though nobody said that there is something new."""

ALIVE = 12.0
"""Seconds for which a replica is believed alive after it said so."""

SWEEP = 3600.0
"""Seconds between two looks for jobs that were kept long enough."""

_REST = 0.05
"""Seconds between two looks at least, and three times what one took: what comes in a burst is found together."""

_AGAIN = 2.0
"""Seconds until an end is written anew that could not be written; grows to `_LONGEST`."""

_LONGEST = 30.0


class JobRunner:
    """Takes jobs up in their order, a few at a time, and writes how each try ended."""

    def __init__(self, store: JobStore, attempt: Attempt, ends: JobEnds, *, me: str, spawn: Spawn, tell: Tell) -> None:
        """`me` names this replica among all others, now and later."""
        self._store = store
        self._attempt = attempt
        self._ends = ends
        self._me = me
        self._spawn = spawn
        self._tell = tell
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._paused: dict[AppName, float] = {}
        self._hastenings = Counter[AppName]()
        self._to_hasten: set[AppName] = set()
        self._woken = asyncio.Event()
        self._said: float | None = None
        self._saying: asyncio.Task[None] | None = None
        self._away = False
        self._open: Mapping[State, int] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs stand in each state, as last looked at."""
        return {state.value: self._open.get(state, 0) + self._ends.kept[state] for state in State}

    def wake(self, job: Job) -> None:
        """A job was accepted or cancelled here."""
        task = self._at_work.get(job.id)
        if task is not None:  # cancelled while it stood in line: it gives up its place
            task.cancel()
        self._woken.set()

    def hasten(self, apps: Iterable[AppName]) -> None:
        """What held these apps up may be over: what waits is tried at once, and so is what is now being refused."""
        for app in apps:
            self._hastenings[app] += 1
            self._to_hasten.add(app)
        self._woken.set()

    async def run(self) -> None:
        """Look after the jobs as long as the gateway runs."""
        clock = asyncio.get_running_loop().time
        while True:
            self._woken.clear()
            began = clock()
            try:
                await self._look()
                self._tell_away(None)
            except RecordsAway as away:
                self._tell_away(away)
            await asyncio.sleep(max(_REST, 3 * (clock() - began)))
            try:
                async with asyncio.timeout(LOOK):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Forget the jobs that were kept long enough, and replicas that are long gone; count those that are kept."""
        while True:
            try:
                await self._swept()
            except RecordsAway as away:
                self._tell_away(away)
            await asyncio.sleep(SWEEP)

    async def _look(self) -> None:
        jobs = [job async for job in self._store.walk(OPEN)]
        self._open = Counter(job.state for job in jobs)
        if self._to_hasten:
            jobs = await self._hasten(jobs)
        if not jobs or len(self._at_work) >= job_turns.AT_ONCE:
            return
        now = await self._store.now()
        living = {name for name, until in (await self._store.holders()).items() if until > now and name != self._me}
        up = job_turns.next_up(jobs, now=now, living=living, mine=self._at_work.keys(), paused=self._paused)
        for job in up:
            await self._take(job)

    async def _hasten(self, jobs: Iterable[Job]) -> list[Job]:
        """Make due what waits for apps that are to be hastened; all jobs as they then stand."""
        apps, found, now = frozenset(self._to_hasten), list[Job](), await self._store.now()
        for job in jobs:
            after = hastened(job, now=now)
            late = job.app in apps and job.holder is None and job != after
            found.append(after if late and await self._store.change(job, after) else job)
        for app in apps:
            self._paused.pop(app, None)
        self._to_hasten -= apps
        return found

    async def _take(self, job: Job) -> None:
        if self._saying is None:
            await self._say()
            self._saying = self._spawn(self._keep_saying(), "jobs: alive")
        mine = taken(job, self._me)
        try:
            if await self._store.change(job, mine):
                self._at_work[job.id] = self._spawn(self._work(mine), f"job {job.id}")
        finally:  # another replica took it, or a stop came between
            self._hush()

    def _hush(self) -> None:
        """Say no more that this replica is alive when it holds nothing: a stop would wait for that."""
        if not self._at_work and self._saying is not None:
            self._saying.cancel()
            self._saying = None

    async def _work(self, job: Job) -> None:
        hastenings = self._hastenings[job.app]
        try:
            await self._settle(job, await self._tried(job))
        finally:
            del self._at_work[job.id]
            if self._hastenings[job.app] != hastenings:  # it may have been refused for what is over
                self._to_hasten.add(job.app)
            self._hush()
            self._woken.set()

    async def _tried(self, job: Job) -> Verdict:
        try:
            return await self._attempt(job)
        except RecordsAway as away:
            return Later(_AGAIN, f"the records are away: {away}")

    async def _settle(self, job: Job, verdict: Verdict) -> None:
        """Write what a try came to, for as long as it takes; unless the job is not held here any more."""
        pause = _AGAIN
        while True:
            try:
                current = await self._store.current(job)
                if current is None or current.holder != self._me or await self._written(current, verdict):
                    return
            except RecordsAway as away:
                self._tell_away(away)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST)

    async def _written(self, job: Job, verdict: Verdict) -> bool:
        now = await self._store.now()
        match verdict:
            case Later(seconds, why, _, lost, alone):
                if exhausted(job, now=now, lost=lost):
                    return await self._ends(job, verdict.given_up(job.state))
                if not alone:
                    self._paused[job.app] = now + min(seconds, LONGEST_PAUSE)
                return await self._store.change(job, deferred(job, why, now=now, pause=seconds, lost=lost))
            case Doubted(why):
                return await self._store.change(job, doubted(job, why, now=now))
            case Ended():
                return await self._ends(job, verdict)

    async def _keep_saying(self) -> None:
        """Say that this replica is alive as long as it holds jobs, also while the gateway stops."""
        while True:
            await asyncio.sleep(ALIVE / 4)
            try:
                await self._say()
            except RecordsAway as away:
                self._tell_away(away)

    async def _say(self) -> None:
        until = await self._store.now() + ALIVE
        if not await self._store.hold(self._me, before=self._said, until=until):
            self._said = (await self._store.holders()).get(self._me)  # a swap that was called away was made
            await self._store.hold(self._me, before=self._said, until=until)
        self._said = until

    async def _swept(self) -> None:
        now = await self._store.now()
        kept, apps = Counter[State](), Counter[AppName]()
        async for job in self._store.walk(ENDED):
            if (job.ended_at or 0.0) + KEPT < now:
                await self._store.forget(job)
            else:
                kept[job.state] += 1
                apps[job.app] += 1
        self._ends.kept = kept
        await self._store.tally(apps)
        for name, until in (await self._store.holders()).items():
            if until + KEPT < now and name != self._me:
                await self._store.hold(name, before=until, until=None)

    def _tell_away(self, why: RecordsAway | None) -> None:
        if (why is not None) != self._away:
            self._away = why is not None
            if why is None:
                self._tell("jobs_back")
            else:
                self._tell("jobs_away", level="error", detail=str(why))
