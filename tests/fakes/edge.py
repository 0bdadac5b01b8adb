"""The callers' listener on a free port, before a walk that answers as told."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiohttp import web
from typing_extensions import override

from gateway.exchange.walk import Walk
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.caller import Caller
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.web.identity import App, Identity
from gateway.web.proxy import Proxy, listener
from tests.fakes.exchange import caller
from tests.fakes.wire import Reply, say, written

KEY = "fifteen-men-on-a-chest"
KEY_FIELD = f"X-Api-Key: {KEY}"


class FakeWalk(Walk):
    """Remembers what the edge handed over; `answer` is given, or raised, unless `held` keeps the caller waiting."""

    def __init__(self) -> None:
        self.seen: list[tuple[Request, Caller, Trace]] = []
        self.answer: Response | BaseException = Response(200, Headers([("Content-Type", "text/plain")]), b"answer")
        self.held: asyncio.Event | None = None
        self.entered, self.cancelled = asyncio.Event(), asyncio.Event()

    @override
    def repeat(self, request: Request, caller: Caller, trace: Trace) -> None:
        """Nothing is answered twice."""

    @override
    async def handle(self, request: Request, caller: Caller, trace: Trace) -> Response:
        self.seen.append((request, caller, trace))
        self.entered.set()
        try:
            if self.held is not None:
                await self.held.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


class Edge:
    """A running listener and all it reported."""

    def __init__(self, *, max_body: int = 100_000, anonymous: bool = False) -> None:
        self.walk = FakeWalk()
        self.observed: list[tuple[Trace, Request | None, Response | None]] = []
        self.ended = asyncio.Event()
        self.errors: list[BaseException] = []
        self.limits: list[tuple[str, str]] = [("RateLimit", '"minute";r=1;t=2')]
        app = App(
            caller(),
            None if anonymous else hashlib.sha256(KEY.encode()).hexdigest(),
            passthrough=False,
            account_has_token=True,
        )
        proxy = Proxy(
            identity=Identity([app]),
            walk=self.walk,
            rate_limits=self._limits,
            observe=self._observe,
            observe_again=self._observe_again,
            on_error=lambda error, _: self.errors.append(error),
            max_body=max_body,
        )
        self._runner = web.ServerRunner(listener(proxy), shutdown_timeout=1.0)
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def ask(self, first: str, *fields: str, body: bytes = b"") -> Reply:
        """Ask with the app's key."""
        return await say(self.port, written(first, KEY_FIELD, *fields, body=body))

    @property
    def request(self) -> Request:
        """The last request that reached the walk."""
        return self.walk.seen[-1][0]

    @property
    def trace(self) -> Trace:
        """The only trace that was observed."""
        ((trace, _, _),) = self.observed
        return trace

    def _observe(self, trace: Trace, request: Request | None, response: Response | None) -> None:
        self.observed.append((trace, request, response))
        self.ended.set()

    def _observe_again(self, first: First, times: Sequence[Repetition]) -> None:
        self.observed += [(it.trace(), None, None) for it in times]

    def _limits(self, account: AccountName) -> list[tuple[str, str]]:
        return self.limits
