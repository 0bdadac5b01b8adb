"""The callers' listener: requests as they come over the wire, odd ones too."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from gateway.policy.messages import Headers, Response
from tests.fakes.edge import KEY, KEY_FIELD, Edge
from tests.fakes.wire import Reply, connected, say, written

CLOSE = b"Connection: close\r\n"


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async with Edge() as running:
        yield running


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ("/", "/"),
        ("/client", "/client"),
        ("//client//5/", "//client//5/"),
        ("/a%2Fb/%e4/%7E?x=%20+&y", "/a%2Fb/%e4/%7E?x=%20+&y"),
        ("/a/../b/./c", "/a/../b/./c"),
        ("/bad%zz%", "/bad%zz%"),
        ("/?", "/?"),
        ("/x?a=1?b=2", "/x?a=1?b=2"),
        ("http://elsewhere.example/client/?a=1", "/client/?a=1"),
        ("http://user:word@elsewhere.example:99", "/"),
        ("http://elsewhere.example?a=1", "/?a=1"),
        ("/x?to=http://elsewhere.example/", "/x?to=http://elsewhere.example/"),
    ],
)
async def test_the_target_reaches_the_walk_as_it_was_sent(edge: Edge, sent: str, target: str) -> None:
    assert (await edge.ask(f"GET {sent}")).status == 200
    assert edge.request.target == target


@pytest.mark.parametrize(
    ("octets", "target"),
    [("/\u00e9?x=\u00e9".encode(), "/%C3%A9?x=%C3%A9"), (b"/\xe9?x=\xe9", "/%E9?x=%E9")],
)
async def test_octets_of_a_target_that_are_not_ascii_are_encoded(edge: Edge, octets: bytes, target: str) -> None:
    assert (await say(edge.port, b"GET " + octets + written("", KEY_FIELD))).status == 200
    assert edge.request.target == target
    assert edge.errors == []
    assert (await edge.ask("GET /client/")).status == 200


@pytest.mark.parametrize("first", ["OPTIONS *", "GET *", "GET client/"])
async def test_what_is_no_path_is_a_mistake(edge: Edge, first: str) -> None:
    reply = await edge.ask(first)
    assert reply.status == 400
    assert edge.walk.seen == []
    assert edge.errors == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_every_method_reaches_the_walk(edge: Edge, method: str) -> None:
    await edge.ask(f"{method} /client/")
    assert edge.request.method == method


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ((), b"\x00\xff" * 1000, b"\x00\xff" * 1000),
        (("Transfer-Encoding: chunked",), b"2\r\n\x00\xff\r\n3;x=y\r\nabc\r\n0\r\n\r\n", b"\x00\xffabc"),
        (("Content-Encoding: gzip",), gzip.compress(b"squeezed"), b"squeezed"),
    ],
    ids=["plain", "chunked", "gzip"],
)
async def test_a_body_is_read_whole(edge: Edge, fields: tuple[str, ...], body: bytes, expected: bytes) -> None:
    await edge.ask("PUT /client/5/", "Content-Type: x/y", *fields, body=body)
    assert edge.request.body == expected
    assert "content-encoding" not in edge.request.headers
    assert edge.request.headers.get("content-type") == "x/y"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_body_where_one_is_not_usual_is_read_too(edge: Edge, method: str) -> None:
    await edge.ask(f"{method} /client/", body=b"body")
    assert edge.request.body == b"body"


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ((), b"x" * 100_001),
        (("Content-Encoding: gzip",), gzip.compress(bytes(5_000_000))),
        (("Transfer-Encoding: chunked",), b"186a1\r\n" + b"x" * 100_001 + b"\r\n0\r\n\r\n"),
    ],
    ids=["plain", "bomb", "chunked"],
)
async def test_a_body_above_the_limit_is_413(edge: Edge, fields: tuple[str, ...], body: bytes) -> None:
    reply = await edge.ask("POST /client/", "Accept: application/json", *fields, body=body)
    assert (reply.status, reply["content-type"]) == (413, "application/problem+json")
    assert b"too_large" in reply.body
    assert edge.walk.seen == []


@pytest.mark.parametrize("expecting", [(), ("Expect: 100-continue",)])
async def test_who_announces_too_large_a_body_is_answered_before_it_is_sent(
    edge: Edge, expecting: tuple[str, ...]
) -> None:
    async with connected(edge.port) as (reader, writer):
        writer.write(written("POST /client/", KEY_FIELD, *expecting, "Content-Length: 100001").replace(CLOSE, b""))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nConnection: close\r\n" in head, "what may follow is the body"
    assert edge.walk.seen == []


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (("Content-Encoding: gzip",), b"no gzip"),
        (("Content-Encoding: gzip",), gzip.compress(b"cut short, " * 50)[:-20]),
        (("Transfer-Encoding: chunked",), b"zz\r\n\r\n"),
    ],
    ids=["no gzip", "cut gzip", "bad chunk"],
)
async def test_a_body_that_cannot_be_read_is_a_mistake(edge: Edge, fields: tuple[str, ...], body: bytes) -> None:
    reply = await edge.ask("POST /client/", *fields, body=body)
    assert reply.status == 400
    assert edge.walk.seen == []
    assert edge.errors == []


@pytest.mark.parametrize("coding", ["x-odd", "gzip, gzip"])
async def test_a_coding_that_nobody_undoes_is_refused_or_passed_on_with_its_name(edge: Edge, coding: str) -> None:
    reply = await edge.ask("POST /unknown/", f"Content-Encoding: {coding}", body=b"\x00")
    assert reply.status in (400, 415) or edge.request.headers.get("content-encoding") == coding


async def test_who_waits_for_100_continue_gets_it(edge: Edge) -> None:
    """RFC 9110 §10.1.1: curl does so above 1 MiB, .NET often."""
    async with connected(edge.port) as (reader, writer):
        writer.write(written("POST /client/", KEY_FIELD, "Expect: 100-continue", "Content-Length: 4"))
        told = await asyncio.wait_for(reader.readline(), 1)
        writer.write(b"body")
        rest = await reader.read()
    assert told.startswith(b"HTTP/1.1 100")
    assert b"HTTP/1.1 200" in rest
    assert edge.request.body == b"body"


async def test_two_credentials_are_one_too_many(edge: Edge) -> None:
    reply = await say(
        edge.port, written("GET /", f"Authorization: Bearer {KEY}", "Authorization: Bearer other", KEY_FIELD)
    )
    assert (reply.status, edge.walk.seen) == (400, [])


async def test_repeated_fields_stay_apart(edge: Edge) -> None:
    await edge.ask("GET /", "X-Thing: 1", "x-thing: 2")
    assert edge.request.headers.lines("x-thing") == ["1", "2"]


async def test_head_tells_the_length_and_sends_no_body(edge: Edge) -> None:
    reply = await edge.ask("HEAD /client/")
    assert (reply.status, reply["content-length"], reply.body) == (200, "6", b"")


async def test_a_problem_for_head_has_no_body(edge: Edge) -> None:
    reply = await say(edge.port, written("HEAD /client/"))
    assert (reply.status, reply.body) == (401, b"")
    assert int(reply["content-length"] or 0) > 0


async def test_heads_length_of_the_upstream_goes_out(edge: Edge) -> None:
    edge.walk.answer = Response(200, Headers([("Content-Length", "1234"), ("Content-Type", "image/png")]))
    reply = await edge.ask("HEAD /document/1/download/")
    assert (reply["content-length"], reply.body) == ("1234", b"")


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_have_none(edge: Edge, status: int) -> None:
    edge.walk.answer = Response(status, Headers([("ETag", '"x"')]))
    reply = await edge.ask("GET /client/")
    assert (reply.status, reply.body, reply["etag"]) == (status, b"", '"x"')
    assert "content-type" not in reply.headers
    assert reply["content-length"] is None or status == 304


async def test_no_type_is_invented_for_what_passes(edge: Edge) -> None:
    edge.walk.answer = Response(200, Headers([]), b"\x00")
    assert (await edge.ask("GET /x"))["content-type"] is None


async def test_an_answer_in_a_coding_goes_out_as_it_is(edge: Edge) -> None:
    body = gzip.compress(b"squeezed")
    edge.walk.answer = Response(200, Headers([("Content-Encoding", "gzip"), ("Content-Type", "text/plain")]), body)
    reply = await edge.ask("GET /x", "Accept-Encoding: gzip")
    assert (reply.body, reply["content-encoding"], reply["content-length"]) == (body, "gzip", str(len(body)))


async def test_a_connection_serves_many_requests(edge: Edge) -> None:
    async with connected(edge.port) as (reader, writer):
        for _ in range(3):
            writer.write(written("GET /client/", KEY_FIELD).replace(b"Connection: close\r\n", b""))
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert Reply.of(head).status == 200
            assert await reader.readexactly(6) == b"answer"
    assert len(edge.observed) == 3
