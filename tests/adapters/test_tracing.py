"""Spans from finished requests: ids, times, attributes, and what happens where nobody takes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind
from typing_extensions import override

from gateway.adapters import tracing
from gateway.adapters.tracing import Tracing
from gateway.policy.trace import Call, Outcome
from tests.adapters.logs.making import trace

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
AT = 1_795_224_640.0


class Taking(SpanExporter):
    """Keeps what it is given; answers as told, once it may."""

    def __init__(self, result: SpanExportResult | Exception = SpanExportResult.SUCCESS) -> None:
        self.spans: list[ReadableSpan] = []
        self.may = threading.Event()
        self.may.set()
        self._result = result

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.may.wait()
        if isinstance(self._result, Exception):
            raise self._result
        self.spans += spans
        return self._result

    @override
    def shutdown(self) -> None:
        self.may.set()


def tracer(exporter: SpanExporter, *, sample: float = 1.0) -> Tracing:
    return Tracing(exporter, sample=sample, version="1.2.3", upstream="api.example")


@pytest.fixture
def taking() -> Iterator[Taking]:
    exporter = Taking()
    yield exporter
    exporter.may.set()


def ids(span: ReadableSpan) -> tuple[str, str]:
    assert span.context is not None
    return f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}"


def test_a_trace_that_a_caller_began_goes_on(taking: Taking) -> None:
    call = Call(at=AT, queued=0.25, took=0.125, method="GET", status=200, api_code=None)
    made = tracer(taking)
    made.observe(trace(calls=(call,)))
    made.close()
    client, server = taking.spans
    assert ids(server)[0] == TRACE
    assert server.parent is not None
    assert f"{server.parent.span_id:016x}" == SPAN
    assert server.parent.is_remote
    assert (server.name, server.kind) == ("GET client", SpanKind.SERVER)
    assert server.end_time is not None
    assert server.start_time is not None
    assert server.end_time - server.start_time == pytest.approx(376_432_100, abs=2)
    assert dict(server.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "intervals.app": "timesheets",
        "intervals.account": "acme",
        "intervals.resource": "client",
        "intervals.outcome": "miss",
        "intervals.representation": "json",
        "intervals.cost": 1,
        "intervals.queue_seconds": 0.25,
    }
    assert [(event.name, event.timestamp) for event in server.events] == [
        ("lined up", int((AT - 0.25) * 1e9)),
        ("admitted", int(AT * 1e9)),
    ]
    assert client.parent is not None
    assert (ids(client)[0], client.parent.span_id) == (TRACE, server.get_span_context().span_id)  # type: ignore[union-attr]  # it has one
    assert (client.name, client.kind) == ("GET client", SpanKind.CLIENT)
    assert (client.start_time, client.end_time) == (int(AT * 1e9), int((AT + 0.125) * 1e9))
    assert dict(client.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "api.example",
        "intervals.account": "acme",
        "intervals.resource": "client",
        "intervals.queue_seconds": 0.25,
    }
    assert server.resource.attributes["service.name"] == "intervals-gateway"
    assert server.resource.attributes["service.version"] == "1.2.3"


def test_a_trace_that_began_here_has_the_ids_its_caller_was_told(taking: Taking) -> None:
    made = tracer(taking)
    for _ in range(2):
        made.observe(trace(minted=True, calls=(Call(AT, 0.0, 0.1, "GET", 200, None),)))
    made.close()
    servers = [span for span in taking.spans if span.kind is SpanKind.SERVER]
    assert [ids(span) for span in servers] == [(TRACE, SPAN)] * 2
    assert [span.parent for span in servers] == [None, None]
    assert len({ids(span)[1] for span in taking.spans}) == 3, "each upstream call has an id of its own"


@pytest.mark.parametrize(("flags", "exported"), [("00", 0), ("01", 1), ("03", 1)])
def test_a_callers_flag_decides_whether_its_trace_is_exported(taking: Taking, flags: str, exported: int) -> None:
    made = tracer(taking, sample=0.0)
    made.observe(trace(traceparent=f"00-{TRACE}-{SPAN}-{flags}"))
    made.close()
    assert len(taking.spans) == exported


def test_of_traces_begun_here_a_part_is_exported(taking: Taking) -> None:
    made = tracer(taking, sample=0.25)
    for number in range(256):
        made.observe(trace(minted=True, traceparent=f"00-{number << 56 | 1:032x}-{SPAN}-01"))
    made.observe(trace(minted=True, traceparent=f"00-{'f' * 32}-{SPAN}-01"))
    made.close()
    assert len(taking.spans) == 64, "by the lower half of the trace id, so that all programs choose the same"
    assert (made.dropped, {ids(span)[1] for span in taking.spans}) == (0, {SPAN})


def test_failures_are_told_on_the_span_of_whose_they_are(taking: Taking) -> None:
    made = tracer(taking)
    refused = trace(outcome=Outcome.REFUSED, refusal="upstream_timed_out", status=504, representation=None)
    refused.calls = (Call(AT, 0.0, 5.0, "GET", 0, None), Call(AT, 0.0, 0.1, "GET", 400, 12))
    made.observe(refused)
    made.observe(trace(status=404))
    made.close()
    silent, hurried, server, wrong = taking.spans
    assert [span.status.is_ok for span in taking.spans] == [False, False, False, True]
    assert (silent.attributes or {})["error.type"] == "no_answer"
    assert (hurried.attributes or {})["intervals.api_code"] == 12
    assert (server.attributes or {})["error.type"] == "upstream_timed_out"
    assert "error.type" not in (wrong.attributes or {}), "that the caller asked for nothing is no failure of the server"


def test_a_method_may_be_anything_and_is_not_told(taking: Taking) -> None:
    made = tracer(taking)
    made.observe(trace(method="SECRET-WORD"))
    made.close()
    assert taking.spans[0].name == "_OTHER client"
    assert "SECRET" not in taking.spans[0].to_json()


@pytest.mark.parametrize("result", [SpanExportResult.FAILURE, ValueError("broken")], ids=str)
def test_what_is_not_taken_is_counted(result: SpanExportResult | Exception) -> None:
    made = tracer(Taking(result))
    for _ in range(3):
        made.observe(trace())
    made.close()
    assert made.dropped == 3


def test_a_collector_that_hangs_costs_spans_and_nothing_else(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_PATIENCE", 0.05)
    taking.may.clear()
    made = tracer(taking)
    for _ in range(tracing.MOST + 50):
        made.observe(trace())
    assert made.dropped == 50
    made.close()
    assert len(taking.spans) == tracing.MOST
    assert made.dropped == 50, "the end hurries it"
