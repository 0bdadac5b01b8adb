"""An origin that answers as it is told, byte for byte, and remembers what arrived; no framework in between."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it arrived."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """The value of a field, lines joined."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Told:
    """What to answer; `close` breaks the connection instead. `interim` comes before it."""

    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    close: bool = False
    interim: bytes = b""

    def written(self, method: str) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Told", *(f"{name}: {value}" for name, value in self.fields)]
        bodiless = self.status in (204, 304)
        if not bodiless and not any(name.lower() == "content-length" for name, _ in self.fields):
            lines.append(f"Content-Length: {len(self.body)}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return self.interim + head + (b"" if bodiless or method == "HEAD" else self.body)


class Origin:
    """Answers each path as told last. `arrived` are the requests by path; `base` is where it is reached."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.arrived: defaultdict[str, list[Arrived]] = defaultdict(list)
        self.base = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._open):
            connection.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here = asyncio.current_task()
        assert here is not None
        self._open.add(here)
        try:
            while await self._answered(reader, writer):
                pass
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(here)
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        pairs = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:-2]))
        arrived = Arrived(method, target, pairs)
        await reader.readexactly(int(arrived.get("Content-Length") or 0))
        self.arrived[target].append(arrived)
        told = self.told.get(target, Told(404))
        if told.close:
            return False
        writer.write(told.written(method))
        await writer.drain()
        return arrived.get("Connection") != "close"
