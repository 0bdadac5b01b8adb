"""A client that says exactly what it is told, over a socket: for requests no HTTP library would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Self

from gateway.policy.messages import Headers


@dataclass(frozen=True)
class Reply:
    """One answer as it came over the wire; `body` is all that followed its head."""

    status: int
    headers: Headers
    body: bytes

    def __getitem__(self, field: str) -> str | None:
        return self.headers.get(field)

    @classmethod
    def of(cls, octets: bytes) -> Self:
        head, _, body = octets.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = (line.partition(":") for line in lines)
        return cls(int(first.split()[1]), Headers((name, value.strip()) for name, _, value in fields), body)


def written(first: str, *fields: str, body: bytes = b"") -> bytes:
    """A request: its first line without the version, and its field lines."""
    lines = [f"{first} HTTP/1.1", "Host: gateway", "Connection: close", *fields]
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in fields):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is closed at the end, whatever was said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def say(port: int, octets: bytes) -> Reply:
    """Say it, and hear all until the other side hangs up."""
    async with connected(port) as (reader, writer):
        writer.write(octets)
        return Reply.of(await asyncio.wait_for(reader.read(), 10))
