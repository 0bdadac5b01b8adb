"""A running gateway asked over HTTP, by the example of a purge: it answers well, badly or not at all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from gateway.web.operations_client import Refused, Unanswered, ask

Handler = Callable[[web.Request], Awaitable[web.Response]]


def purge(host: str, port: int, conditions: Mapping[str, str]) -> object:
    return ask(host, port, "DELETE", "/api/cache", conditions, expected=("dropped", int))["dropped"]


async def asked(aiohttp_server: AiohttpServer, handler: Handler, host: str = "127.0.0.1", **conditions: str) -> object:
    app = web.Application()
    app.router.add_route("*", "/api/cache", handler)
    server = await aiohttp_server(app)
    return await asyncio.to_thread(purge, host, server.port or 0, conditions)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
async def test_passes_the_conditions_on_and_tells_how_many(aiohttp_server: AiohttpServer, host: str) -> None:
    seen: list[tuple[str, dict[str, str]]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.method, dict(request.query)))
        return web.json_response({"dropped": 12})

    assert await asked(aiohttp_server, handler, host, account="acme", key="/client/?a=1&b=ü") == 12
    assert seen == [("DELETE", {"account": "acme", "key": "/client/?a=1&b=ü"})]


async def test_tells_what_the_gateway_says_is_wrong(aiohttp_server: AiohttpServer) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"status": 400, "detail": "did you mean 'acme'?"}, status=400)

    with pytest.raises(Refused, match="did you mean 'acme'"):
        await asked(aiohttp_server, handler)


@pytest.mark.parametrize(("status", "text"), [(200, "<html>"), (200, "[]"), (200, '{"dropped": null}'), (404, "{}")])
async def test_another_program_is_told_from_a_gateway(aiohttp_server: AiohttpServer, status: int, text: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    with pytest.raises(Unanswered, match=rf"is no gateway of this version: status {status} to DELETE /api/cache"):
        await asked(aiohttp_server, handler)


def test_nobody_there_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        port = reserved.getsockname()[1]
    with pytest.raises(Unanswered, match=rf"no gateway answers at 127\.0\.0\.1:{port}: .*refused"):
        purge("127.0.0.1", port, {})
