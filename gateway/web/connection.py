"""A caller's connection: aiohttp's, with an express lane in front of its parser.

Octets may take the lane only where a request begins, so the connection keeps count of what it has handed to aiohttp.
It stands at such a boundary at first, and again when the one request since the last boundary was answered whole and
its head and body account for every octet. Where that is not certain (a head in two parts, a chunked body, pipelining),
everything that follows is aiohttp's, until the connection ends.

Where aiohttp's parser gives up in the middle of a body, it says so to the next request, and lets who reads that body
wait for the rest. So the connection keeps the body that is being received, ends it then, and says that it is broken.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from typing_extensions import override

from gateway.web.full import Full
from gateway.web.target import encoded

Refuse = Callable[[web.BaseRequest, int, str], web.StreamResponse]
"""Answer what is no HTTP: what could be read of it, the status, and what is wrong with it."""

Lane = Callable[[bytes], Sequence[bytes] | None]
"""Answer the octets of one whole request, at once; None: they are not known."""

IDLE = 75.0
"""Seconds a kept-alive connection may be idle: longer than the usual client or proxy keeps it."""

_STALLED = 60.0
"""Seconds in which a caller who is sent more than the network holds takes nothing of it: then nobody reads any more."""

_LANE = 30.0
"""Seconds of express service after which one request goes the long way: aiohttp's clock of idleness knows no other."""

_SPECIAL = ("Expect", "Transfer-Encoding", "Upgrade")
"""Fields that change what follows on a connection."""


class Connection(web.RequestHandler):
    """One connection; `lane` is tried first."""

    __slots__ = ("_at", "_body", "_broken", "_clock", "_first", "_given", "_lane", "_later", "_look", "_refuse")

    def __init__(self, server: web.Server, lane: Lane, refuse: Refuse, **options: Any) -> None:
        super().__init__(server, **options)
        self._lane = lane
        self._refuse = refuse
        self._first = b""  # what came first since the last boundary
        self._given = 0  # octets given to aiohttp since then
        self._body: StreamReader | None = None  # of the last request whose head was read
        self._broken: str | None = None
        loop = asyncio.get_running_loop()
        self._clock, self._later = loop.time, loop.call_later
        self._look: asyncio.TimerHandle | None = None  # at what is left to send, while that is much
        self._at = self._clock()

    @override
    def data_received(self, data: bytes) -> None:
        transport = self.transport
        if not self._given and transport is not None and not transport.is_closing():
            if not data.isascii():
                data = encoded(data)
            now = self._clock()
            if now - self._at < _LANE and not self.writing_paused and (answer := self._lane(data)) is not None:
                transport.writelines(answer)
                return
            self._at, self._first = now, data
        self._given += len(data)
        super().data_received(data)
        if self._messages:
            self._heed(*self._messages[-1])

    def why_broken(self, request: web.BaseRequest) -> str | None:
        """What was wrong with the body of a request in the middle of which the parser gave up."""
        return self._broken if request.content is self._body else None

    def _heed(self, message: Any, body: StreamReader) -> None:
        """Take note of what the parser said last: a request, or, by a type of aiohttp's own, that it gave up."""
        if isinstance(message, RawRequestMessage):
            self._body = body
        elif self._body is not None and not self._body.is_eof():
            self._broken = _wrong(message.message)
            self._body.feed_eof()

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    @override
    def resume_writing(self) -> None:
        self._unwatch()
        super().resume_writing()

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.transport is not None:
            self._look = self._later(_STALLED, self._looked, self.transport.get_write_buffer_size())

    def _unwatch(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _looked(self, left: int) -> None:
        """Hang up where nothing has left since: what is kept for one who does not read would be kept for good."""
        if self.transport is not None and self.transport.get_write_buffer_size() >= left:
            self.transport.abort()
        else:
            self._watch()

    def boundary(self, request: web.BaseRequest) -> bytes | None:
        """A request was answered whole. The octets it came in, if it was all there was, and had no body."""
        first, alone = self._first, self.alone(request)
        self._first = b""
        usual = request.version == HttpVersion11 and not any(name in request.headers for name in _SPECIAL)
        if not alone or not usual or not request.content.is_eof():
            return None
        self._given = 0
        return None if length(request) else first

    def alone(self, request: web.BaseRequest) -> bool:
        """Is this request, head and body, for certain all that came since the last boundary?"""
        head = self._first.find(b"\r\n\r\n") + 4
        whole = head >= 4 and head + length(request) == self._given
        return whole and self._first.startswith(request.method.encode())

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp's parser refused; its own answer would show the octets and a stack trace."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        answer = self._refuse(request, status, _wrong(message))
        answer.force_close()
        return answer


def _wrong(message: str | None) -> str:
    """The parser's words without the octets it quotes: they may hold a secret."""
    return re.split(r":?\s*\n|:?\s+b['\"]", message or "not understood")[0]


def length(request: web.BaseRequest) -> int:
    """What Content-Length says: digits, or the parser had refused it, but perhaps behind thousands of zeros."""
    return int(request.headers.get("Content-Length", "0").lstrip("0")[:19] or "0")


def broken(request: web.BaseRequest) -> str | None:
    """What was wrong with the body of a request; nothing more can be understood on its connection then."""
    return request.protocol.why_broken(request) if isinstance(request.protocol, Connection) else None


class Listener(web.Server):
    """The callers' listener: no router, no access log of its own, and a caller who leaves is noticed.

    It takes so many connections as there is room for: descriptors are also needed for what callers ask for.
    """

    def __init__(self, handler: Any, *, lane: Lane, refuse: Refuse, max_body: int, room: int) -> None:
        def request(
            message: RawRequestMessage,
            payload: StreamReader,
            protocol: web.RequestHandler,
            writer: AbstractStreamWriter,
            task: asyncio.Task[None],
        ) -> web.BaseRequest:
            loop = asyncio.get_running_loop()
            return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=max_body)

        super().__init__(handler, request_factory=request, handler_cancellation=True)
        self._lane = lane
        self._refuse = refuse
        self._room = room
        self._open = 0
        self._beyond: set[Full] = set()

    @override
    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        self._open += 1
        super().connection_made(handler, transport)

    @override
    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        self._open -= 1
        super().connection_lost(handler, exc)

    @override
    def __call__(self) -> Any:
        if self._open >= self._room:
            return Full(self._room, self._beyond)
        loop = asyncio.get_running_loop()
        return Connection(
            self,
            self._lane,
            self._refuse,
            loop=loop,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=IDLE + _LANE,
        )
