"""A response whose head and body leave in one write: what a cached hit costs at the edge.

aiohttp's own `Response` builds its head field by field and writes it apart from the body. This one is handed its head
in text, and writes it through the public seam of `StreamResponse` (`prepare`, `write_eof`, `keep_alive`).
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import HttpVersion10, web
from aiohttp.abc import AbstractStreamWriter
from typing_extensions import override

from gateway.policy.messages import WITHOUT_BODY
from gateway.web.head import status_line

ONE_WRITE = 64 * 1024
"""Bytes of a body up to which copying it behind the head is cheaper than a second write."""


class Wire(web.StreamResponse):
    """One whole response; `lasting` and `passing` are lines of its head, without Content-Length and Connection.

    `length` is told where the body is not known here (HEAD). `written` is called when all of it was handed to the
    connection, unless that closes now.
    """

    def __init__(
        self,
        status: int,
        lasting: str,
        passing: str,
        body: bytes,
        *,
        written: Callable[[], None] = lambda: None,
        length: int | None = None,
    ) -> None:
        super().__init__(status=status)
        self._lasting = lasting
        self._passing = passing
        self._octets = body
        self._written = written
        self._length = len(body) if length is None else length
        self._persistent = False
        self._last = False

    @property
    @override
    def keep_alive(self) -> bool:
        return self._persistent

    @override
    def force_close(self) -> None:
        self._last = True

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write everything at once."""
        self._persistent = request.keep_alive and not self._last
        old = request.version == HttpVersion10
        connection = "" if self._persistent else "Connection: close\r\n"
        if old and self._persistent:
            connection = "Connection: keep-alive\r\n"
        head = opening(self.status, self._lasting, self._length, version="1.0" if old else "1.1")
        octets = f"{head}{connection}{self._passing}\r\n".encode("utf-8", "surrogateescape")
        body = b"" if request.method == "HEAD" or self.status in WITHOUT_BODY else self._octets
        if len(body) <= ONE_WRITE:
            await request.writer.write(octets + body)
        else:
            await request.writer.write(octets)
            await request.writer.write(body)
        return request.writer

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""
        if self._persistent:
            self._written()


def opening(status: int, lasting: str, length: int, *, version: str = "1.1") -> str:
    """The lines of a head that stay the same as long as the answer does."""
    counted = "" if status in WITHOUT_BODY else f"Content-Length: {length}\r\n"
    return f"{status_line(status, version)}{lasting}{counted}"
