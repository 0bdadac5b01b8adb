"""What is no HTTP request: a clear answer, nothing of the octets in it, the connection closed, nobody else harmed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.fakes.edge import KEY, KEY_FIELD, Edge
from tests.fakes.wire import Reply, connected, say

HOST = b"Host: gateway\r\n"
GOOD = b"GET /client/ HTTP/1.1\r\n" + HOST + KEY_FIELD.encode() + b"\r\n\r\n"


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async with Edge() as running:
        yield running


@pytest.mark.parametrize(
    "octets",
    [
        b"POST / HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +2\r\n\r\n{}",
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-A: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + KEY_FIELD.encode() + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 300 + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_it_is_a_mistake_and_ends_the_connection(edge: Edge, octets: bytes) -> None:
    reply = await say(edge.port, octets)
    problem = json.loads(reply.body)
    assert (reply.status, problem["status"], problem["type"]) == (400, 400, "urn:intervals-gateway:malformed")
    assert reply["connection"] == "close"
    assert reply["server"] == "intervals-gateway"
    assert edge.walk.seen == []
    assert edge.errors == []
    assert (await say(edge.port, GOOD.replace(HOST, HOST + b"Connection: close\r\n"))).status == 200


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET /client/\r\n\r\n", 505),
        (b"GET /client/ HTTP/2.0\r\n" + HOST + b"\r\n", 505),
        (b"GET /client/ HTTP/1.1\r\n" + HOST + (b"X: " + b"a" * 8000 + b"\r\n") * 9 + b"\r\n", 431),
        (b"GET /client/#top HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /client/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", 501),
    ],
)
async def test_what_a_lenient_parser_takes_is_refused_as_clearly(edge: Edge, octets: bytes, status: int) -> None:
    reply = await say(edge.port, octets)
    assert (reply.status, json.loads(reply.body)["type"]) == (status, "urn:intervals-gateway:malformed")
    assert reply["connection"] == "close"
    assert edge.walk.seen == []


async def test_a_key_in_what_cannot_be_read_is_not_told(edge: Edge) -> None:
    reply = await say(edge.port, b"GET / HTTP/1.1\r\n" + HOST + b"X-Api-Key: " + KEY.encode() + b"\0\r\n\r\n")
    assert reply.status == 400
    assert KEY.encode() not in reply.body


FIELDS = HOST + KEY_FIELD.encode() + b"\r\nAccept: application/json\r\n"
WAITING = b"POST /client/ HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n" + FIELDS + b"\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"ZZ\r\n{}\r\n0\r\n\r\n",
        b"\r\n{}\r\n0\r\n\r\n",
        b"-2\r\n{}\r\n0\r\n\r\n",
        b"+2\r\n{}\r\n0\r\n\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b" 2\r\n{}\r\n0\r\n\r\n",
        b"2;\0\r\n{}\r\n0\r\n\r\n",
        b"2\n{}\n0\n\n",
        b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}0\r\n\r\n",
        b"2\r\n{}}\r\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
        b"2\r\n{}\r\n0\r\nX-A: a\0b\r\n\r\n",
        b"2\r\n{}\r\n0\r\n: x\r\n\r\n",
    ],
)
async def test_a_body_that_breaks_while_it_is_awaited_is_a_mistake_at_once(edge: Edge, body: bytes) -> None:
    async with connected(edge.port) as (reader, writer):
        writer.write(WAITING)
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n"), "the body is awaited from here on"
        writer.write(body)
        async with asyncio.timeout(10):
            octets = await reader.read()
    reply = Reply.of(octets)
    assert (reply.status, octets.count(b"HTTP/1.1 ")) == (400, 1)
    assert json.loads(reply.body)["detail"].startswith("the body cannot be read: ")
    assert reply["connection"] == "close"
    assert edge.walk.seen == []
    assert edge.errors == []
