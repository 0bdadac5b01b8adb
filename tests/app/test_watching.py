"""The status page of a running gateway: what it counts, what it remembers, and what it never shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from gateway.adapters.prometheus import Gauges
from gateway.app import Gateway
from gateway.app.watching import KEPT, Watched, standing
from gateway.policy.trace import Outcome
from gateway.simulator import Simulator
from gateway.web.status_page import Told
from tests.adapters.prometheus.making import NAMES, hit
from tests.app.configured import KEY, Kept, settings
from tests.simulator.asking import small
from tests.web.test_quota_api import NOW


def watched() -> Watched:
    return Watched(CollectorRegistry(), names=NAMES, read=Gauges, version="1.2.3")


def test_the_latest_refusals_are_remembered_without_what_callers_wrote() -> None:
    metrics = watched()
    metrics.observe(hit())
    for number in range(KEPT + 5):
        refused: dict[str, Any] = {"outcome": Outcome.REFUSED, "refusal": "too_fast", "status": 400 + number}
        metrics.observe(hit(method="MINE", app=None, request_id="mine", **refused))
    assert len(metrics.refusals) == KEPT
    newest = metrics.refusals[0]
    assert (newest.status, newest.app, newest.method) == (400 + KEPT + 4, "other", "other")
    assert "mine" not in repr(metrics.refusals)
    assert metrics.counted("refusals_total")["other", "too_fast"] == KEPT + 5, "and counted as ever"


def test_the_latest_upstream_errors_are_remembered() -> None:
    metrics = watched()
    for code in (200, 304, 0, 403, 500):
        metrics.answered("acme", code, 10 if code == 403 else None, "time", 0.1)
    assert [(it.status, it.api_code) for it in metrics.errors] == [(500, None), (403, 10), (0, None)]
    for _ in range(KEPT + 5):
        metrics.answered("acme", 500, None, "time", 0.1)
    assert len(metrics.errors) == KEPT
    assert sum(metrics.counted("upstream_responses_total").values()) == KEPT + 10


def test_who_subscribes_and_who_else_was_told_is_on_the_page(tmp_path: Path) -> None:
    gauges = Gauges(
        webhook_deliveries_total={
            ("billing", "delivered"): 5,
            ("billing", "dead"): 1,
            ("api", "failed"): 0,
            ("callback", "failed"): 2,
        },
        webhook_subscriptions={("billing", "failing"): 1},
        webhook_backlog_deliveries={"waiting": 3, "dead": 1},
        webhook_oldest_seconds=8.0,
    )
    metrics = Watched(CollectorRegistry(), names=NAMES, read=lambda: gauges, version="1.2.3")
    told = standing(settings(tmp_path), metrics, lambda: (NOW, {}), since=0.0).telling
    assert told.subscriptions == {"billing": Told({"failing": 1}, delivered=5, dead=1), "callback": Told({}, failed=2)}
    assert (told.waiting, told.oldest, told.dead) == (3, 8.0, 1)


async def test_the_page_tells_what_the_gateway_did(tmp_path: Path) -> None:
    async with Simulator(small()) as simulator, aiohttp.ClientSession() as session:
        of = settings(tmp_path, upstream__url=simulator.url)
        async with Gateway(of, Kept(of).log) as gateway:
            for target in ("client/", "client/", "client/?secret=words", "client/999999/"):
                await session.get(gateway.url + target, headers={"X-Api-Key": KEY})
            await session.get(gateway.url + "client/", headers={"X-Api-Key": "of nobody"})
            async with session.get(gateway.operations_url + "api/status") as answer:
                text, told = await answer.text(), await answer.json()
    client = {"received": 4, "sent": 3, "saved": 1, "refused": 0}
    assert told["apps"]["tool"] == client
    assert told["resources"]["client"] == client
    assert told["apps"]["batch"] == {"received": 0, "sent": 0, "saved": 0, "refused": 0}
    assert told["cache"]["max_bytes"] == int(of.cache.max_bytes)
    assert told["cache"]["hit_ratio"] == 0.25
    assert [(it["app"], it["reason"]) for it in told["refusals"]] == [("other", "key_unknown")]
    assert [it["status"] for it in told["upstream_errors"]] == [404, 400]
    assert told["accounts"]["acme"]["used"]["total"] == 3
    assert not [word for word in ("secret", "words", "999999", "nobody", KEY) if word in text]
