"""A receiver of webhooks: it verifies with a maintained library, forgets what it had before, and keeps the rest."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

SECRET = "whsec_" + "c2l4dGVlbi1tZW4tb24tYS1kZWFkLW1hbnMtY2hlc3Q="


@dataclass
class Receiver:
    """What came, each id once, in the order in which it came first; `seen` counts all deliveries."""

    url: str = ""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: int = 0

    @classmethod
    async def open(cls, stack: AsyncExitStack) -> Receiver:
        receiver = cls()
        app = web.Application()
        app.router.add_post("/events", receiver._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/events"
        return receiver

    def subscription(self, *events: str, interval: str = "1s") -> str:
        """The configuration by which a gateway tells this receiver."""
        wanted = ", ".join(f'"{event}"' for event in events)
        return f"""
[events]
interval = "{interval}"
[[webhooks]]
url = "{self.url}"
events = [{wanted}]
account = "acme"
secret = "{SECRET}"
"""

    def told(self, row: str | None = None) -> list[str]:
        """What was told (of a row), such as `client.updated 7 by poll`."""
        return [
            f"{it['type'].removeprefix('intervals.')} {it['data']['id']} by {it['data']['seen']['by']}"
            for it in self.events.values()
            if row in (None, it["data"]["id"])
        ]

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.text()
        told = Webhook(SECRET).verify(body, dict(request.headers))
        self.seen += 1
        self.events.setdefault(request.headers["webhook-id"], told)
        return web.Response(status=204)
