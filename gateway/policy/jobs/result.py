"""What a job gives at its end: a response in what matters of it, or the fault that it ended by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gateway.policy.faults import Fault
from gateway.policy.messages import Headers, Response
from gateway.policy.packing import pack, pack_body, unpack, unpack_body

LONGEST_BODY = 4 * 1024 * 1024
"""Bytes of the longest body that is kept."""

_KEPT = frozenset(
    {"allow", "content-disposition", "content-language", "content-type", "etag", "last-modified", "location"}
)


@dataclass(frozen=True, slots=True)
class Result:
    """`omitted` is the length of a body that was too long to keep; `kind` and `title` are those of a fault."""

    status: int
    headers: Headers
    body: bytes
    cost: int
    omitted: int = 0
    kind: str | None = None
    title: str | None = None

    @classmethod
    def of(cls, response: Response, *, cost: int) -> Result:
        headers = Headers(item for item in response.headers if item[0].lower() in _KEPT)
        body = response.body
        if len(body) > LONGEST_BODY:
            return cls(response.status, headers, b"", cost, omitted=len(body))
        return cls(response.status, headers, body, cost)

    @classmethod
    def refused(cls, fault: Fault, *, cost: int) -> Result:
        return cls(fault.status, Headers(), b"", cost, kind=fault.kind.value, title=fault.title)


def without_body(result: Result) -> Result:
    """A result of whose body only the length is kept."""
    return replace(result, body=b"", omitted=result.omitted or len(result.body))


def text(result: Result) -> str:
    """Write a result as its record."""
    record: dict[str, Any] = {
        "status": result.status,
        "fields": list(result.headers),
        "cost": result.cost,
        "omitted": result.omitted,
        "kind": result.kind,
        "title": result.title,
        **pack_body(result.body),
    }
    return pack(record)


def read(record: str) -> Result:
    """Read what `text` has written."""
    it = unpack(record)
    return Result(
        status=it["status"],
        headers=Headers((name, value) for name, value in it["fields"]),
        body=unpack_body(it),
        cost=it.get("cost", 0),
        omitted=it.get("omitted", 0),
        kind=it.get("kind"),
        title=it.get("title"),
    )
