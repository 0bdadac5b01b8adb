"""Jobs put together: who accepts, runs, shows and cancels them, and for whom they run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence

from aiohttp import web

from gateway.app import people
from gateway.exchange.background import Run, Spawn
from gateway.exchange.jobs.accepting import Jobs
from gateway.exchange.jobs.attempt import Attempt, Handle
from gateway.exchange.jobs.ends import JobEnds
from gateway.exchange.jobs.runner import JobRunner
from gateway.exchange.jobs.store import JobStore
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue
from gateway.policy.jobs.job import Job, State
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName, AppName, Partition
from gateway.policy.trace import Trace
from gateway.policy.translation.malformed import Limits
from gateway.ports import Outbox, Records, Tell
from gateway.settings import Settings
from gateway.web import jobs_api
from gateway.web.jobs import JobPages

_RANDOM_BYTES = 9


class Deferred:
    """The jobs of a gateway. They are accepted at once, and run when there is a walk to run them through."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        records: Records,
        catalogue: Catalogue,
        spawn: Spawn,
        tell: Tell,
        *,
        outbox: Outbox,
    ) -> None:
        """`settings` are those in force when it is called."""
        self._settings = settings
        self._catalogue = catalogue
        self._spawn = spawn
        self._tell = tell
        self._store = JobStore(records)
        self._ends = JobEnds(self._store, outbox=outbox, callbacks=self._callbacks, tell=tell)
        self._runner: JobRunner | None = None
        self._jobs = Jobs(
            self._store,
            self._ends,
            catalogue=catalogue,
            callbacks=self._callbacks,
            random=lambda: secrets.token_hex(_RANDOM_BYTES),
            wake=self._wake,
        )
        self.pages = JobPages(self._jobs)

    def through(self, handle: Handle) -> Mapping[str, Run]:
        """Run jobs through a walk: what is to run for that, by name."""
        attempt = Attempt(
            self._store,
            handle,
            callers=self._caller,
            catalogue=self._catalogue,
            limits=Limits(size=self._settings().server.max_body),
        )
        runner = self._runner = JobRunner(
            self._store, attempt, self._ends, me=secrets.token_hex(8), spawn=self._spawn, tell=self._tell
        )
        return {"jobs": runner.run, "jobs kept": runner.sweep}

    async def accept(self, request: Request, caller: Caller, trace: Trace) -> Response | None:
        """See `Jobs.accept`."""
        return await self._jobs.accept(request, caller, trace)

    @property
    def counts(self) -> Mapping[str, int]:
        """Jobs by state, for the metrics."""
        return {state.value: 0 for state in State} if self._runner is None else self._runner.counts

    def add_to(self, app: web.Application) -> None:
        """`/api/jobs`."""
        jobs_api.add_to(app, self._apps, self._jobs.everyone, self._jobs.cancel_any)

    def follow(self, settings: Settings) -> None:
        """Try at once what waits for apps whose credential becomes another one; the settings in force are yet the old.

        An app that comes back after it was gone is one of them.
        """
        before = self._settings()
        if self._runner is not None:
            self._runner.hasten(
                name
                for name in map(AppName, settings.apps)
                if name not in before.apps or _credential(before, name) != _credential(settings, name)
            )

    def reopened(self, account: AccountName) -> None:
        """Try at once what waits for an account that an operator has opened again."""
        if self._runner is not None:
            self._runner.hasten(AppName(name) for name, app in self._settings().apps.items() if app.account == account)

    async def _apps(self) -> Collection[str]:
        return {*self._settings().apps, *await self._jobs.apps()}

    def _callbacks(self, app: AppName) -> Sequence[str]:
        configured = self._settings().apps.get(app)
        return () if configured is None else configured.callbacks

    def _caller(self, app: AppName) -> Caller | None:
        settings = self._settings()
        return people.app(settings, app).caller if app in settings.apps else None

    def _wake(self, job: Job) -> None:
        if self._runner is not None:
            self._runner.wake(job)


def _credential(settings: Settings, app: AppName) -> Partition:
    return people.app(settings, app).caller.partition
