"""`/-/jobs/` of the callers' listener: an app sees the jobs it made, their results, and can cancel what waits.

GET    /-/jobs/?state=failed&after=ID   newest first, a page at a time; `state` may be given more than once
GET    /-/jobs/ID                       the job, and its result when it has ended
DELETE /-/jobs/ID                       204 while it waits, else 409
"""

from __future__ import annotations

import base64
import math
import re
from urllib.parse import parse_qsl, urlencode

from gateway.exchange.jobs.accepting import PAGE, Jobs
from gateway.exchange.pace import drive
from gateway.policy import negotiation
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import job
from gateway.policy.jobs import report as job_report
from gateway.policy.jobs.job import State
from gateway.policy.jobs.notice import PATH
from gateway.policy.jobs.report import Embedded, Member
from gateway.policy.jobs.result import LONGEST_BODY, Result
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.negotiation import Representation, Unsupported
from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Document, Untranslatable
from gateway.policy.translation.malformed import Limits, Malformed

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")
_STORED = Limits(size=LONGEST_BODY)


class JobPages:
    """Answers what is asked of jobs. Raises `Fault`."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    @staticmethod
    def covers(path: str) -> bool:
        """Is this path one of the gateway's own?"""
        return path == PATH.rstrip("/") or path.startswith(PATH)

    async def __call__(self, request: Request, caller: Caller) -> Response:
        """Answer one request of one app."""
        job_id = request.path.removeprefix(PATH.rstrip("/")).strip("/")
        form = negotiation.in_any_case(request.headers.get("accept"))
        match request.method, bool(job_id):
            case (("GET" | "HEAD"), True):
                return await self._job(caller, job_id, form)
            case (("GET" | "HEAD"), False):
                return await self._list(caller, request.query, form)
            case "DELETE", True:
                await self._jobs.cancel(caller.app, job_id)
                return Response(204, Headers([("Cache-Control", "no-store")]))
            case method, _:
                offered = "GET, HEAD and DELETE" if job_id else "GET and HEAD"
                raise Fault(Kind.METHOD_UNSUPPORTED, f"{method} is not offered here; {offered} are", status=405)

    async def _job(self, caller: Caller, job_id: str, form: Representation) -> Response:
        told = await self._jobs.tell(caller.app, job_id)
        members = job_report.members(told.job)
        if told.result is not None:
            members["result"] = await _result(told.result, form)
        wait = job.retry_after(told.job, told.now)
        return _response(job_report.written("job", members, form), form, retry_after=wait)

    async def _list(self, caller: Caller, query: str, form: Representation) -> Response:
        states, after = _asked(query)
        found = await self._jobs.page(caller.app, states or set(State), after=after)
        more = None
        if len(found) > PAGE:
            more = urlencode([*(("state", state.value) for state in states), ("after", found[PAGE - 1].id)])
        page = job_report.page(found[:PAGE], more=more)
        return _response(job_report.written("jobs", page, form), form, retry_after=None)


def _asked(query: str) -> tuple[list[State], str]:
    states: list[State] = []
    after = ""
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name == "after" and value.isalnum():
            after = value
        elif name == "state" and value in set(State):
            states.append(State(value))
        else:
            known = ", ".join(State)
            raise Fault(
                Kind.MALFORMED, f"{name}={value[:40]!r} is not understood; state is one of {known}, after an id"
            )
    return states, after


def _response(body: bytes, form: Representation, *, retry_after: float | None) -> Response:
    fields = [("Content-Type", negotiation.content_type(form)), ("Cache-Control", "no-store"), ("Vary", "Accept")]
    if retry_after is not None:
        fields.append(("Retry-After", str(math.ceil(retry_after))))
    return Response(200, Headers(fields), body)


async def _result(result: Result, form: Representation) -> Member:
    told: dict[str, Member] = {"status": result.status, "cost": result.cost}
    if result.kind is not None:
        return told | {"problem": result.kind, "title": result.title or ""}
    told["fields"] = {name.lower(): value for name, value in result.headers}
    if result.omitted:
        return told | {"omitted": result.omitted}
    return told | ({"body": await _body(result, form)} if result.body else {})


async def _body(result: Result, form: Representation) -> Member:
    """The body as part of the page: a document in the page's own format, anything else as text or in base64."""
    stored = negotiation.body_format(result.headers.get("content-type"))
    if not isinstance(stored, Unsupported):
        try:
            codec = json_codec if stored is Representation.JSON else xml_codec
            document = await drive(codec.reading(result.body, limits=_STORED))
            return Embedded(await _written(document, result, stored, form))
        except (Malformed, Untranslatable, UnicodeDecodeError):
            pass
    try:
        return result.body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(result.body).decode()}


async def _written(document: Document, result: Result, stored: Representation, form: Representation) -> str:
    octets = result.body
    if stored is not form:
        writing = json_codec.writing if form is Representation.JSON else xml_codec.writing
        octets = (await drive(writing(document))).body
    return _DECLARATION.sub("", octets.decode("utf-8-sig").strip()) if form is Representation.XML else octets.decode()
