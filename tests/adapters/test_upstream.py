"""The connector over real sockets: what arrives is what was sent, once, and every failure has its fault."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress

import pytest

from gateway.adapters import upstream as upstream_module
from gateway.adapters.upstream import Upstream
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request
from gateway.ports import CutOff, NeverSent

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter, list[bytes]], Awaitable[None]]


@asynccontextmanager
async def talking(conversation: Conversation, *, patience: float = 5.0) -> AsyncIterator[tuple[Upstream, list[bytes]]]:
    """An upstream that talks as scripted, and the heads it has received."""
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await conversation(reader, writer, heads)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, Upstream(url, timeout=patience, max_answer=1000) as upstream:
        yield upstream, heads


def answering(answer: bytes, *, then_close_after: int = 1000) -> Conversation:
    """Answer every request, and close the connection instead of answering the n-th."""

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        for number in range(1, then_close_after + 1):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            if b"Content-Length: 3" in heads[-1]:
                await reader.readexactly(3)
            if number == then_close_after:
                return
            writer.write(answer)
            await writer.drain()

    return conversation


async def refused(upstream: Upstream, method: str = "GET", body: bytes = b"") -> Fault:
    with pytest.raises(Fault) as raised:
        await upstream.send(Request(method, "/client/", Headers(), body))
    return raised.value


@pytest.mark.parametrize(
    "target", ["//a/../b", "/a%2fb%zz", "/?a=%E4+b&&c", "/client?x={1}|'", "/日本?q=é", "/client/?", "/a??", "/?#"]
)
async def test_the_target_arrives_as_it_was_sent(target: str) -> None:
    async with talking(answering(OK)) as (upstream, heads):
        await upstream.send(Request("GET", target))
        assert heads[0].split(b" ")[1] == target.encode()


async def test_only_the_fields_that_were_given_arrive() -> None:
    async with talking(answering(OK)) as (upstream, heads):
        await upstream.send(Request("POST", "/time/", Headers([("X-A", "1"), ("X-A", "2")]), b"abc"))
        names = [line.partition(b":")[0] for line in heads[0].split(b"\r\n")[1:-2]]
        assert sorted(names) == [b"Content-Length", b"Host", b"X-A", b"X-A"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "HEAD"])
async def test_a_broken_kept_alive_connection_never_makes_a_request_arrive_twice(method: str) -> None:
    async with talking(answering(OK, then_close_after=2)) as (upstream, heads):
        await upstream.send(Request("GET", "/"))
        fault = await refused(upstream, method, b"abc" if method in ("PUT", "POST") else b"")
        assert fault.kind is Kind.UPSTREAM_UNREACHABLE
        assert isinstance(fault.__cause__, CutOff)
        assert len(heads) == 2


async def test_connections_are_kept_alive() -> None:
    connections = 0

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        nonlocal connections
        connections += 1
        await answering(OK)(reader, writer, heads)

    async with talking(conversation) as (upstream, heads):
        for _ in range(20):
            await upstream.send(Request("GET", "/"))
        assert (connections, len(heads)) == (1, 20)


@pytest.mark.parametrize(
    "unasked", [b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", b"HTTP/1.1 103 Hi\r\n\r\n", b"x"]
)
async def test_what_nobody_asked_for_is_no_answer_to_the_next_request(unasked: bytes) -> None:
    """It may belong to another account's request, or be made up by whoever wrote the body of an answer to HEAD."""
    connections: list[asyncio.StreamWriter] = []

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        connections.append(writer)
        await answering(OK)(reader, writer, heads)

    async with talking(conversation) as (upstream, heads):
        for number in range(1, 4):
            assert (await upstream.send(Request("GET", "/"))).body == b"ok"
            assert (len(heads), len(connections)) == (number, number)
            connections[-1].write(unasked)
            for _ in range(50):  # it arrives while the connection lies idle
                await asyncio.sleep(0)


