"""Whose body is read, how much of it, and what becomes of the connection where it is not."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from tests.fakes.edge import KEY_FIELD, Edge
from tests.fakes.wire import Reply, connected, say, written

AFTER = written("GET /after/", KEY_FIELD)


def kept_alive(first: str, *fields: str, body: bytes = b"") -> bytes:
    return written(first, *fields, body=body).replace(b"Connection: close\r\n", b"")


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    async with Edge() as running:
        yield running


@pytest.mark.parametrize("field", ["X-Api-Key: unknown", "Accept: */*"])
@pytest.mark.parametrize("expect", ["Expect: 100-continue", "Expect: 200-ok", "Accept: a/b"])
async def test_nothing_is_read_of_who_is_not_known(edge: Edge, field: str, expect: str) -> None:
    """Each of a thousand strangers could otherwise have ten megabytes kept for them."""
    async with connected(edge.port) as (reader, writer):
        writer.write(kept_alive("POST /client/", field, expect, "Content-Length: 90000"))
        reply = Reply.of(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5))
    assert (reply.status, reply["connection"]) == (401, "close")


@pytest.mark.parametrize("expect", ["Expect: 100-continue", "Accept: a/b"])
@pytest.mark.parametrize("told", ["100001", "4294967296", "0" * 4500 + "100001"])
async def test_a_body_that_is_told_to_be_too_long_is_not_waited_for(edge: Edge, expect: str, told: str) -> None:
    async with connected(edge.port) as (reader, writer):
        writer.write(kept_alive("POST /client/", KEY_FIELD, expect, f"Content-Length: {told}"))
        reply = Reply.of(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5))
    assert (reply.status, reply["connection"]) == (413, "close")
    assert edge.errors == []


async def test_a_length_may_begin_with_thousands_of_zeros(edge: Edge) -> None:
    octets = kept_alive("POST /client/", KEY_FIELD, "Content-Length: " + "0" * 4500 + "2", body=b"{}")
    assert (await say(edge.port, octets + AFTER)).status == 200
    assert [request.target for request, _, _ in edge.walk.seen] == ["/client/", "/after/"]
    assert edge.walk.seen[0][0].body == b"{}"


async def test_who_is_refused_and_sent_the_whole_body_may_go_on(edge: Edge) -> None:
    async with connected(edge.port) as (reader, writer):
        writer.write(kept_alive("POST /client/", body=b"{}") + AFTER)
        heard = await asyncio.wait_for(reader.read(), 5)
    assert heard.startswith(b"HTTP/1.1 401 ")
    assert b"HTTP/1.1 200 " in heard


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "tcp"])
async def test_what_comes_along_with_a_wish_to_upgrade_is_answered_or_the_connection_ends(
    edge: Edge, protocol: str
) -> None:
    """aiohttp loses it, and its sender would wait for an answer until it gives up."""
    upgrade = ("Connection: upgrade", f"Upgrade: {protocol}")
    async with connected(edge.port) as (reader, writer):
        writer.write(kept_alive("POST /client/", KEY_FIELD, *upgrade, body=b"abc") + AFTER)
        heard = await asyncio.wait_for(reader.read(), 5)
    assert heard.startswith(b"HTTP/1.1 200 ")
    assert edge.walk.seen[0][0].body == b"abc"


async def test_who_wishes_to_upgrade_and_waits_for_the_answer_keeps_the_connection(edge: Edge) -> None:
    """Java's client does so with its first request."""
    async with connected(edge.port) as (reader, writer):
        writer.write(kept_alive("GET /client/", KEY_FIELD, "Connection: Upgrade", "Upgrade: h2c"))
        reply = Reply.of(await asyncio.wait_for(reader.readuntil(b"answer"), 5))
        assert (reply.status, reply["connection"]) == (200, None)
        writer.write(AFTER)
        assert Reply.of(await asyncio.wait_for(reader.read(), 5)).status == 200


async def test_a_body_of_many_codings_is_not_worked_off(edge: Edge) -> None:
    body = b"{}"
    for _ in range(5):
        body = gzip.compress(body)
    reply = await edge.ask("POST /client/", "Content-Encoding: " + ", ".join(["gzip"] * 5), body=body)
    assert (reply.status, edge.walk.seen) == (415, [])
    assert b"more than 4 content codings" in reply.body
    fewer = await edge.ask("POST /client/", "Content-Encoding: " + ", ".join(["gzip"] * 4), body=gzip.decompress(body))
    assert (fewer.status, edge.request.body) == (200, b"{}")
