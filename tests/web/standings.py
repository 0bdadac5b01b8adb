"""One status, with something of everything."""

from __future__ import annotations

from dataclasses import replace

from gateway.policy.names import AccountName
from gateway.policy.quota import closure
from gateway.web.status_page import Refusal, Status, Stored, Telling, Told, Traffic, UpstreamError
from tests.web.test_quota_api import ACME, DAY, DRY, NOON, NOW

GLOBEX = AccountName("globex")
STATUS = Status(
    version="1.2.3",
    since=NOON - 3_600,
    gate=replace(NOW, days={ACME: DAY, GLOBEX: DAY}, closures={GLOBEX: closure.spent(NOON)}),
    forecasts={ACME: DRY},
    apps={"tool": Traffic(received=1_200, sent=100, refused=3), "report": Traffic()},
    resources={"client": Traffic(1_000, 20), "time": Traffic(200, 80), "task": Traffic()},
    stored=Stored(
        entries=7,
        bytes=3 * 2**20,
        max_bytes=256 * 2**20,
        answers={"hit": 6, "selected": 1, "miss": 2, "bypass": 1},
        evictions={"size": 4, "expired": 0},
    ),
    refusals=(Refusal(NOON - 1, "tool", "GET", "client", "too_fast", 429),),
    telling=Telling(
        {
            "billing": Told({"failing": 1}, delivered=1_200, failed=30, dead=4),
            "chat": Told({"active": 1}, delivered=7),
            "api": Told({"active": 2, "retrying": 1}),
        },
        waiting=12,
        oldest=75.0,
        dead=4,
    ),
    jobs={"waiting": 3, "running": 1, "completed": 1_020},
    errors=(UpstreamError(NOON - 2, "acme", "time", 403, 10), UpstreamError(NOON - 3, "acme", "time", 0, None)),
)
