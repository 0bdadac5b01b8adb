"""How a job is told to its caller: in JSON, or in XML with the same members as elements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from gateway.policy.jobs.job import Job
from gateway.policy.jobs.notice import PATH, location
from gateway.policy.negotiation import Representation
from gateway.policy.timestamp import timestamp


@dataclass(frozen=True, slots=True)
class Embedded:
    """A value that is written already, in the format of what it is put into."""

    text: str


Member: TypeAlias = "str | int | Embedded | Mapping[str, Member] | Sequence[Mapping[str, Member]]"


def members(job: Job) -> dict[str, Member]:
    """What is told of a job, apart from its result; what is not known is left out."""
    told: dict[str, Member | None] = {
        "id": job.id,
        "state": job.state.value,
        "location": location(job.id),
        "method": job.asked.method,
        "target": job.asked.target,
        "accepted": timestamp(job.asked.at),
        "ended": None if job.ended_at is None else timestamp(job.ended_at),
        "status": job.status,
        "detail": job.why,
        "callback": job.asked.callback,
    }
    return {name: value for name, value in told.items() if value is not None}


def page(jobs: Iterable[Job], *, more: str | None) -> dict[str, Member]:
    """A list of jobs; `more` is the query that asks for those below."""
    rows = [members(job) for job in jobs]
    return {"job": rows} if more is None else {"job": rows, "next": f"{PATH}?{more}"}


def written(root: str, told: Mapping[str, Member], form: Representation) -> bytes:
    """Write it as a document of its own: one object, or one element named `root`."""
    if form is Representation.JSON:
        return _json({root: told}).encode("utf-8", "replace") + b"\n"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{_xml(root, told)}\n'
    return text.encode("utf-8", "replace")


def printable(text: str) -> str:
    """Text without the characters that XML 1.0 excludes (§2.2)."""
    return "".join(it if _allowed(ord(it)) else "\N{REPLACEMENT CHARACTER}" for it in text)


def _json(value: Member) -> str:
    match value:
        case Embedded(text):
            return text
        case str() | int():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{" + ",".join(f"{json.dumps(name)}:{_json(it)}" for name, it in value.items()) + "}"
        case _:
            return "[" + ",".join(map(_json, value)) + "]"


def _xml(name: str, value: Member) -> str:
    match value:
        case Embedded(text):
            inner = text
        case str() | int():
            inner = escape(printable(str(value)))
        case Mapping():
            inner = "".join(_field(key, it) if name == "fields" else _xml(key, it) for key, it in value.items())
        case _:
            return "".join(_xml(name, row) for row in value)
    return f"<{name}>{inner}</{name}>"


def _field(name: str, value: Member) -> str:
    """A response field: its name is no XML name for certain."""
    return f"<field name={quoteattr(printable(name))}>{escape(printable(str(value)))}</field>"


def _allowed(point: int) -> bool:
    return point in (0x9, 0xA, 0xD) or 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000
