"""A wire between the gateway and the upstream: it can hold answers back, and break connections as networks do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from yarl import URL

_CHUNK = 65536


class Relay:
    """Passes bytes on between two loopback sockets. `url` is what the gateway is told, `connections` what it opened."""

    def __init__(self, url: str) -> None:
        self._origin = URL(url)
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._cuts = 0
        self._open: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        await self.close_connections()

    async def away(self) -> None:
        """Close all connections and take no new ones, as an upstream that is being restarted."""
        assert self._server is not None
        self._server.close()
        await self.close_connections()

    async def back(self) -> None:
        """Take connections again, at the same place."""
        port = URL(self.url).port
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", port, backlog=1024)

    @property
    def open(self) -> int:
        """Connections that are open now."""
        return len(self._open)

    def hold(self) -> None:
        """Keep every answer on the way back until `release`."""
        self._flowing.clear()

    def release(self) -> None:
        self._flowing.set()

    def cut(self, times: int = 1) -> None:
        """Close the connection instead of passing the next answers on: the upstream has done what was asked."""
        self._cuts += times

    async def close_connections(self) -> None:
        """Close all connections, as an upstream does with idle ones."""
        for connection in tuple(self._open):
            connection.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        here = asyncio.current_task()
        assert here is not None
        self._open.add(here)
        try:
            back, forth = await asyncio.open_connection(self._origin.host, self._origin.port)
            try:
                await _first_of(self._pass_on(reader, forth), self._answer(back, writer))
            finally:
                await _close(forth)
        except asyncio.CancelledError:
            pass
        finally:
            await _close(writer)
            self._open.discard(here)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(_CHUNK):
            await self._flowing.wait()
            if self._cuts:
                self._cuts -= 1
                return
            writer.write(chunk)
            await writer.drain()


async def _first_of(*ways: Coroutine[Any, Any, None]) -> None:
    """Run until one of them ends: the connection is then closed in both directions."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
