"""A receiver that can be anything a receiver can be: its paths say how it behaves, and it counts what arrives."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError
from yarl import URL

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the Standard Webhooks specification
HUGE = 50_000_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """One delivery that was read whole: where, its id, what it says, and whether its signature is right."""

    path: str
    id: str
    type: str
    told: Mapping[str, Any]
    verified: bool


class Receiver:
    """Listens on the loopback address. `secret` is what it verifies with; `failing` makes `/flaky` fail."""

    def __init__(self, secret: str = SECRET) -> None:
        self.secret = secret
        self.arrived: list[Arrived] = []
        self.accepted: set[tuple[str, str]] = set()
        self.failing = True
        self.port = 0
        self._leaving = asyncio.Event()
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self, port: int = 0) -> Self:
        self._runner = web.ServerRunner(web.Server(self._serve), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str) -> str:
        return str(URL.build(scheme="http", host="127.0.0.1", port=self.port, path=path))

    def at(self, path: str) -> list[Arrived]:
        """What arrived at one path, oldest first."""
        return [it for it in self.arrived if it.path == path]

    def counts(self, path: str) -> Counter[str]:
        """How often each id arrived at one path."""
        return Counter(it.id for it in self.at(path))

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.arrived.append(self._read(request, body))
        assert request.transport is not None
        match request.path:
            case "/hang":
                await self._leaving.wait()
            case "/die":
                request.transport.abort()
            case "/cut":
                return await self._cut_off(request)
            case "/flaky" if not self.failing:
                return self._accept(request)
        return self._answer(request.path) if request.path != "/ok" else self._accept(request)

    def _accept(self, request: web.BaseRequest) -> web.Response:
        self.accepted.add((request.path, request.headers["webhook-id"]))
        return web.Response(status=204)

    def _answer(self, path: str) -> web.Response:
        status, fields = {
            "/redirect": (307, {"Location": self.url("/ok")}),
            "/gone": (410, {}),
            "/busy": (429, {"Retry-After": "3600"}),
            "/flaky": (500, {}),
        }.get(path, (200, {}))
        return web.Response(status=status, headers=fields, body=b"x" * HUGE if path == "/huge" else b"")

    def _read(self, request: web.BaseRequest, body: bytes) -> Arrived:
        told = json.loads(body)
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            verified = False
        else:
            verified = True
        return Arrived(request.path, request.headers["webhook-id"], told["type"], told, verified)

    async def _cut_off(self, request: web.BaseRequest) -> web.StreamResponse:
        """Promise a body and break the connection in its middle: the status has been told."""
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b"x" * 10)
        assert request.transport is not None
        request.transport.close()
        return answer
