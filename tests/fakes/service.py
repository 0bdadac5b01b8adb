"""The simulated service as a `Send`, without a socket: what a whole account looks like to the exchange."""

from __future__ import annotations

import asyncio

from gateway.policy.messages import Headers, Request, Response
from gateway.simulator.journal import Arrival
from gateway.simulator.requests import Request as Sent
from gateway.simulator.service import Service
from tests.simulator.asking import small


class ServiceUpstream:
    """A small simulated account; `asked` are the methods and targets that arrived, `latency` is in seconds."""

    def __init__(self) -> None:
        self.latency = 1.0
        self.asked: list[str] = []
        self.service = Service(small())

    async def send(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.target}")
        content_type = request.headers.get("content-type") or ""
        sent = Sent(request.method, request.path, request.query, content_type, request.body)
        accept = request.headers.get("accept") or ""
        arrival = Arrival(self.service.clock.stamp(), "127.0.0.1", "", "", request.method, request.target, accept)
        reply = self.service.reply(arrival, sent, request.headers.get("authorization"), None)
        await asyncio.sleep(self.latency)
        return Response(reply.status, Headers(reply.headers.items()), reply.body)
