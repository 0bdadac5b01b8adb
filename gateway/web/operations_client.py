"""The other end of the operations listener: ask a running gateway. Waits with the standard library only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import urlencode

_REFUSALS = frozenset({400, 404, 409})
TIMEOUT = 30.0
"""Seconds; what is asked for, such as a purge, is on the disk when the answer comes."""


class Unanswered(OSError):
    """No gateway answers there."""


class Refused(Exception):
    """The gateway says what is wrong with the question."""


def ask(
    host: str, port: int, method: str, path: str, parameters: Mapping[str, str], *, expected: tuple[str, type]
) -> dict[str, object]:
    """Ask for a document which has the expected member, of this type.

    Raises `Unanswered`, or `Refused` with what would be right.
    """
    connection = HTTPConnection(_reachable(host), port, timeout=TIMEOUT)
    try:
        connection.request(method, f"{path}?{urlencode(parameters)}" if parameters else path)
        answer = connection.getresponse()
        status, body = answer.status, answer.read()
    except (OSError, HTTPException) as failure:
        raise Unanswered(f"no gateway answers at {host}:{port}: {failure}") from failure
    finally:
        connection.close()
    told = _document(body)
    member, kind = expected
    if 200 <= status < 300 and isinstance(told.get(member), kind):
        return told
    if status in _REFUSALS and "detail" in told:
        raise Refused(str(told["detail"]))
    if status == 503 and "detail" in told:
        raise Unanswered(f"the gateway at {host}:{port}: {told['detail']}")
    raise Unanswered(f"what answers at {host}:{port} is no gateway of this version: status {status} to {method} {path}")


def _document(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _reachable(host: str) -> str:
    """The address to call for one to listen on: "every interface" is no place to go to."""
    try:
        every = ip_address(host).is_unspecified
    except ValueError:
        return host
    return host if not every else "::1" if ":" in host else "127.0.0.1"
