"""From a finished trace, or an event, to one line: a record of plain values first, then JSON or text for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from gateway.adapters.logs.redaction import Redaction
from gateway.policy import shown
from gateway.policy.trace import Outcome, Trace

Record = dict[str, Any]
Render = Callable[[Record], str]

_SHOWN = frozenset({"time", "level", "event", "exception"})
_AT_HAND = frozenset({Outcome.HIT, Outcome.SELECTED})
"""Outcomes of requests that asked nothing of anybody."""


class Access(NamedTuple):
    """A finished request and the two things its trace does not hold: the target and the bytes of the answer's body."""

    at: float
    trace: Trace
    target: str
    size: int


def access_record(access: Access, redaction: Redaction) -> Record:
    """Name what happened to a request; durations in milliseconds. What does not apply is left out."""
    trace = access.trace
    path, names = shown.parts(access.target)
    record: Record = {
        "time": moment(access.at),
        "level": "error" if trace.status >= 500 else "info",
        "event": "request",
        "request_id": trace.request_id[: shown.LONGEST],
        "trace_id": trace.traceparent[3:35],
        "app": trace.app,
        "account": trace.account,
        "method": trace.method[:20],
        "path": path,
        "parameters": names,
        "resource": trace.resource,
        "representation": trace.representation,
        "outcome": trace.outcome.value,
        "ttl": None if trace.ttl is None else round(trace.ttl, 3),
        "detail": trace.detail,
        "status": trace.status,
        "cost": trace.cost,
        "spent_ms": _milliseconds(trace.spent),
        "bytes": access.size,
        "replaced_characters": trace.replaced_characters or None,
    }
    if trace.outcome not in _AT_HAND:
        record |= {
            "forwarded": trace.forwarded,
            "forwarded_status": trace.forwarded_status,
            "stored": trace.stored or None,
            "collapsed": trace.collapsed or None,
            "api_code": trace.api_code,
            "refusal": trace.refusal,
            "queued_ms": _milliseconds(trace.queued),
            "upstream_ms": _milliseconds(trace.upstream),
        }
    record = {name: value for name, value in record.items() if value is not None}
    # Only these come from outside; the rest is the gateway's own vocabulary.
    sent = f"{path} {' '.join(names)} {record['method']}"
    if not trace.minted:
        sent += f" {record['request_id']} {record['trace_id']}"
    if redaction.found(sent):
        return {name: _cleaned(value, redaction) for name, value in record.items()}
    return record


def event_record(at: float, name: str, level: str, fields: Mapping[str, Any], redaction: Redaction) -> Record:
    """Name an event with its fields; texts are cleaned as prose, for they may quote anything."""
    cleaned = {key: _prose(value, redaction) for key, value in fields.items()}
    head = {"time": moment(at), "level": level, "event": name}
    return head | cleaned | head  # the order of a line, and no field in the place of these three


def as_json(record: Record) -> str:
    """One line of JSON."""
    try:
        return orjson.dumps(record, default=str).decode("utf-8")
    except TypeError:  # octets that were no text (surrogates) or a number above 64 bits; JSON has no NaN and infinity
        known = json.loads(json.dumps(record, default=str), parse_constant=lambda _: None)
        return json.dumps(known, separators=(",", ":"))


def as_text(record: Record) -> str:
    """One line for a person at a terminal: a request in columns, an event with its fields."""
    clock = record["time"][11:23]
    if record["event"] != "request":
        rest = " ".join(f"{name}={value}" for name, value in record.items() if name not in _SHOWN)
        below = [f"    {line}" for line in record.get("exception", "").splitlines()]
        return "\n".join(map(_printable, [f"{clock} {record['level']:<7} {record['event']} {rest}", *below]))
    why = record.get("refusal") or record.get("forwarded") or ""
    query = "?" + "&".join(record["parameters"]) if record["parameters"] else ""
    return _printable(
        f"{clock} {record['status']} {record['outcome']:<9} {record['spent_ms']:>9.1f} ms  "
        f"{record.get('app', '-'):<14} {record['method']:<6} {record['path']}{query} {why}"
    )


def moment(at: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    milliseconds = int(at * 1000)
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _cleaned(value: Any, redaction: Redaction) -> Any:
    if isinstance(value, str):
        return redaction(value)
    return tuple(redaction(part) for part in value) if isinstance(value, tuple) else value


def _prose(value: Any, redaction: Redaction) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {str(name): _prose(part, redaction) for name, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_prose(part, redaction) for part in value]
        case _:
            return redaction.prose(str(value))


def _printable(line: str) -> str:
    """Keep what came from outside from steering the terminal."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)