@pytest.mark.parametrize(("method", "status"), [("HEAD", b"200"), ("GET", b"204"), ("GET", b"304"), ("GET", b"101")])
async def test_a_connection_on_which_a_body_may_follow_that_should_not_is_not_used_again(
    method: str, status: bytes
) -> None:
    """What a file holds could be written as an answer, and be sent by mistake behind the head that it belongs to."""
    connections: list[asyncio.StreamWriter] = []

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        connections.append(writer)
        await answering(b"HTTP/1.1 %b X\r\nContent-Length: 2\r\n\r\n" % status)(reader, writer, heads)

    async with talking(conversation) as (upstream, _):
        for number in range(1, 4):
            with suppress(Fault):
                await upstream.send(Request(method, "/"))
            assert len(connections) == number


@pytest.mark.parametrize("status", [b"000", b"101", b"600", b"999"])
async def test_a_status_that_ends_nothing_is_no_answer(status: bytes) -> None:
    async with talking(answering(OK.replace(b"200", status))) as (upstream, heads):
        fault = await refused(upstream)
        assert (fault.kind, len(heads)) == (Kind.UPSTREAM_UNINTELLIGIBLE, 1)


async def test_redirects_are_answers_cookies_are_forgotten_and_bodies_stay_compressed() -> None:
    answer = (
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
    )
    async with talking(answering(answer)) as (upstream, heads):
        await upstream.send(Request("GET", "/"))
        response = await upstream.send(Request("GET", "/"))
        assert (response.status, response.body) == (302, b"\x1f\x8b")
        assert response.headers.lines("set-cookie") == ["a=1", "b=2"]
        assert b"Cookie" not in heads[1]


async def test_nobody_listens() -> None:
    async with Upstream("http://127.0.0.1:1/", timeout=5.0, max_answer=10) as upstream:
        fault = await refused(upstream)
        assert (fault.kind, isinstance(fault.__cause__, NeverSent)) == (Kind.UPSTREAM_UNREACHABLE, True)


async def test_a_connection_that_is_not_made_in_time_was_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_module, "_CONNECTING", 0.05)
    with socket.socket() as listener, ExitStack() as clients:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # nobody accepts: from some point on the kernel leaves new ones unanswered
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        async with Upstream(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=5.0, max_answer=10) as upstream:
            fault = await refused(upstream)
        assert (fault.kind, isinstance(fault.__cause__, NeverSent)) == (Kind.UPSTREAM_UNREACHABLE, True)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nshort", Kind.UPSTREAM_UNINTELLIGIBLE),
        (b"no HTTP at all\r\n\r\n", Kind.UPSTREAM_UNINTELLIGIBLE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000, Kind.UPSTREAM_UNINTELLIGIBLE),
        (b"", Kind.UPSTREAM_UNREACHABLE),
    ],
)
async def test_answers_that_are_none(answer: bytes, kind: Kind) -> None:
    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)

    async with talking(conversation) as (upstream, heads):
        fault = await refused(upstream)
        assert (fault.kind, len(heads)) == (kind, 1)
        assert isinstance(fault.__cause__, CutOff) == (answer == b""), "cut off means before any byte"


async def test_an_upstream_that_never_answers_times_out() -> None:
    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.read()

    async with talking(conversation, patience=0.05) as (upstream, _):
        fault = await refused(upstream)
        assert (fault.kind, isinstance(fault.__cause__, NeverSent)) == (Kind.UPSTREAM_TIMED_OUT, False)


async def test_what_cannot_be_sent_is_a_mistake_and_never_leaves() -> None:
    async with talking(answering(OK)) as (upstream, heads):
        with pytest.raises(Fault) as raised:
            await upstream.send(Request("GET", "/", Headers([("X-A", "a\r\nX-B: 1")])))
        assert (raised.value.kind, isinstance(raised.value.__cause__, NeverSent)) == (Kind.MALFORMED, True)
        assert heads == []
