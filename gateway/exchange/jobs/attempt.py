"""One try at a job: send it through the walk like any request, or look up what became of a lost answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from gateway.exchange import rendering
from gateway.exchange.jobs.store import JobStore
from gateway.exchange.pace import drive
from gateway.policy import negotiation
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import readback
from gateway.policy.jobs import verdict as job_verdict
from gateway.policy.jobs.job import Job, State, departing, exhausted
from gateway.policy.jobs.result import Result
from gateway.policy.jobs.verdict import Ended, Later, Verdict
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AppName
from gateway.policy.negotiation import Representation, Unsupported
from gateway.policy.trace import Outcome, Trace
from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Body, Document, Fields
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.ports import RecordsAway

PATIENCE = 300.0
"""Seconds a job stands in the gate's line before it makes room for another."""

_MARK = 2.0
"""Seconds the record may take to say that the request may have been sent; the lease in hand does not wait longer."""

Handle = Callable[[Request, Caller, Trace], Awaitable[Response]]
FindCaller = Callable[[AppName], Caller | None]


class Attempt:
    """Tries jobs. The request of a try leaves only when the record says that it may have been sent."""

    def __init__(
        self, store: JobStore, handle: Handle, *, callers: FindCaller, catalogue: Catalogue, limits: Limits
    ) -> None:
        """`callers` finds a configured app as it calls under its account's own credential."""
        self._store = store
        self._handle = handle
        self._callers = callers
        self._catalogue = catalogue
        self._limits = limits

    async def __call__(self, job: Job) -> Verdict:
        """Try a job that was taken up. Raises `RecordsAway` before anything was sent."""
        checking = job.state is State.CHECKING
        request = await self._store.request(job)
        caller = self._caller(job)
        if isinstance(caller, str) or request is None:
            why = caller if isinstance(caller, str) else "what it was to send is not kept any more"
            return Ended(State.UNKNOWN if checking else State.FAILED, why, None)
        if exhausted(job, now=await self._store.now()):
            why = job.why or "its gateway ended again and again while it was at it"
            return Ended(State.UNKNOWN if checking else State.FAILED, why, None)
        if checking:
            return await self._look_up(job, request, caller)
        return await self._send(job, request, caller)

    async def _send(self, job: Job, request: Request, caller: Caller) -> Verdict:
        safe, trace = job.asked.safe, _trace(job)
        if not safe:
            caller = replace(caller, departing=partial(self._mark, job))
        try:
            response = await self._handle(request, caller, trace)
        except Fault as fault:
            return job_verdict.of_fault(fault, cost=trace.cost, safe=safe)
        return job_verdict.of_answer(response, cost=trace.cost)

    async def _mark(self, taken: Job) -> None:
        """Say durably that the request may have been sent, before it is."""
        try:
            async with asyncio.timeout(_MARK):
                job = await self._store.current(taken)
                if job is None or job.holder != taken.holder:
                    raise Fault(Kind.RECORDS_UNAVAILABLE, "the job was cancelled or taken over")
                marked = job.state is State.RUNNING or await self._store.change(job, departing(job))
        except (RecordsAway, TimeoutError) as away:
            raise Fault(Kind.RECORDS_UNAVAILABLE, f"the job's record cannot be written: {away}") from away
        if not marked:
            raise Fault(Kind.RECORDS_UNAVAILABLE, "the job was cancelled or taken over")

    async def _look_up(self, job: Job, request: Request, caller: Caller) -> Verdict:
        """Read the row that an unanswered write was about; nothing is ever sent a second time."""
        match = self._catalogue.match(request.path)
        lost = job.why or "its answer was lost"
        wrong = readback.why_not(match, request.method, request.query)
        if wrong is not None or match is None:
            return Ended(State.UNKNOWN, f"{lost}; whether it was done cannot be looked up: {wrong}", None)
        asking = Headers([("Accept", negotiation.content_type(Representation.JSON)), ("Cache-Control", "no-cache")])
        trace = _trace(job)
        try:
            answer = await self._handle(Request("GET", request.path, asking), caller, trace)
        except Fault as fault:
            verdict = job_verdict.of_fault(fault, cost=trace.cost, safe=True)
            if isinstance(verdict, Later):
                return replace(verdict, why=lost)
            return Ended(State.UNKNOWN, f"{lost}; it could not be looked up: {fault.detail}", None)
        if trace.outcome is Outcome.STALE:
            return Later(job_verdict.PAUSE, lost)
        return await self._judged(request, match, answer, lost=lost, cost=trace.cost)

    async def _judged(self, request: Request, match: Match, answer: Response, *, lost: str, cost: int) -> Verdict:
        if request.method == "DELETE":
            if answer.status == 404:
                return Ended(State.COMPLETED, f"{lost}; looked up: the row is gone", Result.of(answer, cost=cost))
            return Ended(State.UNKNOWN, f"{lost}; looked up: the row is there (status {answer.status})", None)
        row = await _row(answer, match.resource.name) if answer.status == 200 else None
        if row is None:
            return Ended(State.UNKNOWN, f"{lost}; looked up: no row was read (status {answer.status})", None)
        unlike = readback.unlike(await self._sent(request), row)
        if unlike:
            return Ended(State.UNKNOWN, f"{lost}; looked up: the row differs in {', '.join(unlike)[:200]}", None)
        why = f"{lost}; looked up: the row has every field that was sent"
        return Ended(State.COMPLETED, why, Result.of(answer, cost=cost))

    async def _sent(self, request: Request) -> Body | None:
        form = negotiation.body_format(request.headers.get("content-type"))
        if isinstance(form, Unsupported):
            return None
        codec = json_codec if form is Representation.JSON else xml_codec
        try:
            return await drive(codec.reading_body(request.body, limits=self._limits))
        except Malformed:
            return None

    def _caller(self, job: Job) -> Caller | str:
        """Who the job is sent for, under the account's own credential; or why nobody is there."""
        caller = self._callers(job.app)
        if caller is None:
            return f"app {job.app} is no longer in the configuration"
        if caller.account != job.account:
            return f"app {job.app} belonged to account {job.account} when the job was accepted, and does no longer"
        if not caller.lent:
            return f"account {job.account} has no token in the configuration any more"
        return replace(caller, patience=PATIENCE, priority="batch")


def _trace(job: Job) -> Trace:
    return Trace(job.asked.request_id or job.id, "", app=job.app, account=job.account)


async def _row(answer: Response, name: str) -> Fields | None:
    try:
        document: Document = await rendering.document(answer)
    except Malformed:
        return None
    row = document.fields.get(name)
    return row if isinstance(row, dict) else None
