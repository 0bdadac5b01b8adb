"""Whoever connects when there is no room is told so, and who is connected is not harmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from gateway.web.connection import Listener
from gateway.web.full import Full
from tests.fakes.talk import FakeTransport


async def _never(_: web.BaseRequest) -> web.StreamResponse:
    raise AssertionError


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener(_never, lane=lambda _: None, refuse=lambda *_: web.Response(), max_body=1, room=2)
    yield listener
    await listener.shutdown(0.1)


async def test_beyond_the_room_a_request_is_answered_and_the_connection_closed(listener: Listener) -> None:
    callers = [listener(), listener()]
    for caller in callers:
        caller.connection_made(FakeTransport())
    full, transport = listener(), FakeTransport()
    assert isinstance(full, Full)
    full.connection_made(transport)
    assert not transport.written
    full.data_received(b"GET /client/ HTTP/1.1\r\n")
    full.data_received(b"Host: here\r\n\r\n")
    head, _, body = bytes(transport.written).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert {b"Connection: close", b"Retry-After: 5", b"Content-Length: %d" % len(body)} <= set(head.split(b"\r\n"))
    assert b"too_many_connections" in body
    assert b"2 connections are open, and there is room for no more" in body
    assert transport.is_closing()
    full.connection_lost(None)
    callers[0].connection_lost(None)
    assert not isinstance(listener(), Full)
    callers[1].connection_lost(None)


async def test_who_is_not_let_in_and_says_nothing_is_soon_hung_up_on(listener: Listener) -> None:
    full, transport = Full(2, set()), FakeTransport()
    full.connection_made(transport)
    await asyncio.sleep(1.1)
    assert transport.is_closing()
    full.data_received(b"GET")
    assert not transport.written


async def test_who_comes_in_crowds_is_hung_up_on_at_once() -> None:
    others: set[Full] = set()
    crowd = [(Full(2, others), FakeTransport()) for _ in range(10)]
    for full, transport in crowd:
        full.connection_made(transport)
    assert [transport.is_closing() for _, transport in crowd] == [False] * 8 + [True] * 2
    for full, _ in crowd:
        full.connection_lost(None)
    assert not others
