"""A response in one write, as a client sees it."""

from __future__ import annotations

import pytest
from aiohttp import web

from gateway.web.wire import ONE_WRITE, Wire, opening
from tests.fakes.wire import Reply, say


async def heard(wire: Wire, request: bytes) -> bytes:
    """The octets that a client gets from a server which answers with this."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return wire

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        reply: Reply = await say(int(runner.addresses[0][1]), request)
    finally:
        await runner.cleanup()
    head = "\n".join([str(reply.status), *(f"{name}: {value}" for name, value in reply.headers)])
    return head.encode() + b"\n\n" + reply.body


CLOSE = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("size", [0, 5, ONE_WRITE, ONE_WRITE + 1, 1_000_000])
async def test_head_and_body_arrive_whole(size: int) -> None:
    octets = await heard(Wire(200, "A: 1\r\n", "B: 2\r\n", b"x" * size), CLOSE)
    expected = f"200\nA: 1\nContent-Length: {size}\nConnection: close\nB: 2\n\n".encode()
    assert octets == expected + b"x" * size


@pytest.mark.parametrize("status", [204, 304])
async def test_some_answers_have_neither_body_nor_length(status: int) -> None:
    octets = await heard(Wire(status, "A: 1\r\n", "", b"body"), CLOSE)
    assert octets == f"{status}\nA: 1\nConnection: close\n\n".encode()


@pytest.mark.parametrize(("length", "told"), [(None, 4), (1234, 1234)])
async def test_head_tells_the_length_alone(length: int | None, told: int) -> None:
    octets = await heard(Wire(200, "", "", b"body", length=length), CLOSE.replace(b"GET", b"HEAD"))
    assert octets == f"200\nContent-Length: {told}\nConnection: close\n\n".encode()


async def test_whoever_waits_is_told_unless_the_connection_ends() -> None:
    told: list[str] = []
    await heard(Wire(200, "", "", b"", written=lambda: told.append("closing")), CLOSE)
    kept = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    await heard(Wire(200, "", "", b"", written=lambda: told.append("kept")), kept + CLOSE)
    assert "closing" not in told
    assert told == ["kept"]


def test_the_opening_is_what_a_head_begins_with() -> None:
    assert opening(200, "A: 1\r\n", 3) == "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 3\r\n"
    assert opening(304, "A: 1\r\n", 3) == "HTTP/1.1 304 Not Modified\r\nA: 1\r\n"
