"""The simulator's own paths, under /__simulator__/: not counted, not limited, not in the journal.

GET  /__simulator__/          options, accounts' days, suspended addresses, waiting faults
PUT  /__simulator__/options   {"limit": 20, "latency": 0.1, ...}
GET  /__simulator__/journal   ?period=60&last=100: sums, the worst window, refused and last arrivals
POST /__simulator__/fault     {"kind": "reset", "times": 2}
POST /__simulator__/spend     {"account": "acme", "requests": 100}
POST /__simulator__/reset     forget rows, counters, faults and the journal
"""

import json
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.simulator.accounts import ACCOUNTS
from gateway.simulator.options import change, plain

if TYPE_CHECKING:
    from gateway.simulator.server import Simulator

PREFIX = "/__simulator__"


async def answer(simulator: "Simulator", request: web.BaseRequest) -> web.Response:
    """Carry out one control request; 400 with a sentence if it is not understood."""
    path = request.path.removeprefix(PREFIX).strip("/")
    try:
        if request.method == "GET":
            return _told(simulator, path, request)
        given = json.loads(await request.read() or b"{}")
        if not isinstance(given, dict):
            raise ValueError("The body must be a JSON object.")
        _carry_out(simulator, path, given)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response(_state(simulator))


def _told(simulator: "Simulator", path: str, request: web.BaseRequest) -> web.Response:
    if path == "":
        return web.json_response(_state(simulator))
    if path == "journal":
        period = float(request.query.get("period", simulator.options.period))
        text = simulator.journal.summary(period, int(request.query.get("last", "100")))
        return web.Response(text=text, content_type="application/json")
    raise ValueError(f"There is nothing to see at {path}.")


def _carry_out(simulator: "Simulator", path: str, given: dict[str, object]) -> None:
    match path:
        case "options":
            change(simulator.options, given)
        case "fault":
            simulator.fail_next(str(given["kind"]), _number(given, "times", 1))
        case "spend":
            simulator.spend(str(given["account"]), _number(given, "requests", 1))
        case "reset":
            simulator.reset()
        case _:
            raise ValueError(f"{path} cannot be changed.")


def _number(given: dict[str, object], name: str, default: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int):
        raise TypeError(f"{name}: expects a number")
    return value


def _state(simulator: "Simulator") -> dict[str, object]:
    service = simulator.service
    return {
        "options": plain(simulator.options),
        "now": service.clock.timestamp_text(),
        "requests": len(simulator.journal),
        "used": {account: service.days.used(account) for account in ACCOUNTS},
        "per_day": {account: service.per_day(account) for account in ACCOUNTS},
        "suspended": service.addresses.suspended(service.clock.stamp()),
        "faults": [kind.value for kind in simulator.faults],
    }
