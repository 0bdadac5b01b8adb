"""The status page over a real socket: the page, its policy, and the events that keep it up to date."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from gateway.web import status
from gateway.web.status_page import Status, Traffic, document
from gateway.web.status_view import content
from tests.journeys.waiting import DEADLINE, back_at
from tests.web.standings import STATUS


class Standing:
    """What the page reads; counts how often it is read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> Status:
        self.read += 1
        return replace(STATUS, since=STATUS.since + self.read * 60)


def app(read: Callable[[], Status] = lambda: STATUS, every: float = 0.01) -> web.Application:
    made = web.Application()
    status.add_to(made, read, every=every)
    return made


async def event(response: aiohttp.ClientResponse) -> str:
    """The text of the next event."""
    line = await response.content.readuntil(b"\n\n")
    assert line.startswith(b"data: ")
    text = json.loads(line.removeprefix(b"data: "))
    assert isinstance(text, str)
    return text


async def test_the_page_is_whole_and_allows_only_its_own_style_and_script(aiohttp_client: AiohttpClient) -> None:
    answer = await (await aiohttp_client(app())).get("/")
    text = await answer.text()
    assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, "text/html", "no-store")
    assert content(STATUS) in text
    assert "Version 1.2.3." in text
    assert not re.search(r"https?://|\sstyle=|\son\w+=|\$", text.replace("${", ""))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        (inline,) = re.findall(rf"(?s)<{kind}>(.*?)</{kind}>", text)
        allowed = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{allowed}';" in policy


async def test_programs_get_json(aiohttp_client: AiohttpClient) -> None:
    answer = await (await aiohttp_client(app())).get("/api/status")
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("application/json", "no-store")
    assert await answer.json() == document(STATUS)


async def test_events_carry_the_page_as_it_stands(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(app(Standing()))
    async with client.get("/events") as response:
        assert (response.content_type, response.headers["Cache-Control"]) == ("text/event-stream", "no-store")
        first, second = await event(response), await event(response)
    assert "Counts since 04 Oct 11:01 GMT." in first
    assert "Counts since 04 Oct 11:02 GMT." in second


async def test_the_page_is_rendered_once_for_all_who_listen(aiohttp_client: AiohttpClient) -> None:
    standing = Standing()
    client = await aiohttp_client(app(standing, every=3_600.0))
    async with AsyncExitStack() as stack:
        responses = [await stack.enter_async_context(client.get("/events")) for _ in range(5)]
        assert len({await event(response) for response in responses}) == 1
    assert standing.read == 1


async def listening(client: TestClient[web.Request, web.Application], stack: AsyncExitStack) -> int:
    response = await stack.enter_async_context(client.get("/events"))
    return response.status


async def test_too_many_listeners_are_turned_away_until_one_leaves(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "LISTENERS", 2)
    client = await aiohttp_client(app())
    async with AsyncExitStack() as stack:
        assert [await listening(client, stack) for _ in range(3)] == [200, 200, 503]
    gone: list[int] = []
    async with AsyncExitStack() as stack:
        while not gone or gone[-1] != 200:
            gone.append(await listening(client, stack))
    assert len(gone) < 1_000


async def test_a_stop_ends_every_stream(aiohttp_client: AiohttpClient) -> None:
    made = app(every=3_600.0)
    client = await aiohttp_client(made)
    async with client.get("/events") as response:
        await event(response)
        await made.shutdown()
        assert await response.content.read() == b""
    assert (await client.get("/events")).status == 503


async def test_who_does_not_read_is_hung_up_on(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(status, "_SLOWEST", 0.05)
    monkeypatch.setattr(status, "LISTENERS", 1)
    long = replace(STATUS, apps={f"app{number}": Traffic() for number in range(5_000)})
    client = await aiohttp_client(app(lambda: long))
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1_024)
    writer.write(b"GET /events HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    async with asyncio.timeout(DEADLINE), AsyncExitStack() as stack:
        while await listening(client, stack) == 503:
            await back_at(0.02)
    writer.transport.abort()
    assert not caplog.records
