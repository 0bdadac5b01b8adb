"""A finished trace, and a log that keeps its lines."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import Render, as_json
from gateway.policy.names import AccountName, AppName
from gateway.policy.trace import Outcome, Trace

SECRET = "s3cret-key-of-timesheets"
MISS = Trace(
    request_id="r1",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    app=AppName("timesheets"),
    account=AccountName("acme"),
    method="GET",
    resource="client",
    representation="json",
    outcome=Outcome.MISS,
    forwarded="uri-miss",
    forwarded_status=200,
    stored=True,
    ttl=900.0,
    cost=1,
    status=200,
    queued=0.25,
    upstream=0.125,
    spent=0.3764321,
)


def trace(**changes: Any) -> Trace:
    return replace(MISS, **changes)


class Kept:
    """What a log wrote."""

    def __init__(self, render: Render = as_json, capacity: int = 100) -> None:
        self.octets = b""
        self.redaction = Redaction([SECRET])
        self.log = Log(self.write, render, self.redaction, capacity=capacity, clock=lambda: 1795224640.0625)

    def write(self, octets: bytes) -> None:
        self.octets += octets

    def text(self) -> str:
        self.log.drain()
        return self.octets.decode("utf-8")

    def records(self) -> list[dict[str, Any]]:
        self.log.drain()
        return [json.loads(line) for line in self.octets.splitlines()]
