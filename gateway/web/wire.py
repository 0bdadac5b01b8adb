"""A response whose head and body leave in one write: what a cached hit costs at the edge.

aiohttp's own `Response` builds its head field by field and writes it apart from the body. This one renders the head
once, through the public seam of `StreamResponse` (`prepare`, `write_eof`, `keep_alive`); the connection stays aiohttp's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

from aiohttp import HttpVersion10, web
from aiohttp.abc import AbstractStreamWriter
from typing_extensions import override

_WITHOUT_BODY = frozenset({204, 304})
_ONE_WRITE = 64 * 1024
"""Bytes of a body up to which copying it behind the head is cheaper than a second write."""


class Wire(web.StreamResponse):
    """One whole response. `fields` lack Content-Length and Connection, which are written here.

    Raises ValueError for a field that would end its line: no parsed message can hold one, so it would be our mistake.
    """

    def __init__(self, status: int, fields: Iterable[tuple[str, str]], body: bytes) -> None:
        super().__init__(status=status)
        lines = [f"{name}: {value}" for name, value in fields]
        text = "\r\n".join(lines)
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            raise ValueError("a field holds a line break")
        self._text = text
        self._octets = body
        self._persistent = False

    @property
    @override
    def keep_alive(self) -> bool:
        return self._persistent

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write everything at once."""
        self._persistent = request.keep_alive
        old = request.version == HttpVersion10
        head = f"{_status_line(self.status, '1.0' if old else '1.1')}{self._text}\r\n"
        if not self._persistent:
            head += "Connection: close\r\n"
        elif old:
            head += "Connection: keep-alive\r\n"
        if self.status not in _WITHOUT_BODY:
            head += f"Content-Length: {len(self._octets)}\r\n"
        octets = (head + "\r\n").encode("utf-8", "surrogateescape")
        body = b"" if request.method == "HEAD" or self.status in _WITHOUT_BODY else self._octets
        if len(body) <= _ONE_WRITE:
            await request.writer.write(octets + body)
        else:
            await request.writer.write(octets)
            await request.writer.write(body)
        return request.writer

    @override
    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


@lru_cache(maxsize=256)
def _status_line(status: int, version: str) -> str:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    return f"HTTP/{version} {status} {phrase}\r\n"
