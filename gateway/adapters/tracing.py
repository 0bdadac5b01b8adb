"""Spans of finished requests, exported by OpenTelemetry (OTLP over HTTP). Imported only where the configuration asks.

A span is made when its request is over, from the trace that the log line and the metrics are made from: the server's
own, and a client's for each request that was sent upstream for it. The ids are those that the caller sent or was told
(W3C Trace Context). Attributes are closed sets, names of the configuration and numbers: no path, query, field or body.

A thread of the SDK sends them. What it cannot send, or has no room for, is lost, counted, and holds up nobody.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from opentelemetry import trace as api
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, TraceIdRatioBased
from typing_extensions import override

from gateway.policy.quota.usage import A_WAIT
from gateway.policy.trace import Call, Trace

MOST = 4096
"""Spans that wait to be sent; what comes then is lost."""

_BATCH = 128
"""Spans to a message: few, because they are encoded while the event loop waits for the interpreter."""

_PATIENCE = 2.0
"""Seconds that the end leaves to a collector which does not answer at once."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})

Attributes = dict[str, str | int | float | bool]


class Tracing:
    """Turns traces into spans. `sample` is the part of those begun here; a caller's own follow the caller's flag."""

    def __init__(self, exporter: SpanExporter, *, sample: float, version: str, upstream: str) -> None:
        self._exporter = _Counting(exporter)
        self._ids = _Ids()
        name = os.environ.get("OTEL_SERVICE_NAME", "intervals-gateway")
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,  # `_wanted` has chosen before, since to ask the SDK costs as much as a cached hit
            resource=Resource.create({"service.name": name, "service.version": version}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        # Room for more than MOST, so that nothing is lost in it uncounted.
        self._provider.add_span_processor(
            BatchSpanProcessor(self._exporter, max_queue_size=2 * MOST, max_export_batch_size=_BATCH)
        )
        self._tracer = self._provider.get_tracer("gateway", version)
        self._upstream = upstream
        self._bound = TraceIdRatioBased.get_bound_for_rate(sample)
        self._made = 0
        self._turned_away = 0

    @property
    def dropped(self) -> int:
        """Spans that were lost."""
        return self._turned_away + self._exporter.lost

    def observe(self, trace: Trace) -> None:
        """Take a finished request down. It has just ended."""
        if not self._wanted(trace):
            return
        spans = 1 + len(trace.calls)
        if self._made - self._exporter.ended + spans > MOST:
            self._turned_away += spans
            return
        end = time.time_ns()
        context = self._begin(trace)
        server = self._tracer.start_span(
            f"{_method(trace.method)} {trace.resource}",
            context=context,
            kind=api.SpanKind.SERVER,
            attributes=_attributes(trace),
            start_time=end - _nanoseconds(trace.spent),
        )
        inside = api.set_span_in_context(server)
        for call in trace.calls:
            if call.queued >= A_WAIT:
                server.add_event("lined up", timestamp=_nanoseconds(call.at - call.queued))
                server.add_event("admitted", {"intervals.queue_seconds": call.queued}, _nanoseconds(call.at))
            client = self._tracer.start_span(
                f"{_method(call.method)} {trace.resource}",
                context=inside,
                kind=api.SpanKind.CLIENT,
                attributes=self._called(call, trace),
                start_time=_nanoseconds(call.at),
            )
            _judge(client, failed=not 0 < call.status < 400)
            client.end(_nanoseconds(call.at + call.took))
        _judge(server, failed=trace.status >= 500)
        server.end(end)
        self._made += spans

    def close(self) -> None:
        """Send what waits; for a thread of its own, since it blocks. What a slow collector does not take is lost."""
        hurry = threading.Timer(_PATIENCE, self._exporter.shutdown)
        hurry.daemon = True
        hurry.start()
        self._provider.shutdown()
        hurry.cancel()

    def _wanted(self, trace: Trace) -> bool:
        """Of traces begun here a part by their id, as every program chooses; of others those that are sampled."""
        _, trace_id, _, flags, *_ = trace.traceparent.split("-")
        return int(trace_id[16:], 16) < self._bound if trace.minted else bool(int(flags, 16) & api.TraceFlags.SAMPLED)

    def _begin(self, trace: Trace) -> Context:
        """The context of the server's span: below the caller's, or the root that the caller was told of."""
        _, trace_id, span_id, flags, *_ = trace.traceparent.split("-")
        if trace.minted:
            self._ids.given = int(trace_id, 16), int(span_id, 16)
            return Context()
        flag = api.TraceFlags(int(flags, 16))
        parent = api.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=flag)
        return api.set_span_in_context(api.NonRecordingSpan(parent), Context())

    def _called(self, call: Call, trace: Trace) -> Attributes:
        told: Attributes = {
            "http.request.method": _method(call.method),
            "server.address": self._upstream,
            "intervals.account": trace.account or "other",
            "intervals.resource": trace.resource,
            "intervals.queue_seconds": call.queued,
        }
        if call.status:
            told["http.response.status_code"] = call.status
        else:
            told["error.type"] = "no_answer"
        if call.api_code is not None:
            told["intervals.api_code"] = call.api_code
        return told


class _Ids(IdGenerator):
    """Random ids, but for a root whose ids were already told to its caller."""

    def __init__(self) -> None:
        self.given: tuple[int, int] | None = None
        self._random = RandomIdGenerator()

    @override
    def generate_trace_id(self) -> int:
        return self.given[0] if self.given is not None else self._random.generate_trace_id()

    @override
    def generate_span_id(self) -> int:
        given, self.given = self.given, None
        return given[1] if given is not None else self._random.generate_span_id()


class _Counting(SpanExporter):
    """Counts what another exporter was given, and what it could not send. Used by one thread, read by another."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._over = False
        self.ended = 0
        self.lost = 0

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self.ended += len(spans)
            self.lost += 0 if result is SpanExportResult.SUCCESS else len(spans)
        return result

    @override
    def shutdown(self) -> None:
        if not self._over:
            self._over = True
            self._exporter.shutdown()


def exporting(endpoint: str, *, sample: float, version: str, upstream: str) -> Tracing:
    """Export to a collector; headers, certificates, compression and time-out are the SDK's own variables (OTEL_…)."""
    host = urlsplit(upstream).hostname or "upstream"
    return Tracing(OTLPSpanExporter(endpoint), sample=sample, version=version, upstream=host)


def _attributes(trace: Trace) -> Attributes:
    told: dict[str, str | int | float | bool | None] = {
        "http.request.method": _method(trace.method),
        "http.response.status_code": trace.status,
        "intervals.app": trace.app or "other",
        "intervals.account": trace.account,
        "intervals.resource": trace.resource,
        "intervals.outcome": trace.outcome.value,
        "intervals.representation": trace.representation,
        "intervals.cost": trace.cost,
        "intervals.refusal": trace.refusal,
        "intervals.queue_seconds": trace.queued,
        "intervals.collapsed": trace.collapsed or None,
    }
    if trace.status >= 500:
        told["error.type"] = trace.refusal or str(trace.status)
    return {name: value for name, value in told.items() if value is not None}


def _judge(span: api.Span, *, failed: bool) -> None:
    if failed:
        span.set_status(api.StatusCode.ERROR)


def _method(method: str) -> str:
    """A caller may write anything for a method (OpenTelemetry, HTTP spans: `_OTHER`)."""
    return method if method in _METHODS else "_OTHER"


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
