"""A request that is told one by one and many told at once count the same everywhere."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry

from gateway.adapters.prometheus import Metrics
from gateway.app.observing import Observing
from gateway.app.tracing import Spans
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import Request, Response
from gateway.policy.quota import usage
from gateway.policy.trace import Trace
from tests.adapters.logs.making import Kept
from tests.adapters.prometheus.making import hit, made
from tests.adapters.stores import entry

NAMES = usage.Names(*map(frozenset, (["acme"], ["timesheets"], ["client"], ["GET"])))
FIRST = First.of(hit(), "/client/", 2, entry(received_at=1795224640.0))


def observing(spans: Spans | None = None) -> tuple[Observing, Kept, CollectorRegistry]:
    metrics, registry = made()
    kept = Kept()
    return Observing(metrics, usage.Usage(NAMES), kept.log, spans), kept, registry


def seen(it: Observing, kept: Kept, registry: CollectorRegistry) -> tuple[Any, Any, Any]:
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in registry.collect()
        for sample in family.samples
    }
    return samples, it.usage.take(), kept.records()


def times(number: int) -> list[Repetition]:
    parents = [f"00-{index:032x}-{1:016x}-01" for index in range(1, number + 1)]
    return [
        Repetition(FIRST, 1795224640.0625, 0.125 * 2**-index, f"r{index}", parent, minted=True)
        for index, parent in enumerate(parents)
    ]


def test_many_at_once_are_seen_as_one_by_one() -> None:
    spans: list[Trace] = []
    one, many = (observing(Spans(spans.append, lambda: 0)) for _ in range(2))
    for it in times(5):
        one[0](it.trace(), Request("GET", "/client/"), Response(200, body=b"{}"))
    many[0].again(FIRST, times(5))
    assert seen(*many) == seen(*one)
    assert spans[:5] == spans[5:]


def test_what_was_refused_before_it_was_understood_is_seen_too() -> None:
    it, kept, registry = observing()
    it(hit(app=None), None, None)
    _, counts, lines = seen(it, kept, registry)
    assert [line.app for line in counts] == ["other"]
    assert lines[0]["bytes"] == 0


def test_the_latest_of_each_bucket_is_its_exemplar() -> None:
    metrics = observing()[0].metrics
    assert isinstance(metrics, Metrics)
    metrics.observe_again(FIRST.trace, times(5))
    (cell,) = metrics._spreads["request_duration_seconds"].cells.values()
    kept = [exemplar for exemplar in cell.exemplars if exemplar is not None]
    assert [it[0] for it in kept] == [times(5)[index].traceparent for index in (4, 2, 0)]
