"""Listeners tell where they listen, and take nobody in once they are stopped."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from gateway.app.listening import Listeners


async def _hello(_: web.BaseRequest) -> web.Response:
    return web.Response(text="hello")


@pytest.mark.parametrize(("host", "begins"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
async def test_the_url_is_where_it_listens_until_it_is_stopped(host: str, begins: str) -> None:
    async with AsyncExitStack() as stack, aiohttp.ClientSession() as client:
        listeners = Listeners(stack)
        url = await listeners.open(web.ServerRunner(web.Server(_hello)), host, 0)
        assert url.startswith(begins)
        async with client.get(url) as answer:
            assert await answer.text() == "hello"
        await listeners.stop()
        async with aiohttp.ClientSession() as stranger:
            with pytest.raises(aiohttp.ClientConnectorError):
                await stranger.get(url)


async def test_a_taken_port_is_an_error_that_names_it() -> None:
    async with AsyncExitStack() as stack:
        listeners = Listeners(stack)
        url = await listeners.open(web.ServerRunner(web.Server(_hello)), "127.0.0.1", 0)
        with pytest.raises(OSError, match="address already in use"):
            await listeners.open(web.ServerRunner(web.Server(_hello)), "127.0.0.1", URL(url).port or 0)


async def test_a_host_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> asyncio.Server:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", unknown)
    async with AsyncExitStack() as stack:
        with pytest.raises(socket.gaierror, match=r"tool\.invalid: Name or service not known"):
            await Listeners(stack).open(web.ServerRunner(web.Server(_hello)), "tool.invalid", 0)
