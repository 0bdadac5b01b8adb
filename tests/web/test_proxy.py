"""The callers' listener: what it adds to an answer, and what it records of each request."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Response
from gateway.policy.trace import Outcome
from tests.fakes.edge import KEY, KEY_FIELD, Edge
from tests.fakes.wire import connected, say, written

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async with Edge() as running:
        yield running


async def test_an_answer_goes_out_with_what_the_gateway_adds(edge: Edge) -> None:
    fields = [("Content-Type", "text/plain"), ("X-Many", "1"), ("X-Many", "2"), ("Server", "theirs")]
    edge.walk.answer = Response(203, Headers(fields), b"answer")
    reply = await edge.ask("GET /client/?a=1&b")
    assert (reply.status, reply.body) == (203, b"answer")
    assert reply.headers.lines("x-many") == ["1", "2"]
    assert reply.headers.lines("server") == ["intervals-gateway"]
    assert reply["content-length"] == "6"
    assert reply["quota-cost"] == "0"
    assert re.fullmatch(r"gateway;dur=\d+\.\d", reply["server-timing"] or "")
    assert reply["ratelimit"] == '"minute";r=1;t=2'
    assert (edge.request.method, edge.request.target) == ("GET", "/client/?a=1&b")


async def test_what_the_walk_recorded_is_told(edge: Edge) -> None:
    edge.walk.held = asyncio.Event()
    asking = asyncio.create_task(edge.ask("GET /client/"))
    await edge.walk.entered.wait()
    trace = edge.walk.seen[0][2]
    trace.outcome, trace.cost, trace.forwarded, trace.replaced_characters = Outcome.MISS, 1, "uri-miss", 3
    edge.walk.held.set()
    reply = await asking
    assert reply["cache-status"] == "intervals-gateway; fwd=uri-miss"
    assert (reply["quota-cost"], reply["content-replaced-characters"]) == ("1", "3")


async def test_the_upstreams_own_cache_status_stands_before_ours(edge: Edge) -> None:
    edge.walk.answer = Response(200, Headers([("Cache-Status", "origin; hit")]))
    edge.walk.held = asyncio.Event()
    asking = asyncio.create_task(edge.ask("GET /x"))
    await edge.walk.entered.wait()
    edge.walk.seen[0][2].outcome = Outcome.HIT
    edge.walk.held.set()
    assert (await asking).headers.lines("cache-status") == ["origin; hit", "intervals-gateway; hit"]


async def test_ids_are_kept_if_sent(edge: Edge) -> None:
    reply = await edge.ask("GET /", "X-Request-Id: abc-1", f"traceparent: {PARENT}")
    assert (reply["x-request-id"], reply["traceparent"]) == ("abc-1", PARENT)
    assert (edge.trace.request_id, edge.trace.traceparent) == ("abc-1", PARENT)


@pytest.mark.parametrize(
    ("sent", "parent"),
    [
        ("", ""),
        ("a b", "garbage"),
        ("x" * 129, PARENT.upper()),
        ("\u00e9", PARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32)),
        ("", f"ff{PARENT[2:]}"),
    ],
)
async def test_ids_are_minted_where_none_or_an_odd_one_was_sent(edge: Edge, sent: str, parent: str) -> None:
    ids = set()
    for _ in range(2):
        reply = await edge.ask("GET /", f"X-Request-Id: {sent}", f"traceparent: {parent}")
        assert re.fullmatch("[0-9a-f]{32}", reply["x-request-id"] or "")
        assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-01", reply["traceparent"] or "")
        ids |= {reply["x-request-id"], reply["traceparent"]}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/problem+json"),
        ("application/xml", "application/problem+xml; charset=utf-8"),
        ("text/csv", "application/problem+json"),
        (None, "application/problem+xml; charset=utf-8"),
    ],
)
async def test_a_fault_is_a_problem_in_the_callers_format(edge: Edge, accept: str | None, content_type: str) -> None:
    edge.walk.answer = Fault(Kind.WAIT_TOO_LONG, "41 s", retry_after=40.2)
    fields = [] if accept is None else [f"Accept: {accept}"]
    reply = await edge.ask("GET /client/", "X-Request-Id: r1", *fields)
    assert (reply.status, reply["content-type"], reply["retry-after"]) == (429, content_type, "41")
    assert b"urn:request:r1" in reply.body
    assert "cache-status" not in reply.headers
    assert reply["ratelimit"] is not None
    assert (edge.trace.outcome, edge.trace.refusal, edge.trace.status) == (Outcome.REFUSED, "wait_too_long", 429)


async def test_every_line_of_accept_counts_for_a_problem(edge: Edge) -> None:
    edge.walk.answer = Fault(Kind.TOO_FAST, "slower")
    reply = await edge.ask("GET /client/", "Accept: image/png;q=0.1", "Accept: application/xml")
    assert (reply["content-type"] or "").startswith("application/problem+xml")


async def test_a_request_is_observed_once_with_its_end(edge: Edge) -> None:
    await edge.ask("GET /client/?a=1")
    ((trace, request, response),) = edge.observed
    assert (trace.app, trace.account, trace.status) == ("tool", "acme", 200)
    assert trace.spent > 0
    assert request is edge.request
    assert response is edge.walk.answer


async def test_an_error_of_our_own_is_told_by_its_id_only(edge: Edge) -> None:
    edge.walk.answer = ZeroDivisionError("the secret is fifteen-men")
    reply = await edge.ask("GET /client/", "Accept: application/json", "X-Request-Id: r1")
    assert (reply.status, reply["content-type"]) == (500, "application/problem+json")
    assert json.loads(reply.body)["instance"] == "urn:request:r1"
    assert b"fifteen-men" not in reply.body
    assert edge.errors == [edge.walk.answer]
    assert edge.trace.refusal == "internal"


@pytest.mark.parametrize(
    "fields", [(), ("Authorization: Bearer wrong",), (f"X-Api-Key: {KEY}x",), (KEY_FIELD, KEY_FIELD)]
)
async def test_who_is_not_known_gets_no_further_and_no_secret_comes_back(edge: Edge, fields: tuple[str, ...]) -> None:
    reply = await say(edge.port, written("GET /client/", "Accept: application/json", *fields))
    assert reply.status == (400 if len(fields) == 2 else 401)
    assert ("www-authenticate" in reply.headers) is (reply.status == 401)
    assert edge.walk.seen == []
    assert "ratelimit" not in reply.headers, "it is nobody's"
    said = reply.body + "\n".join(value for _, value in reply.headers).encode()
    assert b"fifteen" not in said
    assert b"wrong" not in said
    assert (edge.trace.app, edge.trace.account) == (None, None)


async def test_a_caller_who_hangs_up_cancels_the_walk(edge: Edge) -> None:
    edge.walk.held = asyncio.Event()
    async with connected(edge.port) as (_, writer):
        writer.write(written("GET /client/", KEY_FIELD))
        await edge.walk.entered.wait()
    await asyncio.wait_for(edge.walk.cancelled.wait(), 5)
    await edge.ended.wait()
    ((trace, request, response),) = edge.observed
    assert (trace.status, request, response) == (499, edge.request, None)
    assert edge.errors == []
