"""The page that tells an operator where the days go."""

from __future__ import annotations

import math
from dataclasses import replace

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.exchange.line.gate import BudgetStanding, GateSnapshot
from gateway.exchange.line.standing import DayStanding
from gateway.policy.names import AccountName
from gateway.policy.quota import closure
from gateway.policy.quota.backlog import Priority
from gateway.policy.quota.forecasting import FOREIGN, Forecast
from gateway.web import quota_api

NOON = 20_000 * 86_400.0 + 43_200.0  # 2024-10-04
ACME = AccountName("acme")
DAY = DayStanding(
    day=20_000,
    limit=6000,
    used=130,
    left=43_200.0,
    foreign=30,
    foreign_ahead=30,
    spent={"tool": 100},
    guaranteed={"report": 2376},
    lent={"report": 10},
    reserve=120,
    told=128,
    plan=6000,
    asked_at=NOON - 60,
)
NOW = GateSnapshot(
    now=NOON,
    waiting=dict.fromkeys(Priority, 2),
    wait=12.34,
    leases_out=3,
    egress=BudgetStanding("office", "minute", 100, 37, 63, 41.2, 0.0),
    accounts={ACME: BudgetStanding("acme", "day", 6000, 130, 5870, 43_200.0, 0.0)},
    days={ACME: DAY},
    closures={},
    pause_left=0.0,
    ledger_away=False,
)
DRY = Forecast(NOON + 16_800, clearly=False, per_hour=1234.56, parts={"tool": 0.8, FOREIGN: 0.2})


async def test_the_page_says_all_there_is_to_know() -> None:
    app = web.Application()
    quota_api.add_to(app, lambda: (NOW, {ACME: DRY}))
    async with TestClient(TestServer(app)) as client, client.get("/api/quota") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content_type == "application/json"
        page = await response.json()
    assert page["now"] == "2024-10-04T12:00:00Z"
    assert page["accounts"]["acme"] == {
        "limit": 6000,
        "used": {"gateway": 100, "foreign": 30, "total": 130},
        "upstream": {"limit": 6000, "used": 128, "asked": "2024-10-04T11:59:00Z"},
        "remaining": 5870,
        "reset": "2024-10-05T00:00:00Z",
        "kept_for": {"foreign": 30, "interactive": 120},
        "apps": {
            "report": {"used": 0, "share": 2376, "lent": 10},
            "tool": {"used": 100, "share": 0, "lent": 0},
        },
        "forecast": {"dry": "2024-10-04T16:40:00Z", "requests_per_hour": 1234.6, "by": {"tool": 0.8, "foreign": 0.2}},
        "closed": None,
    }
    assert page["egress"] == {
        "name": "office",
        "limit": 100,
        "used": 37,
        "remaining": 63,
        "reset_seconds": 41.2,
        "pause_seconds": 0.0,
    }
    waiting = {"interactive": 2, "normal": 2, "batch": 2}
    assert page["line"] == {"waiting": waiting, "wait_seconds": 12.3, "under_way": 3}


def test_what_is_not_known_or_has_no_limit_is_null() -> None:
    free = replace(DAY, limit=0, plan=0, told=None, asked_at=0.0)
    page = quota_api.document(replace(NOW, days={ACME: free}, closures={ACME: closure.spent(NOON)}), {})
    account = page["accounts"]["acme"]
    assert (account["limit"], account["remaining"], account["forecast"]) == (None, None, None)
    assert account["upstream"] == {"limit": None, "used": None, "asked": None}
    assert account["closed"] == {
        "reason": "day_spent",
        "since": "2024-10-04T12:00:00Z",
        "until": "2024-10-05T00:00:00Z",
        "probe": None,
    }


def test_a_day_that_lasts_has_no_moment_at_which_it_is_dry() -> None:
    lasting = replace(DRY, dry_at=math.inf)
    assert quota_api.document(NOW, {ACME: lasting})["accounts"]["acme"]["forecast"]["dry"] is None
