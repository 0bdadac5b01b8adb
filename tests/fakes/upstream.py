"""An upstream as a `Send`: it answers what the script says, and else as a small service whose rows writes change."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import deque

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.ports import CutOff, NeverSent

JSON = "application/json"
XML = "application/xml"


def answer(
    resource: str = "personcontact", name: str = "Acme", *, status: int = 200, fields: dict[str, str] | None = None
) -> Response:
    """One row of a resource in the service's JSON; the row has a null and an empty text."""
    row = {"id": "1", "name": name, "notes": None, "fax": ""}
    envelope = {"personid": 7, "status": "OK", "code": status, "listcount": 1, resource: [row]}
    return plain(json.dumps(envelope, separators=(",", ":")).encode(), JSON, status=status, fields=fields)


def error(status: int, code: int, *, fields: dict[str, str] | None = None) -> Response:
    """A refusal of the service, in JSON."""
    envelope = {"personid": 0, "status": "Error", "code": status, "error": {"code": code, "message": "no"}}
    return plain(json.dumps(envelope, separators=(",", ":")).encode(), JSON, status=status, fields=fields)


def plain(body: bytes, content_type: str, *, status: int = 200, fields: dict[str, str] | None = None) -> Response:
    return Response(status, Headers([("Content-Type", content_type), *(fields or {}).items()]), body)


def zipped(response: Response) -> Response:
    headers = response.headers.put("Content-Encoding", "gzip")
    return Response(response.status, headers, gzip.compress(response.body))


def unreachable() -> Fault:
    """No connection: not one byte has left."""
    fault = Fault(Kind.UPSTREAM_UNREACHABLE, "no connection")
    fault.__cause__ = NeverSent()
    return fault


def cut_off() -> Fault:
    """The connection broke before any answer: whether the request was done is unknown."""
    fault = Fault(Kind.UPSTREAM_UNREACHABLE, "broken connection")
    fault.__cause__ = CutOff()
    return fault


def timed_out() -> Fault:
    """No answer: whether the request was done is unknown."""
    return Fault(Kind.UPSTREAM_TIMED_OUT, "no answer in time")


class FakeUpstream:
    """`seen` are the requests in order of arrival, `script` the next answers; `latency` is in seconds.

    Without a script a read is answered with the revision of the rows as the request arrives; a write makes a new one.
    """

    def __init__(self) -> None:
        self.latency = 1.0
        self.revision = 1
        self.seen: list[Request] = []
        self.script: deque[Response | Fault] = deque()

    @property
    def asked(self) -> list[str]:
        """The method and target of every request seen."""
        return [f"{request.method} {request.target}" for request in self.seen]

    async def send(self, request: Request) -> Response:
        self.seen.append(request)
        told = self.script.popleft() if self.script else self._served(request)
        await asyncio.sleep(self.latency)
        if isinstance(told, Fault):
            raise told
        return told

    def _served(self, request: Request) -> Response:
        resource = request.path.split("/")[1]
        if request.method in ("GET", "HEAD"):
            return answer(resource, f"revision {self.revision}")
        self.revision += 1
        return answer(resource, f"revision {self.revision}", status=201 if request.method == "POST" else 202)
