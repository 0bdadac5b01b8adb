"""The sockets of a gateway: opened one after the other, closed to new connections together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from aiohttp import web

_CONNECTIONS_WAITING = 1024
"""Connections that may wait to be accepted: a burst of callers is refused in line, not by the kernel."""

HANG_UP = 1.0
"""Seconds a stop leaves to connections that are still answered, before it closes them."""


class Listeners:
    """What listens. The stack hangs up on those that are connected; `stop` only lets nobody else in."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._sites: list[web.TCPSite] = []

    async def open(self, runner: web.BaseRunner, host: str, port: int) -> str:
        """Listen; tells the URL. Raises OSError where the port is taken."""
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, host, port, backlog=_CONNECTIONS_WAITING)
        await site.start()
        self._sites.append(site)
        address: Sequence[object] = runner.addresses[-1]
        shown = f"[{address[0]}]" if ":" in str(address[0]) else address[0]
        return f"http://{shown}:{address[1]}/"

    async def stop(self) -> None:
        """Take no more connections."""
        for site in self._sites:
            await site.stop()
