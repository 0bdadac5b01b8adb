"""`GET /api/quota`: every account's day, who spends it and until when it lasts; the egress, what is closed, the line.

Counts are requests. Moments are ISO 8601 in GMT, on the ledger's clock; `null` where there is none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from gateway.exchange.line.gate import BudgetStanding, GateSnapshot
from gateway.exchange.line.standing import DayStanding
from gateway.policy.names import AccountName
from gateway.policy.quota.closure import Closure
from gateway.policy.quota.forecasting import FOREIGN, Forecast
from gateway.policy.timestamp import timestamp
from gateway.web import answers

Read = Callable[[], tuple[GateSnapshot, Mapping[AccountName, Forecast]]]
"""Tell how the gate stands and what is foretold of the accounts; answers at once, from what is known."""


def add_to(app: web.Application, read: Read) -> None:
    """Add the route to the operations listener."""

    async def quota(_: web.Request) -> web.Response:
        return answers.told(document(*read()))

    app.router.add_get("/api/quota", quota)


def document(now: GateSnapshot, forecasts: Mapping[AccountName, Forecast]) -> dict[str, Any]:
    """What the route answers."""
    return {
        "now": moment(now.now),
        "ledger_away": now.ledger_away,
        "accounts": {
            name: _account(now, day, now.closures.get(name), forecasts.get(name)) for name, day in now.days.items()
        },
        "egress": {"name": now.egress.name, **_window(now.egress), "pause_seconds": round(now.pause_left, 1)},
        "line": {
            "waiting": {priority.value: waiting for priority, waiting in now.waiting.items()},
            "wait_seconds": round(now.wait, 1),
            "under_way": now.leases_out,
        },
    }


def _window(it: BudgetStanding) -> dict[str, Any]:
    return {
        "limit": it.limit or None,
        "used": it.used,
        "remaining": it.remaining if it.limit else None,
        "reset_seconds": round(it.reset, 1),
    }


def _account(now: GateSnapshot, day: DayStanding, shut: Closure | None, forecast: Forecast | None) -> dict[str, Any]:
    asked = day.asked_at > 0
    return {
        "limit": day.limit or None,
        "used": {"gateway": day.used - day.foreign, "foreign": day.foreign, "total": day.used},
        "upstream": {"limit": day.plan or None, "used": day.told, "asked": moment(day.asked_at) if asked else None},
        "remaining": max(0, day.limit - day.used) if day.limit else None,
        "reset": moment(now.now + day.left),
        "kept_for": {"foreign": day.foreign_ahead, "interactive": day.reserve},
        "apps": {app: _app(app, day) for app in sorted({*day.spent, *day.guaranteed})},
        "forecast": _forecast(forecast),
        "closed": _closed(shut),
    }


def _app(app: str, day: DayStanding) -> dict[str, Any]:
    return {"used": day.spent.get(app, 0), "share": day.guaranteed.get(app, 0), "lent": day.lent.get(app, 0)}


def _forecast(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    return {
        "dry": moment(forecast.dry_at),
        "requests_per_hour": round(forecast.per_hour, 1),
        "by": {("foreign" if app == FOREIGN else app): round(part, 3) for app, part in forecast.parts.items()},
    }


def _closed(shut: Closure | None) -> dict[str, Any] | None:
    if shut is None:
        return None
    return {
        "reason": shut.reason.value,
        "since": moment(shut.since),
        "until": None if shut.until is None else moment(shut.until),
        "probe": None if shut.probe_at is None else moment(shut.probe_at),
    }


def moment(seconds: float) -> str | None:
    """A moment for people and programs; None for never."""
    if math.isinf(seconds):
        return None
    return timestamp(round(seconds))
