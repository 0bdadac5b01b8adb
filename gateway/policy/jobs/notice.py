"""What the callback of a job says: how it ended, and its result as far as it is small."""

from __future__ import annotations

import json

from gateway.policy.jobs.job import Job
from gateway.policy.jobs.result import Result
from gateway.policy.notices import Json, Notice

LONGEST_BODY = 16 * 1024
"""Bytes of the longest body that goes along; the whole result is at the job's location."""

PATH = "/-/jobs/"


def location(job_id: str) -> str:
    """Where a job is found; told as a reference (RFC 9110 §10.2.2)."""
    return f"{PATH}{job_id}"


def notice(job: Job, result: Result | None) -> Notice:
    """Tell the end of a job. Its id is the job's own: a job ends once, however often that is delivered."""
    data: dict[str, Json] = {
        "job": job.id,
        "state": job.state.value,
        "method": job.asked.method,
        "target": job.asked.target,
        "location": location(job.id),
        "detail": job.why,
        "result": None if result is None else _told(result),
    }
    return Notice(f"job-{job.id}", f"intervals.job.{job.state}", job.account, job.ended_at or 0.0, data)


def _told(result: Result) -> Json:
    told: dict[str, Json] = {"status": result.status}
    if result.kind is not None:
        return told | {"problem": result.kind}
    told |= {name.lower(): value for name, value in result.headers}
    if result.omitted or len(result.body) > LONGEST_BODY:
        return told | {"omitted": result.omitted or len(result.body)}
    return told | {"body": _body(result.body)}


def _body(body: bytes) -> Json:
    """A JSON body as what it says, any other text as text; None for what is no text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    try:
        said: Json = json.loads(text)
    except ValueError:
        return text
    return said
