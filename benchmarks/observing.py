"""What it costs to observe a cached hit: microseconds for metrics, usage and the access line; and what a scrape costs.

    python -m benchmarks.observing

Beside the gateway's own counts stand the same counts kept by prometheus_client, children looked up for each request.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from timeit import repeat, timeit

from prometheus_client import CollectorRegistry, Counter, Histogram

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.adapters.prometheus import Gauges, Metrics, Names
from gateway.adapters.prometheus.families import BY_NAME
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, AppName, CacheKey
from gateway.policy.quota.usage import Names as UsageNames
from gateway.policy.quota.usage import Usage
from gateway.policy.trace import Outcome, Trace

ROUNDS = 100_000
TURN = 64
TARGET = "/client/?limit=50&sort=name"
NOW = 1_900_000_000.0
NAMES = Names(
    apps=frozenset(f"app{number}" for number in range(10)),
    accounts=frozenset({"acme"}),
    egresses=frozenset({"office"}),
    resources=frozenset({"client", "project", "task", "time"}),
)


def a_trace(app: str = "app1", outcome: Outcome = Outcome.HIT) -> Trace:
    return Trace(
        request_id=secrets.token_hex(16),
        traceparent=f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        app=AppName(app),
        account=AccountName("acme"),
        method="GET",
        resource="client",
        representation="json",
        outcome=outcome,
        ttl=812.5,
        status=200,
        spent=0.0004,
        minted=True,
    )


def children_looked_up() -> Callable[[Trace], object]:
    registry = CollectorRegistry()
    requests = Counter("requests", "Requests.", ["app", "resource", "method", "code"], registry=registry)
    answers = Counter("answers", "Answers.", ["resource", "outcome", "format"], registry=registry)
    bounds = BY_NAME["request_duration_seconds"].buckets
    durations = Histogram("duration", "Durations.", ["app", "outcome"], registry=registry, buckets=bounds)

    def observe(trace: Trace) -> None:
        requests.labels(trace.app, trace.resource, trace.method, str(trace.status)).inc()
        answers.labels(trace.resource, trace.outcome, trace.representation).inc()
        durations.labels(trace.app, trace.outcome).observe(trace.spent, {"trace_id": trace.traceparent[3:35]})

    return observe


def microseconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The best of five series: what the work itself costs on a busy machine."""
    return min(repeat(call, number=rounds, repeat=5)) / rounds * 1e6


def repetitions(of: Trace) -> list[Repetition]:
    """What one turn of the event loop brings where 64 connections ask for the same."""
    held = Entry(CacheKey("k"), AccountName("acme"), "client", "/client/", Response(200), NOW, NOW, 0.0, 900.0)
    first = First.of(of, TARGET, 2048, held)
    return [Repetition(first, NOW + 1, 0.000003, of.request_id, of.traceparent, minted=True) for _ in range(TURN)]


def a_log() -> Log:
    """One that throws its lines away."""
    secret = (secrets.token_urlsafe(24) for _ in range(15))
    return Log(lambda _: None, as_json, Redaction(secret), capacity=10 * ROUNDS)


def lines(log: Log, append: Callable[[], object], each: int) -> Iterator[tuple[str, float]]:
    """What an access line costs on the event loop, and in the thread that renders it."""
    rounds = ROUNDS // each
    yield "appending, on the event loop", microseconds(append, rounds) / each
    yield "rendering, in its thread", timeit(log.drain, number=1) / (5 * rounds * each) * 1e6  # all of microseconds()


async def scrape(metrics: Metrics) -> tuple[float, float, int]:
    """Milliseconds that a scrape of ten busy apps holds up the event loop, and takes in its thread; and its lines."""
    for app in NAMES.apps:
        for resource in NAMES.resources:
            for outcome in (Outcome.HIT, Outcome.SELECTED, Outcome.MISS):
                metrics.observe(replace(a_trace(app, outcome), resource=resource))
    collecting = microseconds(lambda: list(metrics.collect()), 20) / 1000
    began = time.process_time()
    page = await metrics.expose("application/openmetrics-text")
    return collecting, (time.process_time() - began) * 1000 - collecting, page.body.count(b"\n")


def of_a_hit() -> tuple[float, float]:
    """Microseconds of a cached hit for its metrics, and on the event loop for its access line."""
    hit, log = a_trace(), a_log()
    ours = Metrics(CollectorRegistry(), names=NAMES, read=Gauges, version="0")
    return microseconds(lambda: ours.observe(hit)), next(
        lines(log, lambda: log.access(hit, target=TARGET, size=2048), 1)
    )[1]


def main() -> None:
    hit, unknown = a_trace(), a_trace(app="nobody", outcome=Outcome.MISS)
    registry = CollectorRegistry()
    ours, theirs = Metrics(registry, names=NAMES, read=Gauges, version="0"), children_looked_up()
    turn, usage = repetitions(hit), Usage(UsageNames(*map(frozenset, (["acme"], NAMES.apps, NAMES.resources, ["GET"]))))
    one, many = a_log(), a_log()
    rows = [
        ("metrics: a hit by itself", microseconds(lambda: ours.observe(hit))),
        (
            f"metrics: one of {TURN} hits given again together",
            microseconds(lambda: ours.observe_again(hit, turn), 2000) / TURN,
        ),
        (f"usage: one of {TURN} hits given again together", microseconds(lambda: usage.add(hit, times=TURN)) / TURN),
        ("metrics: labels that are not known", microseconds(lambda: ours.observe(unknown))),
        ("metrics: a hit, prometheus_client, children looked up", microseconds(lambda: theirs(hit))),
        *(
            (f"access line: {what}", cost)
            for what, cost in lines(one, lambda: one.access(hit, target=TARGET, size=2048), 1)
        ),
        *(
            (f"access line of a hit given again: {what}", cost)
            for what, cost in lines(many, lambda: many.access_again(turn), TURN)
        ),
    ]
    for what, cost in rows:
        sys.stdout.write(f"{what:<64} {cost:8.2f} us\n")
    collecting, rendering, long = asyncio.run(scrape(ours))
    sys.stdout.write(
        f"a scrape of {long} lines: {collecting:.1f} ms on the event loop, {rendering:.1f} ms in its thread\n"
    )


if __name__ == "__main__":
    main()
