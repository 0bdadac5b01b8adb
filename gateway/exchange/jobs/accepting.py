"""Write now, learn later: what callers can do with jobs. Accepts, finds, lists and cancels them; the runner runs them.

A job is durable before it is accepted, and holds no secret: the account's own credential is looked up when it runs. A
caller who brought a credential along is therefore answered at once, as RFC 7240 §2 allows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.exchange.jobs.ends import Callbacks, JobEnds
from gateway.exchange.jobs.store import ENDED, OPEN, JobStore
from gateway.policy import negotiation
from gateway.policy.caller import Caller
from gateway.policy.catalogue import OTHER, Catalogue
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import callback, job
from gateway.policy.jobs import record as job_record
from gateway.policy.jobs import report as job_report
from gateway.policy.jobs.job import Asked, Job, State
from gateway.policy.jobs.notice import location
from gateway.policy.jobs.result import Result
from gateway.policy.jobs.verdict import Ended
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AppName
from gateway.policy.negotiation import Representation
from gateway.policy.preference import wants_async
from gateway.policy.trace import Trace
from gateway.ports import RecordsAway

MOST = 1000
"""Jobs of one app that have not ended; more are refused."""

PAGE = 100
"""Jobs in one page of a list."""


@dataclass(frozen=True, slots=True)
class Told:
    """A job as it stands, its result, and the time by which it stands so."""

    job: Job
    result: Result | None
    now: float


class Jobs:
    """The jobs of every app, each app's for itself. Raises `Fault` for every refusal."""

    def __init__(
        self,
        store: JobStore,
        ends: JobEnds,
        *,
        catalogue: Catalogue,
        callbacks: Callbacks,
        random: Callable[[], str],
        wake: Callable[[Job], None],
        most: int = MOST,
    ) -> None:
        """`random` makes a job's id hard to guess; `wake` is told of a job that was accepted or cancelled here."""
        self._store = store
        self._ends = ends
        self._catalogue = catalogue
        self._callbacks = callbacks
        self._random = random
        self._wake = wake
        self._most = most

    async def accept(self, request: Request, caller: Caller, trace: Trace) -> Response | None:
        """Take a request on, if its caller prefers that: 202 when it is durable; None: answer it now."""
        if not wants_async(request.headers.get("prefer")) or not caller.lent:
            return None
        url = self._callback(request, caller.app)
        kept = self._kept(request)
        match = self._catalogue.match(request.path)
        resource, member = (OTHER, None) if match is None else (match.resource.name, match.member)

        def make(place: int, now: float) -> Job:
            return Job(
                id=job_record.new_id(place, self._random()),
                app=caller.app,
                account=caller.account,
                asked=Asked(
                    place=place,
                    at=now,
                    method=request.method,
                    target=request.target,
                    resource=resource,
                    about=job.about(resource, member, request.path),
                    callback=url,
                    request_id=trace.request_id,
                ),
                back=now + 1.0,
            )

        with _kept_records():
            accepted = await self._store.accept(caller.app, kept, most=self._most, make=make)
        self._wake(accepted)
        return _accepted(accepted, negotiation.in_any_case(request.headers.get("accept")))

    async def tell(self, app: AppName, job_id: str) -> Told:
        """A job of this app, with its result if it has one."""
        with _kept_records():
            found = await self._found(app, job_id)
            return Told(found, await self._store.result(found) if found.ended else None, await self._store.now())

    async def page(self, app: AppName, states: Container[State], *, after: str = "") -> list[Job]:
        """One page of an app's jobs in these states, newest first, and one more if there is one."""
        with _kept_records():
            return await self._store.listed(app, states, after=after, most=PAGE + 1)

    async def cancel(self, app: AppName, job_id: str) -> None:
        """End a job that waits."""
        with _kept_records():
            while True:
                found = await self._found(app, job_id)
                if not found.cancellable:
                    doing = "has ended" if found.ended else "may have been sent"
                    raise Fault(
                        Kind.JOB_UNDER_WAY, f"job {job_id} is {found.state}: it {doing}, and cannot be cancelled"
                    )
                if await self._ends(found, Ended(State.CANCELLED, "cancelled before it was sent", None)):
                    return self._wake(found)

    async def everyone(self, app: AppName | None, states: Container[State]) -> list[Job]:
        """For the operator: jobs of an app, or of all, in these states, those that have not ended first."""
        found: dict[str, Job] = {}
        with _kept_records():
            for kind in (OPEN, ENDED):
                async for it in self._store.walk(kind, app=app):
                    if it.state in states:
                        found[it.id] = it
                    if len(found) >= self._most:
                        break
        return list(found.values())

    async def apps(self) -> set[AppName]:
        """For the operator: the apps of which jobs are kept."""
        with _kept_records():
            return await self._store.apps()

    async def cancel_any(self, job_id: str) -> Job:
        """For the operator: cancel the job of an id, whoever made it."""
        with _kept_records():
            for kind in (OPEN, ENDED):
                async for it in self._store.walk(kind):
                    if it.id == job_id:
                        await self.cancel(it.app, job_id)
                        return it
        raise Fault(Kind.NO_SUCH_JOB, f"no app has a job {job_id[:80]!r}")

    async def _found(self, app: AppName, job_id: str) -> Job:
        found = await self._store.find(app, job_id) if job_id.isalnum() else None
        if found is None:
            raise Fault(
                Kind.NO_SUCH_JOB, f"app {app} has no job {job_id[:80]!r}; jobs are kept for 7 days after their end"
            )
        return found

    def _callback(self, request: Request, app: AppName) -> str | None:
        urls = request.headers.lines("callback-url")
        if not urls:
            return None
        url = urls[0].strip()
        if len(urls) > 1:
            raise Fault(Kind.MALFORMED, "Callback-URL may be sent once")
        if (wrong := callback.why_not(url)) is not None:
            raise Fault(Kind.MALFORMED, f"Callback-URL cannot be called: {wrong}")
        prefixes = self._callbacks(app)
        if not callback.allowed(url, prefixes):
            known = ", ".join(prefixes) or "none"
            raise Fault(Kind.NOT_ALLOWED, f"Callback-URL is under none of app {app}'s configured callbacks: {known}")
        return url

    def _kept(self, request: Request) -> Request:
        """The request as it will run: for a documented resource it asks for JSON, which every caller can be told."""
        kept = job_record.keepable(request)
        fields = kept.headers.without({"accept-encoding"})
        documented = self._catalogue.match(request.path) is not None
        if documented and not negotiation.wants_other_media(request.headers.get("accept")):
            fields = fields.put("Accept", negotiation.content_type(Representation.JSON))
        return Request(kept.method, kept.target, fields, kept.body)


@contextmanager
def _kept_records() -> Iterator[None]:
    """Refuse where the records are away; what was begun may have been done."""
    try:
        yield
    except RecordsAway as away:
        raise Fault(Kind.RECORDS_UNAVAILABLE, f"jobs cannot be kept or read now: {away}", retry_after=5.0) from away


def _accepted(it: Job, form: Representation) -> Response:
    fields = [
        ("Location", location(it.id)),
        ("Preference-Applied", "respond-async"),
        ("Vary", "Accept, Prefer"),
        ("Cache-Control", "no-store"),
        ("Content-Type", negotiation.content_type(form)),
    ]
    return Response(202, Headers(fields), job_report.written("job", job_report.members(it), form))
