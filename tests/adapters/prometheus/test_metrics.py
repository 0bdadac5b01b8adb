"""What is counted, what cannot add a series, and the two formats of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_classic
from prometheus_client.registry import DuplicateTimeseries

from gateway.adapters.prometheus import Gauges, Metrics, Names
from gateway.policy.faults import REFUSALS, Kind
from gateway.policy.trace import Outcome
from tests.adapters.prometheus.making import NAMES, TRACE_ID, hit, made, series, values

parse_openmetrics: Callable[[str], Iterator[Metric]] = openmetrics.text_string_to_metric_families
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def test_a_hit_is_a_request_an_answer_of_the_cache_and_a_duration() -> None:
    metrics, registry = made()
    metrics.observe(hit())
    metrics.observe(hit())
    assert values(registry, "requests_total") == {("timesheets", "200", "GET", "client"): 2}
    assert values(registry, "cache_answers_total") == {("json", "hit", "client"): 2}
    assert values(registry, "request_duration_seconds_sum") == {("timesheets", "hit"): pytest.approx(0.0008)}
    assert values(registry, "request_duration_seconds_bucket")["timesheets", "0.0005", "hit"] == 2


@pytest.mark.parametrize("outcome", [Outcome.WRITE, Outcome.REFUSED, Outcome.LOCAL])
def test_what_is_not_a_read_is_no_answer_of_the_cache(outcome: Outcome) -> None:
    metrics, registry = made()
    metrics.observe(hit(outcome=outcome))
    assert not values(registry, "cache_answers_total")
    assert values(registry, "requests_total")


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, "admitted"),
        ({"refusal": "timed_out", "status": 429}, "refused"),
        ({"status": 499}, "left"),
        ({"status": 0}, "left"),
    ],
)
def test_a_wait_is_counted_by_how_it_ended(changes: dict[str, Any], result: str) -> None:
    metrics, registry = made()
    metrics.observe(hit(queued=3.0, **changes))
    assert values(registry, "queue_wait_seconds_sum") == {("timesheets", result): 3.0}


def test_a_refusal_is_counted_by_its_kind() -> None:
    metrics, registry = made()
    metrics.observe(hit(app=None, refusal=Kind.KEY_UNKNOWN.value, outcome=Outcome.REFUSED, status=401))
    assert values(registry, "refusals_total") == {("other", "key_unknown"): 1}


def test_events_that_are_not_requests() -> None:
    metrics, registry = made()
    metrics.sent("acme", "timesheets", "client", "GET")
    metrics.answered("acme", 400, 12, "client", 0.2)
    metrics.answered("acme", 0, None, "client", 60.0)
    metrics.invalidated("client", "write")
    metrics.foreign("acme", 7)
    assert values(registry, "upstream_requests_total") == {("acme", "timesheets", "GET", "client"): 1}
    assert values(registry, "upstream_responses_total") == {("acme", "12", "400"): 1, ("acme", "none", "none"): 1}
    assert values(registry, "upstream_duration_seconds_count") == {("client",): 2}
    assert values(registry, "invalidations_total") == {("write", "client"): 1}
    assert values(registry, "quota_foreign_requests_total") == {("acme",): 7}


def test_what_others_know_is_read_at_each_scrape() -> None:
    now = Gauges(
        cache_entries=3,
        cache_evictions_total={"size": 2},
        queue_requests={("office", "batch"): 4},
        quota_used_requests={("acme", "day", "upstream"): 5},
        quota_exhaustion_timestamp_seconds={"acme": math.inf},
        account_closed={("acme", "banned"): 1},
        telemetry_dropped_total={"access_line": 6},
    )
    _, registry = made(lambda: now)
    assert values(registry, "cache_entries") == {(): 3}
    assert values(registry, "cache_evictions_total") == {("size",): 2}
    assert values(registry, "queue_requests") == {("office", "batch"): 4}
    assert values(registry, "quota_used_requests") == {("acme", "upstream", "day"): 5}
    assert values(registry, "quota_exhaustion_timestamp_seconds") == {("acme",): math.inf}
    assert values(registry, "account_closed") == {("acme", "banned"): 1}
    assert values(registry, "telemetry_dropped_total") == {("access_line",): 6}


def test_small_sets_start_at_zero() -> None:
    _, registry = made()
    samples = {(s.name, *s.labels.values()) for metric in registry.collect() for s in metric.samples}
    for reason in REFUSALS:
        assert ("intervals_gateway_refusals_total", "timesheets", reason.value) in samples
    for priority in ("interactive", "normal", "batch"):
        assert ("intervals_gateway_queue_requests", "office", priority) in samples
    assert ("intervals_gateway_account_closed", "acme", "suspended") in samples
    assert ("intervals_gateway_quota_foreign_requests_total", "acme") in samples
    assert ("intervals_gateway_telemetry_dropped_total", "series") in samples


def test_ten_thousand_junk_names_add_no_series() -> None:
    metrics, registry = made()
    junk = hit(app="x", account="x", method="x", resource="x", representation="x", status=999, refusal="x", queued=1.0)
    for outcome in Outcome:
        metrics.observe(hit(**_fields(junk, "0"), outcome=outcome))
    metrics.sent("0", "0", "0", "0")
    metrics.answered("0", 999, 99, "0", 1.0)
    metrics.invalidated("0", "0")
    before, remembered = series(registry), len(metrics._bound)
    for number in range(10_000):
        name = f"junk{number}"
        metrics.observe(hit(**_fields(junk, name), outcome=list(Outcome)[number % len(Outcome)]))
        metrics.sent(name, name, name, name)
        metrics.answered(name, 600 + number, 100 + number, name, 1.0)
        metrics.invalidated(name, name)
    assert series(registry) == before
    assert len(metrics._bound) == remembered == 0


def _fields(junk: Any, name: str) -> dict[str, Any]:
    texts = ("app", "account", "method", "resource", "representation", "refusal")
    return {"status": junk.status, "queued": junk.queued} | dict.fromkeys(texts, name)


def test_a_family_that_is_full_counts_what_loses_its_labels() -> None:
    names = Names(frozenset(), frozenset(), frozenset(), frozenset(f"r{n}" for n in range(300)))
    metrics, registry = made(names=names)
    for _ in range(2):
        for resource in names.resources:
            metrics.observe(hit(app=None, resource=resource))
    counted = values(registry, "requests_total")
    assert len(counted) == names.limit() + 1
    assert sum(counted.values()) == 600
    assert counted["other", "other", "other", "other"] == 200
    lost = values(registry, "telemetry_dropped_total")["series",]
    assert lost >= 200


def test_a_page_of_ten_busy_apps_stays_below_two_thousand_lines() -> None:
    names = Names(frozenset(map(str, range(10))), NAMES.accounts, NAMES.egresses, frozenset("abcdefgh"))
    metrics, registry = made(names=names)
    for app in sorted(names.apps):
        for resource in sorted(names.resources):
            for outcome in (Outcome.HIT, Outcome.SELECTED, Outcome.COLLAPSED, Outcome.MISS, Outcome.WRITE):
                waited = 0.1 if outcome is Outcome.MISS else None
                method = "POST" if outcome is Outcome.WRITE else "GET"
                metrics.observe(hit(app=app, resource=resource, outcome=outcome, method=method, queued=waited))
            metrics.sent("acme", app, resource, "GET")
            metrics.answered("acme", 200, None, resource, 0.1)
    assert series(registry) < 2000


def test_new_names_are_learnt_and_counts_are_kept() -> None:
    metrics, registry = made()
    metrics.observe(hit(app="newcomer"))
    metrics.observe(hit())
    metrics.learn(Names(NAMES.apps | {"newcomer"}, NAMES.accounts, NAMES.egresses, NAMES.resources))
    metrics.observe(hit(app="newcomer"))
    metrics.observe(hit())
    apps = {labels[0]: value for labels, value in values(registry, "requests_total").items()}
    assert apps == {"other": 1, "newcomer": 1, "timesheets": 2}


def test_no_family_can_be_registered_twice() -> None:
    _, registry = made()
    with pytest.raises(DuplicateTimeseries):
        Metrics(registry, names=NAMES, read=Gauges, version="1.2.3")


async def test_the_classic_page() -> None:
    metrics, _ = made()
    metrics.observe(hit())
    body, content_type = await metrics.expose("text/plain;version=0.0.4;q=0.5, */*;q=0.1")
    text = body.decode()
    assert content_type == CONTENT_TYPE_PLAIN_0_0_4
    assert "intervals_gateway_build_info{" in text
    assert 'version="1.2.3"' in text
    assert "_created" not in text
    assert TRACE_ID not in text
    assert len(list(parse_classic(text))) >= 20


async def test_the_openmetrics_page_has_exemplars() -> None:
    metrics, _ = made()
    metrics.observe(hit())
    metrics.observe(hit(spent=5.0, traceparent="not a traceparent"))
    body, content_type = await metrics.expose(OPENMETRICS)
    assert content_type.startswith(OPENMETRICS)
    samples = [s for family in parse_openmetrics(body.decode()) for s in family.samples]
    exemplars = [sample.exemplar for sample in samples if sample.exemplar]
    assert [(e.labels, e.value, float(e.timestamp or 0)) for e in exemplars] == [
        ({"trace_id": TRACE_ID}, 0.0004, 1000.5)
    ]
    assert not [sample for sample in samples if sample.name.endswith("_created")]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text/plain"),
        ("*/*", "text/plain"),
        (OPENMETRICS, "application/openmetrics-text"),
        ("application/openmetrics-text;version=9.9.9;q=0.5,text/plain;q=0.3,*/*;q=0.2", "application/openmetrics-text"),
        ("application/openmetrics-text;q=0.3, text/plain;q=0.5", "text/plain"),
        ("application/openmetrics-text;q=0", "text/plain"),
        ("application/openmetrics-text;q=nan", "text/plain"),
        ("APPLICATION/OpenMetrics-Text;version=x", "application/openmetrics-text"),
    ],
)
async def test_the_format_by_accept(accept: str, expected: str) -> None:
    metrics, _ = made()
    assert (await metrics.expose(accept)).content_type.startswith(expected)


@given(st.lists(st.floats(0, 200), max_size=50))
def test_buckets_are_cumulative_and_end_in_the_count(durations: list[float]) -> None:
    metrics, registry = made()
    for spent in durations:
        metrics.observe(hit(spent=spent))
    buckets = [
        (float(s.labels["le"]), s.value)
        for metric in registry.collect()
        for s in metric.samples
        if s.name == "intervals_gateway_request_duration_seconds_bucket"
    ]
    assert all(count == sum(spent <= bound for spent in durations) for bound, count in buckets)


def test_counts_can_be_read_as_they_stand() -> None:
    metrics, _ = made()
    metrics.sent("acme", "timesheets", "client", "GET")
    metrics.sent("acme", "timesheets", "client", "GET")
    metrics.sent("acme", "nobody", "client", "GET")
    assert metrics.counted("upstream_requests_total") == {
        ("acme", "timesheets", "client", "GET"): 2,
        ("acme", "other", "client", "GET"): 1,
    }
