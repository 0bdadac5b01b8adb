"""A caller and the callers' listener without a socket, before a whole exchange: octets in, octets out, virtual time."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from typing_extensions import override

from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import Request, Response
from gateway.policy.trace import Trace
from gateway.web.connection import Connection, Listener
from gateway.web.identity import App, Identity
from gateway.web.proxy import Proxy
from tests.fakes.exchange import Exchange, caller

KEYS = {app: f"the-key-of-{app}" for app in ("tool", "other")}
LIMITS = [("RateLimit", '"minute";r=1;t=2')]

_OWN = re.compile(rb"(Date: |Server-Timing: |X-Request-Id: |traceparent: |urn:request:)[^\r\n<\"]*")


class FakeTransport(asyncio.Transport):
    """Takes what is written; `heard` is set at each write. `unsent` is what the network has not taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.heard = asyncio.Event()
        self.unsent = 0
        self._closing = False

    @override
    def get_write_buffer_size(self) -> int:
        return self.unsent

    @override
    def abort(self) -> None:
        self.close()

    @override
    def write(self, data: bytes | bytearray | memoryview[int]) -> None:
        self.written += data
        self.heard.set()

    @override
    def is_closing(self) -> bool:
        return self._closing

    @override
    def close(self) -> None:
        self._closing = True
        self.heard.set()

    @override
    def pause_reading(self) -> None: ...

    @override
    def resume_reading(self) -> None: ...


class Talk:
    """One caller's connection to a gateway; with `express=False` every request goes the long way."""

    def __init__(self, exchange: Exchange, *, express: bool = True) -> None:
        self.exchange = exchange
        self.by_lane = 0
        self.traces: list[Trace] = []
        self.sizes: list[int] = []
        self.errors: list[BaseException] = []
        apps = [
            App(
                caller(app, allow=("GET *", "POST *", "PUT client") if app == "tool" else ("GET client",)),
                hashlib.sha256(key.encode()).hexdigest(),
                passthrough=False,
                account_has_token=True,
            )
            for app, key in KEYS.items()
        ]
        self.proxy = Proxy(
            identity=Identity(apps),
            walk=exchange.walk,
            rate_limits=lambda _: LIMITS,
            observe=self._observe,
            observe_again=self._observe_again,
            on_error=lambda error, _: self.errors.append(error),
            max_body=10_000,
        )
        lane = self._lane if express else lambda _: None
        self.listener = Listener(self.proxy, lane=lane, refuse=self.proxy.misread, max_body=10_000, room=1000)
        self.connect()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.hang_up()
        await self.listener.shutdown(1.0)
        assert raised is not None or self.errors == []

    def connect(self) -> None:
        """Begin a new connection."""
        self.transport, self.connection = FakeTransport(), self.listener()
        assert isinstance(self.connection, Connection)
        self.connection.connection_made(self.transport)

    def hang_up(self) -> None:
        self.transport.close()
        self.connection.connection_lost(None)

    async def say(self, *parts: bytes, answers: int = 1) -> bytes:
        """Say it part by part, and hear so many answers; a connection that was closed is made anew."""
        if self.transport.is_closing():
            self.hang_up()
            self.connect()
        self.transport.written.clear()
        for part in parts:
            self.connection.data_received(part)
            await asyncio.sleep(0)
        while _whole(bytes(self.transport.written), head=parts[0].startswith(b"HEAD")) < answers:
            self.transport.heard.clear()
            if self.transport.is_closing():
                break
            await self.transport.heard.wait()
        for _ in range(5):  # aiohttp comes to its end
            await asyncio.sleep(0)
        return bytes(self.transport.written)

    def told(self) -> list[dict[str, Any]]:
        """The traces without what differs from request to request."""
        own = {"request_id", "traceparent", "spent"}
        return [{k: v for k, v in dataclasses.asdict(it).items() if k not in own} for it in self.traces]

    def _lane(self, octets: bytes) -> Sequence[bytes] | None:
        answer = self.proxy.express(octets)
        self.by_lane += answer is not None
        return answer

    def _observe(self, trace: Trace, request: Request | None, response: Response | None) -> None:
        self.traces.append(trace)
        self.sizes.append(0 if response is None else len(response.body))

    def _observe_again(self, first: First, times: Sequence[Repetition]) -> None:
        self.traces += [it.trace() for it in times]
        self.sizes += [first.size] * len(times)


def asking(first: str = "GET /personcontact/", *fields: str, app: str = "tool", body: bytes = b"") -> bytes:
    """The octets of a request of an app, for JSON."""
    length = [f"Content-Length: {len(body)}"] if body else []
    lines = [f"{first} HTTP/1.1", "Host: gateway", f"X-Api-Key: {KEYS.get(app, app)}", *fields, *length]
    return "\r\n".join([*lines, "", ""]).encode() + body


def masked(octets: bytes) -> bytes:
    """An answer without what differs from request to request."""
    return _OWN.sub(rb"\1*", octets)


def _whole(octets: bytes, *, head: bool) -> int:
    """How many whole answers there are."""
    found = 0
    while (end := octets.find(b"\r\n\r\n")) >= 0:
        length = re.search(rb"\r\nContent-Length: (\d+)", octets[:end])
        rest = octets[end + 4 :]
        size = 0 if head or length is None else int(length[1])
        if len(rest) < size:
            break
        octets, found = rest[size:], found + 1
    return found
