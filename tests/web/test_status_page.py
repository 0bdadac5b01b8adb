"""What the status page tells, as a value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.policy.quota.closure import Reason
from gateway.policy.quota.forecasting import Forecast
from gateway.web.status_page import (
    CLOSURES,
    TOP,
    Stored,
    Telling,
    Traffic,
    attention,
    costliest,
    document,
    most_saving,
)
from tests.web.standings import STATUS
from tests.web.test_quota_api import ACME


def test_what_callers_sent_and_the_upstream_did_not_see_is_saved() -> None:
    assert Traffic(received=10, sent=4).saved == 6
    assert Traffic(received=0, sent=4).saved == 0, "the gateway asks for itself"


@pytest.mark.parametrize(
    ("answers", "ratio"),
    [
        ({}, None),
        ({"miss": 3}, 0.0),
        ({"hit": 1, "selected": 1, "collapsed": 1, "stale": 1, "miss": 3, "bypass": 1}, 0.5),
    ],
)
def test_the_hit_ratio_is_of_the_reads(answers: dict[str, int], ratio: float | None) -> None:
    assert Stored(0, 0, 1, answers, {}).hit_ratio == ratio


def test_every_closure_has_its_words() -> None:
    assert CLOSURES.keys() == set(Reason)


def test_attention_is_asked_for_what_needs_it() -> None:
    away = replace(STATUS, gate=replace(STATUS.gate, ledger_away=True, pause_left=3.0), reload_refused=True)
    assert list(attention(away)) == [
        "The configuration that was read last has mistakes: the one before is in force.",
        "The ledger is away: only a safe share of the quota is used.",
        "Sending is paused: the upstream says that requests come too fast.",
        "Webhook billing hears nothing: every delivery failed for too long.",
        "Deliveries that were given up: 4.",
        "Account globex is closed: its day is spent.",
        "Account acme: at this pace its day does not last.",
    ]
    safe = {ACME: Forecast(float("inf"), clearly=True, per_hour=1.0, parts={})}
    quiet = replace(STATUS, forecasts=safe, gate=replace(STATUS.gate, closures={}), telling=Telling())
    assert not list(attention(quiet))


def test_programs_are_told_of_webhooks_and_jobs() -> None:
    assert document(STATUS)["jobs"] == {"waiting": 3, "running": 1, "completed": 1_020}
    told = document(STATUS)["webhooks"]
    assert (told["waiting"], told["oldest_seconds"], told["dead"]) == (12, 75.0, 4)
    billing = {"states": {"failing": 1}, "delivered": 1_200, "failed": 30, "dead": 4}
    assert told["subscriptions"]["billing"] == billing


def test_the_first_resources_by_cost_and_by_saving() -> None:
    assert [name for name, _ in costliest(STATUS)] == ["time", "client"]
    assert [name for name, _ in most_saving(STATUS)] == ["client", "time"]
    many = {f"r{number:02}": Traffic(number, number) for number in range(30)}
    top = costliest(replace(STATUS, resources=many))
    assert (len(top), top[0][0]) == (TOP, "r29")
    assert most_saving(replace(STATUS, resources=many)) == []


def test_programs_are_told_the_same() -> None:
    told = document(STATUS)
    assert told["accounts"]["acme"]["forecast"]["dry"] == "2024-10-04T16:40:00Z"
    assert told["since"] == "2024-10-04T11:00:00Z"
    assert told["apps"]["tool"] == {"received": 1200, "sent": 100, "saved": 1100, "refused": 3}
    assert told["cache"]["hit_ratio"] == 0.7
    assert told["refusals"] == [
        {
            "at": "2024-10-04T11:59:59Z",
            "app": "tool",
            "method": "GET",
            "resource": "client",
            "reason": "too_fast",
            "status": 429,
        }
    ]
    assert [(it["status"], it["api_code"]) for it in told["upstream_errors"]] == [(403, 10), (None, None)]
