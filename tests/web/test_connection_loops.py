"""What a hit waits for on either event loop: its answer has left before what is told of it costs any time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence

import pytest
import uvloop
from typing_extensions import override

from gateway.policy.caching.repetition import First, Repetition
from tests.fakes.exchange import Exchange
from tests.fakes.talk import Talk, asking

HIT = asking("GET /personcontact/", "Accept: application/json")


class _Watched(Talk):
    """Looks at the caller's socket while a hit is observed."""

    def watch(self, caller: socket.socket) -> asyncio.Future[bytes]:
        self._caller, self._arrived = caller, asyncio.get_running_loop().create_future()
        return self._arrived

    @override
    def _observe_again(self, first: First, times: Sequence[Repetition]) -> None:
        super()._observe_again(first, times)
        try:
            self._arrived.set_result(self._caller.recv(65_536, socket.MSG_PEEK))
        except BlockingIOError:
            self._arrived.set_result(b"nothing yet")


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_hit_is_observed_when_its_answer_has_left(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(_there_when_observed()).startswith(b"HTTP/1.1 200 ")


async def _there_when_observed() -> bytes:
    loop = asyncio.get_running_loop()
    async with Exchange() as exchange, _Watched(exchange) as talk:
        server = await loop.create_server(talk.listener, "127.0.0.1", 0)
        async with server:
            with socket.create_connection(server.sockets[0].getsockname()) as caller:
                caller.setblocking(False)
                for _ in range(2):  # the second is a hit, and remembered
                    await loop.sock_sendall(caller, HIT)
                    await loop.sock_recv(caller, 65_536)
                there = talk.watch(caller)
                await loop.sock_sendall(caller, HIT)
                return await there
