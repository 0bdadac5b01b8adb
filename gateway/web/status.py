"""The status page of the operations listener: `/`, the same as JSON at `/api/status`, and its changes at `/events`.

The page is whole without its script, which only keeps it up to date (server-sent events, WHATWG HTML §9.2).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress
from html import escape
from importlib import resources
from string import Template

import orjson
from aiohttp import web

from gateway.web import answers, status_view
from gateway.web.status_page import Status, document

Read = Callable[[], Status]
"""Tell how everything stands; answers at once, from what is known."""

EVERY = 2.0
"""Seconds between two events."""

LISTENERS = 20
"""Who may listen at a time; each costs a connection and a rendered page every other second."""

_SLOWEST = 10.0
"""Seconds a listener may take to read one event before it is hung up on."""


def _text(name: str) -> str:
    return resources.files("gateway.web").joinpath(name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """The hash by which a policy allows one inline text (CSP Level 3 §2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_PAGE, _STYLE, _SCRIPT = Template(_text("status.html")), _text("status.css"), _text("status.js")
_SECURE = {
    "Content-Security-Policy": f"default-src 'none'; style-src {_source(_STYLE)}; script-src {_source(_SCRIPT)}; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def add_to(app: web.Application, read: Read, *, every: float = EVERY) -> None:
    """Add the three routes to the operations listener."""
    page = _Page(read, every)
    app.router.add_get("/", page.show)
    app.router.add_get("/api/status", page.tell)
    app.router.add_get("/events", page.stream, allow_head=False)
    app.on_shutdown.append(page.stop)


class _Page:
    """The handlers, who listens, and what all listeners are sent next."""

    def __init__(self, read: Read, every: float) -> None:
        self._read = read
        self._every = every
        self._listeners = 0
        self._stopping = asyncio.Event()
        self._event = b""
        self._made_at = -every

    async def show(self, _: web.Request) -> web.Response:
        now = self._read()
        parts = {"version": escape(now.version), "content": status_view.content(now)}
        text = _PAGE.substitute(parts, style=_STYLE, script=_SCRIPT)
        return web.Response(text=text, content_type="text/html", headers={**answers.NO_STORE, **_SECURE})

    async def tell(self, _: web.Request) -> web.Response:
        return answers.told(document(self._read()))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send the page's content now and every other second, until the listener leaves or the gateway stops."""
        if self._listeners >= LISTENERS or self._stopping.is_set():
            raise web.HTTPServiceUnavailable
        self._listeners += 1
        try:
            return await self._events(request)
        finally:
            self._listeners -= 1

    async def stop(self, _: web.Application) -> None:
        """End every stream."""
        self._stopping.set()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**answers.NO_STORE, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError):
            while not self._stopping.is_set():
                try:
                    async with asyncio.timeout(_SLOWEST):
                        await response.write(self._latest())
                except TimeoutError:
                    if request.transport is not None:
                        request.transport.abort()
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every):
                        await self._stopping.wait()
        return response

    def _latest(self) -> bytes:
        """The event of this moment, rendered once for all who listen."""
        now = asyncio.get_running_loop().time()
        if now - self._made_at >= self._every / 2:
            self._made_at = now
            self._event = b"data: " + orjson.dumps(status_view.content(self._read())) + b"\n\n"
        return self._event
