"""What is measured and how it gets onto the page; which families there are is in `families.py`."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, assert_never

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import choose_encoder

from gateway.adapters.prometheus.families import FAMILIES, PREFIX, Family, Type
from gateway.adapters.prometheus.labels import ANSWER, EVICTED, FORMAT, KIND, NONE, OTHER
from gateway.adapters.prometheus.readings import Gauges, Names
from gateway.adapters.prometheus.tallies import Count, LabelSets, Spread, Tally, counters, gauges, histograms
from gateway.policy.caching.repetition import Repetition
from gateway.policy.faults import REFUSALS
from gateway.policy.names import AppName
from gateway.policy.trace import Outcome, Trace

_OPENMETRICS = "application/openmetrics-text"
_CLASSIC = "text/plain"
_CALLER_GONE = 499

_Key = tuple[AppName | None, str, str, int, Outcome, str | None]
_Cells = tuple[Count, Spread, Count | None]


class Page(NamedTuple):
    """A rendered answer to a scrape."""

    body: bytes
    content_type: str


class Metrics:
    """Counts what happened and renders it. To be used on the event loop's thread only."""

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        names: Names,
        read: Callable[[], Gauges],
        version: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registry = registry
        self._read = read
        self._clock = clock
        self._build = {"version": version, "python": platform.python_version()}
        self._counts = {family.name: Tally(family, Count) for family in FAMILIES if family.type is Type.COUNTER}
        self._spreads = {
            family.name: Tally(family, partial(Spread, family.buckets))
            for family in FAMILIES
            if family.type is Type.HISTOGRAM
        }
        self.learn(names)
        registry.register(self)

    def learn(self, names: Names) -> None:
        """Take the names of a new configuration, and start at zero what starts at zero."""
        self._domains = names.domains()
        self._bound: dict[_Key, _Cells] = {}
        for tally in self._tallies():
            tally.learn(self._domains, limit=names.limit())
        self._counts["refusals_total"].begin(sorted(names.apps), sorted(REFUSALS))
        self._counts["cache_evictions_total"].begin(EVICTED.values)
        self._counts["telemetry_dropped_total"].begin(KIND.values)
        self._counts["quota_foreign_requests_total"].begin(sorted(names.accounts))

    def observe(self, trace: Trace) -> None:
        """Count a finished request: once, after its answer was sent or its caller has left."""
        durations = self._count(trace, 1)
        durations.add_all([(trace.traceparent, trace.spent, self._clock())])
        if trace.queued is not None:
            self._spreads["queue_wait_seconds"].at(trace.app or OTHER, _waited(trace)).add(trace.queued)
        if trace.refusal is not None:
            self._counts["refusals_total"].at(trace.app or OTHER, trace.refusal).value += 1

    def observe_again(self, first: Trace, times: Sequence[Repetition]) -> None:
        """Count hits that were given again: one look-up for all of them, which have waited for nothing."""
        self._count(first, len(times)).add_all([(traceparent, spent, at) for _, at, spent, _, traceparent, _ in times])

    def sent(self, account: str, app: str | None, resource: str, method: str) -> None:
        """Count a request that left for the upstream: one unit of quota."""
        self._counts["upstream_requests_total"].at(account, app or OTHER, resource, method).value += 1

    def answered(self, account: str, code: int, api_code: int | None, resource: str, seconds: float) -> None:
        """Count an answer of the upstream; code 0 says that none came (unreachable, timed out)."""
        api = NONE if api_code is None else str(api_code)
        self._counts["upstream_responses_total"].at(account, _code(code), api).value += 1
        self._spreads["upstream_duration_seconds"].at(resource).add(seconds)

    def invalidated(self, resource: str, cause: str) -> None:
        """Count that a resource's entries were dropped as untrue, and what by."""
        self._counts["invalidations_total"].at(resource, cause).value += 1

    def verified(self, resource: str, result: str) -> None:
        """Count a selected answer that was compared with the upstream's own, and how that ended."""
        self._counts["verifications_total"].at(resource, result).value += 1

    def foreign(self, account: str, n: int) -> None:
        """Count requests that the upstream has counted and the gateway has not sent."""
        self._counts["quota_foreign_requests_total"].at(account).value += n

    def noticed(self, account: str, event: str) -> None:
        """Count an event that was made known, by the last word of its type."""
        self._counts["notices_total"].at(account, event).value += 1

    def counted(self, name: str) -> dict[tuple[str, ...], int]:
        """Tell what a family of counters says now, by its label values."""
        return {labels: cell.value for labels, cell in self._counts[name].cells.items()}

    async def expose(self, accept: str) -> Page:
        """Render the registry in the format that an Accept field prefers: OpenMetrics 1.0, or classic text.

        The values are read at once, on the event loop; only the rendering, which takes longer, is done in a thread.
        """
        encode, content_type = choose_encoder(_OPENMETRICS if _prefers_openmetrics(accept) else "")
        return Page(await asyncio.to_thread(encode, _Collected(self._registry.collect())), content_type)

    def describe(self) -> Iterator[Metric]:
        """Name the families, so that the registry refuses a second one of the same name."""
        for family in FAMILIES:
            yield Metric(PREFIX + family.stem, family.help, family.type)

    def collect(self) -> Iterator[Metric]:
        """Yield every family with its samples."""
        now = self._read()
        self._take_over(now)
        for family in FAMILIES:
            match family.type:
                case Type.COUNTER:
                    yield counters(self._counts[family.name])
                case Type.HISTOGRAM:
                    yield histograms(self._spreads[family.name])
                case Type.GAUGE:
                    yield gauges(family, self._gauged(family, now))
                case Type.INFO:
                    yield InfoMetricFamily(PREFIX + family.stem, family.help, value=self._build)
                case _:
                    assert_never(family.type)

    def _count(self, trace: Trace, times: int) -> Spread:
        """Count requests that are alike, and find where their durations belong."""
        key = (trace.app, trace.resource, trace.method, trace.status, trace.outcome, trace.representation)
        requests, durations, answers = self._bound.get(key) or self._bind(key)
        requests.value += times
        if answers is not None:
            answers.value += times
        return durations

    def _bind(self, key: _Key) -> _Cells:
        """Find the cells of a request, and remember them unless a label had to be folded.

        What is unknown comes back here each time, so it can make nothing grow.
        """
        app, resource, method, status, outcome, representation = key
        tally = self._counts["requests_total"]
        labels = (app or OTHER, resource, method, _code(status))
        requests = tally.at(*labels)
        durations = self._spreads["request_duration_seconds"].at(labels[0], outcome)
        answers = None
        if outcome in ANSWER.values:
            answers = self._counts["cache_answers_total"].at(resource, outcome, representation or OTHER)
        known = tally.sets.fold(labels) == labels and representation in (None, *FORMAT.values)
        if known and not tally.overflows(requests):
            self._bound[key] = requests, durations, answers
        return requests, durations, answers

    def _tallies(self) -> Iterator[Tally[Count] | Tally[Spread]]:
        yield from self._counts.values()
        yield from self._spreads.values()

    def _take_over(self, now: Gauges) -> None:
        """Set the counters that others keep."""
        dropped = {"series": sum(tally.lost for tally in self._tallies()), **now.telemetry_dropped_total}
        totals = {"telemetry_dropped_total": dropped, "cache_evictions_total": now.cache_evictions_total}
        for name, counts in totals.items():
            for value, count in counts.items():
                self._counts[name].at(value).value = count
        for labels, count in now.webhook_deliveries_total.items():
            self._counts["webhook_deliveries_total"].at(*labels).value = count

    def _gauged(self, family: Family, now: Gauges) -> dict[tuple[str, ...], float]:
        sets = LabelSets(family, self._domains)
        given = getattr(now, family.name)
        readings = given if isinstance(given, Mapping) else {(): given}
        values = dict.fromkeys(sets.product(), 0.0) if family.at_zero else {}
        for key, value in readings.items():
            values[sets.fold((key,) if isinstance(key, str) else key)] = value
        return values


class _Collected:
    """Families that were collected on one thread, to be rendered on another."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> list[Metric]:
        return self._families


def _code(status: int) -> str:
    return str(status) if status else NONE


def _waited(trace: Trace) -> str:
    if trace.refusal is not None:
        return "refused"
    return "left" if trace.status in (0, _CALLER_GONE) else "admitted"


def _prefers_openmetrics(accept: str) -> bool:
    """Read an Accept field (RFC 9110 §12.5.1) as a choice between the two formats; equal weights mean OpenMetrics."""
    weights = {_OPENMETRICS: 0.0, _CLASSIC: 0.0}
    for choice in accept.lower().split(","):
        media, *parameters = (part.strip() for part in choice.split(";"))
        if media in weights:
            weights[media] = max(weights[media], _weight(parameters))
    return weights[_OPENMETRICS] > 0 and weights[_OPENMETRICS] >= weights[_CLASSIC]


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            return float(value) if value.replace(".", "", 1).isdecimal() else 0.0
    return 1.0
