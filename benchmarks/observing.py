"""What it costs to observe a cached hit: microseconds for metrics and for the access line.

    python -m benchmarks.observing

Beside the gateway's own counts stand the same counts kept by prometheus_client, children looked up for each request.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from timeit import repeat, timeit

from prometheus_client import CollectorRegistry, Counter, Histogram

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.adapters.prometheus import Gauges, Metrics, Names
from gateway.adapters.prometheus.families import BY_NAME
from gateway.policy.names import AccountName, AppName
from gateway.policy.trace import Outcome, Trace

ROUNDS = 100_000
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


def plain_counts() -> Callable[[Trace], object]:
    return Metrics(CollectorRegistry(), names=NAMES, read=Gauges, version="0").observe


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


def of_a_hit() -> tuple[float, float]:
    """Microseconds of a cached hit for its metrics, and on the event loop for its access line."""
    hit, ours = a_trace(), plain_counts()
    log = Log(lambda _: None, as_json, Redaction(), capacity=10 * ROUNDS)
    line = microseconds(lambda: log.access(hit, target="/client/?limit=50&sort=name", size=2048))
    return microseconds(lambda: ours(hit)), line


def main() -> None:
    hit, unknown = a_trace(), a_trace(app="nobody", outcome=Outcome.MISS)
    ours, theirs = plain_counts(), children_looked_up()
    written: list[bytes] = []
    log = Log(written.append, as_json, Redaction(secrets.token_urlsafe(24) for _ in range(15)), capacity=10 * ROUNDS)

    def access() -> None:
        log.access(hit, target="/client/?limit=50&sort=name", size=2048)

    rows = [
        ("metrics: a hit", microseconds(lambda: ours(hit))),
        ("metrics: labels that are not known", microseconds(lambda: ours(unknown))),
        ("metrics: a hit, prometheus_client, children looked up", microseconds(lambda: theirs(hit))),
        ("access line: appending, on the event loop", microseconds(access)),
    ]
    lines = 5 * ROUNDS  # what microseconds() has appended
    rows.append(("access line: rendering, in its thread", timeit(log.drain, number=1) / lines * 1e6))
    for what, cost in rows:
        sys.stdout.write(f"{what:<56} {cost:8.2f} us\n")


if __name__ == "__main__":
    main()
