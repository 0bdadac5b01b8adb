"""Somebody who hears what happens, and somebody who puts work off: so that webhooks and jobs have something to show."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from gateway.demo.callers import key
from gateway.demo.stage import Stage

JOBS = 5

_SECTION = """
[[webhooks]]
name = "listener"
url = "http://127.0.0.1:{port}/"
events = ["*"]
account = "acme"
secret = "{secret}"
"""


@asynccontextmanager
async def listener(stage: Stage, session: aiohttp.ClientSession) -> AsyncIterator[None]:
    """Listen, and subscribe by a reload: the gateway is not started anew for it."""

    async def hear(_: web.BaseRequest) -> web.Response:
        return web.Response(status=204)

    runner = web.ServerRunner(web.Server(hear))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await subscribe(stage, session, port=runner.addresses[0][1])
        yield
    finally:
        await runner.cleanup()


async def subscribe(stage: Stage, session: aiohttp.ClientSession, *, port: int) -> None:
    """Add the section to the configuration, and have that read anew."""
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    config = stage.folder / "config.toml"
    text = await asyncio.to_thread(config.read_text, encoding="utf-8")
    await asyncio.to_thread(config.write_text, text + _SECTION.format(port=port, secret=secret), encoding="utf-8")
    async with session.post(f"{stage.operations_url}-/reload") as answer:
        told = await answer.json()
    assert "webhooks" in told["changed"], told


async def put_off(stage: Stage, session: aiohttp.ClientSession) -> None:
    """Ask for some reports that nobody waits for."""
    fields = {"X-Api-Key": key("reports"), "Accept": "application/json", "Prefer": "respond-async"}
    for number in range(JOBS):
        async with session.get(f"{stage.url}time/?limit={number + 20}", headers=fields) as answer:
            assert answer.status == 202, await answer.text()
