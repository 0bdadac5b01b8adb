"""Metrics of a small gateway, and traces to feed them with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.adapters.prometheus import Gauges, Metrics, Names
from gateway.policy.names import AppName
from gateway.policy.trace import Outcome, Trace

NAMES = Names(
    apps=frozenset({"timesheets", "invoicing"}),
    accounts=frozenset({"acme"}),
    egresses=frozenset({"office"}),
    resources=frozenset({"client", "time"}),
)
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
HIT = Trace(
    request_id="r1",
    traceparent=f"00-{TRACE_ID}-b7ad6b7169203331-01",
    app=AppName("timesheets"),
    method="GET",
    resource="client",
    representation="json",
    outcome=Outcome.HIT,
    status=200,
    spent=0.0004,
)


def made(read: Callable[[], Gauges] = Gauges, names: Names = NAMES) -> tuple[Metrics, CollectorRegistry]:
    registry = CollectorRegistry()
    return Metrics(registry, names=names, read=read, version="1.2.3", clock=lambda: 1000.5), registry


def values(registry: CollectorRegistry, family: str) -> dict[tuple[str, ...], float]:
    """The samples of a family above zero, by the values of their labels in alphabetical order of the names."""
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == f"intervals_gateway_{family}" and sample.value
    }


def series(registry: CollectorRegistry) -> int:
    return sum(len(metric.samples) for metric in registry.collect())


def hit(**changes: Any) -> Trace:
    return replace(HIT, **changes)
