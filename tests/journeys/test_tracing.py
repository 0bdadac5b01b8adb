"""A gateway that exports its traces to a real OTLP/HTTP receiver, and one whose collector is away."""

from __future__ import annotations

import asyncio

import pytest

from tests.fakes.collector import Collector, Span
from tests.journeys.configuration import ADMIN, KEYS, Setup
from tests.journeys.house import OpenHouse
from tests.journeys.tool import Tool

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SERVER, CLIENT = 2, 3
PRIVATE = "anna.smith@example.org"


def setup(collector: Collector, **changes: float) -> Setup:
    return Setup(more=f'[telemetry]\ntraces = "{collector.url}"\n', limit=2, period=1, **changes)  # type: ignore[arg-type]  # numbers


async def test_requests_upstream_calls_and_waits_arrive_at_a_collector(open_house: OpenHouse) -> None:
    async with Collector() as collector:
        house = await open_house(setup(collector))
        parent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        tool = Tool(house.session, house.gateway.url, house.tool().fields | parent)
        answers = [await tool.get(f"/person/?search={PRIVATE}") for _ in range(3)]
        assert {answer.headers["traceparent"] for answer in answers} == {parent["traceparent"]}
        own = await house.tool().get("/client/")
        await house.tool().get("/project/?limit=3")
        house.simulator.fail_next("reset", times=9)
        await house.tool().get(f"/task/?title={PRIVATE}")
        await Tool(house.session, house.gateway.url, {"X-Api-Key": "nobody-has-this"}).get(f"/client/?name={PRIVATE}")
        await house.stop()

    first, call, *hits = collector.of(TRACE)
    assert (first.name, first.kind, first.parent) == ("GET person", SERVER, PARENT)
    assert (call.name, call.kind, call.parent) == ("GET person", CLIENT, first.span_id)
    assert first.start <= call.start <= call.end <= first.end + 5_000_000, "two clocks: the loop's and the wall's"
    assert [(hit.kind, hit.attributes["intervals.outcome"], hit.parent) for hit in hits] == [
        (SERVER, "hit", PARENT)
    ] * 2

    _, trace_id, span_id, _ = own.headers["traceparent"].split("-")
    assert (collector.of(trace_id)[0].span_id, collector.of(trace_id)[0].parent) == (span_id, "")

    waited = next(span for span in collector.spans if span.events)
    assert (waited.name, waited.events) == ("GET project", ["lined up", "admitted"])
    assert waited.attributes["intervals.queue_seconds"] > 0

    server, *away = failed(collector.spans)
    assert {(span.kind, span.attributes["error.type"], span.parent) for span in away} == {
        (CLIENT, "no_answer", server.span_id)
    }
    assert len(away) > 1, "a read is sent again, and each time is a span"
    assert (server.kind, server.attributes["http.response.status_code"]) == (SERVER, 502)
    assert any(span.attributes.get("intervals.refusal") == "key_unknown" for span in collector.spans)

    for secret in (PRIVATE, "anna.smith", ADMIN, KEYS["timesheets"], "nobody-has-this"):
        assert secret.encode() not in collector.octets


def failed(spans: list[Span]) -> list[Span]:
    return sorted((span for span in spans if span.failed), key=lambda span: span.kind)


@pytest.mark.parametrize("status", [400, 503])
async def test_a_collector_that_fails_is_counted_and_harms_nobody(open_house: OpenHouse, status: int) -> None:
    async with Collector() as collector:
        collector.status = status
        house = await open_house(setup(collector))
        for _ in range(5):
            assert (await house.tool().get("/client/")).status == 200
        assert await house.metric("telemetry_dropped_total", kind="span") == 0
        async with asyncio.timeout(20):
            await house.stop()
    assert collector.headers
    assert b"opentelemetry.exporter" in b"".join(house.lines), "the log tells that it fails"


async def test_what_a_collector_does_not_take_is_counted_while_the_gateway_runs(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    async with Collector() as collector:
        collector.status = 400
        house = await open_house(setup(collector))
        assert (await house.tool().get("/client/")).status == 200
        await house.until_metric("telemetry_dropped_total", 2, kind="span")
        await house.stop()
