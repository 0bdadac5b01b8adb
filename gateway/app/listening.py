"""The sockets of a gateway: opened one after the other, closed to new connections together."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack

from aiohttp import web

_CONNECTIONS_WAITING = 1024
"""Connections that may wait to be accepted: a burst of callers is refused in line, not by the kernel."""

_AT_ONCE = 16
"""Connections accepted between two looks at how many there are; what is beyond the room is to be answered, not piled up
until there is no descriptor left."""

HANG_UP = 1.0
"""Seconds a stop leaves to connections that are still answered, before it closes them."""


class Listeners:
    """What listens. The stack hangs up on those that are connected; `stop` only lets nobody else in."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._servers: list[asyncio.Server] = []

    async def open(self, runner: web.BaseRunner, host: str, port: int) -> str:
        """Listen; tells the URL. Raises OSError where the port is taken."""
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        assert runner.server is not None, "it was set up"
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(runner.server, host, port, backlog=_AT_ONCE)
        except socket.gaierror as unknown:
            raise socket.gaierror(unknown.errno, f"{host}: {unknown.strerror}") from unknown
        self._servers.append(server)
        self._stack.callback(server.close)  # before those that are connected are hung up on
        for listening in server.sockets:
            with socket.socket(fileno=os.dup(listening.fileno())) as same:
                same.listen(_CONNECTIONS_WAITING)
        address: Sequence[object] = server.sockets[-1].getsockname()
        shown = f"[{address[0]}]" if ":" in str(address[0]) else address[0]
        return f"http://{shown}:{address[1]}/"

    async def stop(self) -> None:
        """Take no more connections."""
        for server in self._servers:
            server.close()
