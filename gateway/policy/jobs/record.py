"""A job as the records that keep it: its standing, apart from the request it holds. No secret is in either.

The same job gives the same text, so that a swap can name what it must find.
"""

from __future__ import annotations

import re
from typing import Any

from gateway.policy.jobs.job import Asked, Job, State
from gateway.policy.messages import Headers, Request
from gateway.policy.names import AccountName, AppName
from gateway.policy.packing import pack, pack_body, unpack, unpack_body

_NOT_KEPT = frozenset({"callback-url", "content-length", "expect", "host", "prefer"})
_SECRET = re.compile(r"auth|cookie|token|secret|passw|session|signature|(?<!idempotency-)key")
"""Names of fields that may hold a credential. The account's own is looked up when the job runs."""

_LAST_PLACE = (1 << 40) - 1


def new_id(place: int, random: str) -> str:
    """Name a job so that, of one app's ids in their order, the newest comes first."""
    return f"{_LAST_PLACE - place:010x}{random}"


def key(app: AppName, job_id: str) -> str:
    """The key of a job's records; those of one app lie together."""
    return f"{app}/{job_id}"


def keepable(request: Request) -> Request:
    """The request as it is kept: what spoke to the gateway, and what may be a secret, is left out."""
    fields = [
        (name, value)
        for name, value in request.headers.end_to_end()
        if name.lower() not in _NOT_KEPT and not _SECRET.search(name.lower())
    ]
    return Request(request.method, request.target, Headers(fields), request.body)


def text(job: Job) -> str:
    """Write a job as its record."""
    asked = job.asked
    record: dict[str, Any] = {
        "id": job.id,
        "app": job.app,
        "account": job.account,
        "state": job.state.value,
        "holder": job.holder,
        "due": job.due,
        "back": job.back,
        "tries": job.tries,
        "why": job.why,
        "status": job.status,
        "ended_at": job.ended_at,
        "place": asked.place,
        "at": asked.at,
        "method": asked.method,
        "target": asked.target,
        "resource": asked.resource,
        "about": asked.about,
        "callback": asked.callback,
        "request_id": asked.request_id,
    }
    return pack(record)


def read(record: str) -> Job:
    """Read what `text` has written."""
    it = unpack(record)
    return Job(
        id=it["id"],
        app=AppName(it["app"]),
        account=AccountName(it["account"]),
        state=State(it["state"]),
        holder=it.get("holder"),
        due=it.get("due", 0.0),
        back=it.get("back", 0.0),
        tries=it.get("tries", 0),
        why=it.get("why"),
        status=it.get("status"),
        ended_at=it.get("ended_at"),
        asked=Asked(
            place=it.get("place", 0),
            at=it.get("at", 0.0),
            method=it["method"],
            target=it["target"],
            resource=it["resource"],
            about=it["about"],
            callback=it.get("callback"),
            request_id=it.get("request_id", ""),
        ),
    )


def request_text(request: Request) -> str:
    """Write a request as its record."""
    return pack(
        {"method": request.method, "target": request.target, "fields": list(request.headers), **pack_body(request.body)}
    )


def read_request(record: str) -> Request:
    """Read what `request_text` has written."""
    it = unpack(record)
    return Request(it["method"], it["target"], Headers((name, value) for name, value in it["fields"]), unpack_body(it))
