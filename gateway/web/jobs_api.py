"""`/api/jobs` of the operations listener: the jobs of all apps, `DELETE /api/jobs/ID` to cancel one that waits.

Shows what is in the log lines too: no body and no result of any job.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from aiohttp import web

from gateway.policy import shown
from gateway.policy.faults import Fault
from gateway.policy.jobs.job import Job, State
from gateway.policy.names import AppName
from gateway.policy.timestamp import timestamp
from gateway.web import answers

PATH = "/api/jobs"

Read = Callable[[AppName | None, Collection[State]], Awaitable[Iterable[Job]]]
"""The jobs of an app, or of all, in these states, newest first. Raises `Fault`."""

Apps = Callable[[], Awaitable[Collection[str]]]
"""The apps that are configured, and those that left and have jobs that are kept. Raises `Fault`."""

Cancel = Callable[[str], Awaitable[Job]]
"""Cancel the job of an id, whoever made it. Raises `Fault`."""


def add_to(app: web.Application, apps: Apps, read: Read, cancel: Cancel) -> None:
    """Add the routes to the operations listener."""

    async def listed(request: web.Request) -> web.Response:
        try:
            wanted = _asked(request.query, await apps() if "app" in request.query else ())
            if isinstance(wanted, str):
                return answers.problem(400, wanted)
            return answers.told({"jobs": [row(job) for job in await read(*wanted)]})
        except Fault as fault:
            return answers.problem(fault.status, fault.detail)

    async def cancelled(request: web.Request) -> web.Response:
        try:
            job = await cancel(request.match_info["id"])
        except Fault as fault:
            return answers.problem(fault.status, fault.detail)
        return answers.told({"cancelled": job.id, "app": job.app})

    app.router.add_get(PATH, listed)
    app.router.add_delete(f"{PATH}/{{id}}", cancelled)


def row(job: Job) -> dict[str, object]:
    """What an operator is told of a job."""
    return {
        "id": job.id,
        "app": job.app,
        "account": job.account,
        "state": job.state.value,
        "method": job.asked.method,
        "target": shown.target(job.asked.target),
        "accepted": timestamp(job.asked.at),
        "ended": None if job.ended_at is None else timestamp(job.ended_at),
        "tried_next": None if job.ended else timestamp(job.back),
        "status": job.status,
        "detail": job.why,
    }


def _asked(given: Mapping[str, str], apps: Collection[str]) -> tuple[AppName | None, Collection[State]] | str:
    for name in given:
        if name not in ("state", "app"):
            return f"{name!r} is no parameter here; state and app are"
    app, state = given.get("app"), given.get("state")
    if app is not None and app not in apps:
        return f"app {app!r} is not known here; known are {', '.join(sorted(apps)) or 'none'}"
    if state is not None and state not in set(State):
        return f"state {state!r} is not known; it is one of {', '.join(State)}"
    states = set(State) if state is None else {State(state)}
    return None if app is None else AppName(app), states
