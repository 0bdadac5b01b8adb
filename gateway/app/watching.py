"""The status page put together: what the metrics count anyway, and the latest faults, which are kept beside them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain

from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from typing_extensions import override

from gateway import __version__
from gateway.adapters.prometheus import Gauges, Metrics, Names
from gateway.adapters.prometheus.labels import METHOD, OTHER
from gateway.app.webhooks import RESULTS
from gateway.policy.trace import Trace
from gateway.settings import Settings
from gateway.web import quota_api, status
from gateway.web.status_page import Refusal, Status, Stored, Telling, Told, Traffic, UpstreamError

Quota = quota_api.Read

KEPT = 20
"""Refusals, and upstream errors, that are remembered."""


class Watched(Metrics):
    """Metrics that also remember the latest faults: without ids and targets, and bounded."""

    def __init__(self, registry: CollectorRegistry, *, names: Names, read: Callable[[], Gauges], version: str) -> None:
        super().__init__(registry, names=names, read=read, version=version)
        self.gauges = read
        self.refusals: deque[Refusal] = deque(maxlen=KEPT)
        self.errors: deque[UpstreamError] = deque(maxlen=KEPT)

    @override
    def observe(self, trace: Trace) -> None:
        super().observe(trace)
        if trace.refusal is not None:
            method = trace.method if trace.method in METHOD.values else OTHER
            self.refusals.appendleft(
                Refusal(time.time(), trace.app or OTHER, method, trace.resource, trace.refusal, trace.status)
            )

    @override
    def answered(self, account: str, code: int, api_code: int | None, resource: str, seconds: float) -> None:
        super().answered(account, code, api_code, resource, seconds)
        if code == 0 or code >= 400:
            self.errors.appendleft(UpstreamError(time.time(), account, resource, code, api_code))


def metrics(names: Names, read: Callable[[], Gauges]) -> Watched:
    """The metrics of a gateway, and those of its process, in a registry of their own."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return Watched(registry, names=names, read=read, version=__version__)


def add_to(app: web.Application, now: Callable[[], Settings], watched: Watched, quota: Quota) -> None:
    """Add `/api/quota`, the status page and what belongs to it to the operations listener."""
    since = time.time()
    quota_api.add_to(app, quota)
    status.add_to(app, lambda: standing(now(), watched, quota, since=since))


def standing(settings: Settings, watched: Watched, quota: Quota, *, since: float) -> Status:
    """Read everything the page tells at this moment."""
    gate, forecasts = quota()
    gauges = watched.gauges()
    received = watched.counted("requests_total")
    sent = watched.counted("upstream_requests_total")
    refused = watched.counted("refusals_total")
    answers = watched.counted("cache_answers_total")
    return Status(
        version=__version__,
        since=since,
        gate=gate,
        forecasts=forecasts,
        apps=_traffic(
            ((app, n) for (app, *_), n in received.items()),
            ((app, n) for (_, app, *_), n in sent.items()),
            chain(((app, 0) for app in settings.apps), ((app, n) for (app, *_), n in refused.items())),
        ),
        resources=_traffic(
            ((resource, n) for (_, resource, *_), n in received.items()),
            ((resource, n) for (_, _, resource, *_), n in sent.items()),
            (),
        ),
        stored=Stored(
            entries=gauges.cache_entries,
            bytes=gauges.cache_bytes,
            max_bytes=int(settings.cache.max_bytes),
            answers=_sums((outcome, n) for (_, outcome, *_), n in answers.items()),
            evictions=gauges.cache_evictions_total,
        ),
        refusals=tuple(watched.refusals),
        errors=tuple(watched.errors),
        telling=_telling(gauges),
        jobs=gauges.jobs,
        reload_refused=not gauges.config_last_reload_successful,
    )


def _telling(gauges: Gauges) -> Telling:
    """What the page tells of webhooks: subscriptions that there are, and whoever else was told something."""
    states: dict[str, dict[str, int]] = {}
    for (name, state), number in gauges.webhook_subscriptions.items():
        states.setdefault(name, {})[state] = number
    counts = gauges.webhook_deliveries_total
    heard = {name for (name, _), number in counts.items() if number}
    rows = {
        name: Told(states.get(name, {}), *(counts.get((name, result), 0) for result in RESULTS))
        for name in sorted(states.keys() | heard)
    }
    backlog = gauges.webhook_backlog_deliveries
    return Telling(rows, backlog.get("waiting", 0), gauges.webhook_oldest_seconds, backlog.get("dead", 0))


_Counts = Iterable[tuple[str, int]]


def _traffic(received: _Counts, sent: _Counts, refused: _Counts) -> dict[str, Traffic]:
    """The three counts by name."""
    came, went, ended = _sums(received), _sums(sent), _sums(refused)
    return {
        name: Traffic(came.get(name, 0), went.get(name, 0), ended.get(name, 0))
        for name in sorted({*came, *went, *ended})
    }


def _sums(counts: _Counts) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, number in counts:
        sums[str(name)] = sums.get(name, 0) + number  # a label may be a member of an enumeration
    return sums
