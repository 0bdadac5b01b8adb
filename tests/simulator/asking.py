"""Ask a service directly, without a socket."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.simulator.accounts import USERS
from gateway.simulator.clock import Clock
from gateway.simulator.faults import FaultKind
from gateway.simulator.journal import Arrival
from gateway.simulator.options import Options
from gateway.simulator.requests import Request
from gateway.simulator.roles import Caller
from gateway.simulator.service import Reply, Service

NOON = 1_750_075_200.0
"""2025-06-16 12:00:00 UTC."""
TODAY = "2025-06-16"
ADMIN = "acmeadmin01"
SENT = {"json": "application/json", "xml": "application/xml"}


def small(**changed: Any) -> Options:
    """Options for a small account at a fixed noon, without limits."""
    settings: dict[str, Any] = {"scale": 0.02, "limit": 0, "now": lambda: NOON, "epoch": date.fromisoformat(TODAY)}
    return Options(**settings | changed)


def basic(token: str, password: str = "x") -> str:
    """An Authorization field."""
    return "Basic " + base64.b64encode(f"{token}:{password}".encode()).decode()


def ask(
    service: Service,
    target: str,
    *,
    method: str = "GET",
    token: str = ADMIN,
    accept: str = "application/json",
    body: object = None,
    content_type: str = "application/json",
    address: str = "127.0.0.1",
    fault: FaultKind | None = None,
    sized: bool = True,
) -> Reply:
    """Send one request; a body that is not bytes is written as JSON."""
    path, _, query = target.partition("?")
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    arrival = Arrival(service.clock.stamp(), address, "", "", method, target, accept)
    return service.reply(arrival, Request(method, path, query, content_type, sent, sized), basic(token), fault)


def got(service: Service, target: str, **request: Any) -> Any:
    """The decoded JSON answer."""
    return json.loads(ask(service, target, **request).body)


def rows(service: Service, target: str, token: str = ADMIN) -> list[dict[str, Any]]:
    """All rows of a list."""
    resource = target.strip("/").partition("/")[0].partition("?")[0]
    answer: Mapping[str, Any] = got(service, target, token=token)
    assert answer["code"] == 200, answer
    found: list[dict[str, Any]] = answer[resource]
    return found


def error(service: Service, target: str, **request: Any) -> tuple[int, int]:
    """HTTP status and api code of a refusal."""
    reply = ask(service, target, **request)
    assert json.loads(reply.body)["error"]["code"] == reply.api_code
    return reply.status, reply.api_code


def caller(service: Service, token: str = ADMIN) -> Caller:
    """The owner of a token, in the account's world."""
    user = USERS[token]
    world = service.world(user.account)
    return Caller(user, world, list(world.tables["person"])[user.person])


def clock() -> Clock:
    """The clock of the fixed noon."""
    return Clock(small())
