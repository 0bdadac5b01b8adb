"""The head of an answer in parts, by how long they are true: as long as the rendition, this second, this request.

Each part is text: lines that end with CRLF. A part raises ValueError for a field that would end its line: no parsed
message can hold one, so it would be our mistake.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from gateway.policy.messages import Response
from gateway.policy.trace import Trace

_SERVER = "intervals-gateway"
_WRITTEN_HERE = frozenset(
    {
        "age",
        "connection",
        "content-length",
        "quota-cost",
        "ratelimit",
        "ratelimit-policy",
        "server",
        "traceparent",
        "x-request-id",
    }
)
"""What the gateway says of itself. Cache-Status and Server-Timing are lists, to which each hop adds its own."""

Fields = Sequence[tuple[str, str]]


@lru_cache(maxsize=256)
def status_line(status: int, version: str) -> str:
    """The first line (RFC 9112 §4); a status that is not registered has no phrase."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    return f"HTTP/{version} {status} {phrase}\r\n"


def lasting(response: Response, trace: Trace) -> str:
    """What is the same each time this answer is given."""
    fields = [item for item in response.headers if item[0].lower() not in _WRITTEN_HERE]
    fields += (("Quota-Cost", str(trace.cost)), ("Server", _SERVER))
    if trace.replaced_characters:
        fields.append(("Content-Replaced-Characters", str(trace.replaced_characters)))
    return _lines(fields)


def ageing(age: str | None, trace: Trace) -> str:
    """What moves with the clock, for this answer alone."""
    fields = [] if age is None else [("Age", age)]
    if (status := trace.cache_status()) is not None:
        fields.append(("Cache-Status", status))
    return _lines(fields)


def current(limits: Fields, *, dated: bool = False) -> str:
    """What is true this second, of every answer to an account; `dated`: the answer brings its own Date."""
    return _lines([*limits] if dated else [("Date", _date(int(time.time()))), *limits])


def own(timing: str, request_id: str, traceparent: str) -> str:
    """What is said of this request alone: its Server-Timing and its ids."""
    return f"Server-Timing: {timing}\r\nX-Request-Id: {request_id}\r\ntraceparent: {traceparent}\r\n"


def _lines(fields: Iterable[tuple[str, str]]) -> str:
    lines = [f"{name}: {value}\r\n" for name, value in fields]
    text = "".join(lines)
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ValueError("a field holds a line break")
    return text


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
