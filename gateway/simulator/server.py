"""The socket: aiohttp in front of the service, with latency, faults and the journal."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

from gateway.simulator import control
from gateway.simulator.errors import REASONS
from gateway.simulator.faults import FaultKind, FaultQueue, abort
from gateway.simulator.journal import Arrival, Journal
from gateway.simulator.options import Options
from gateway.simulator.requests import Request
from gateway.simulator.service import Reply, Service

_PATIENCE = 600.0
"""Seconds after which a request that is never to be answered is let go."""


class Simulator:
    """A stand-in for api.myintervals.com. `async with Simulator(Options(...)) as simulator` listens on a free port of
    the loopback address; what is set in `options` holds from the next request on."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = Options() if options is None else options
        self.service = Service(self.options)
        self.faults = FaultQueue()
        self.journal = Journal()
        self.url = ""
        self._stopping = asyncio.Event()
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 is any free one. `url` then ends with a slash."""
        self._stopping.clear()
        server = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound = self._runner.addresses[0][1]
        self.url = f"http://[{host}]:{bound}/" if ":" in host else f"http://{host}:{bound}/"

    async def stop(self) -> None:
        """Let go of requests that hang, and close."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def arrivals(self, method: str | None = None, resource: str | None = None) -> list[Arrival]:
        """Requests that arrived, oldest first."""
        return self.journal.select(method, resource)

    def worst_window(self, period: float) -> int:
        """The most requests from one address in any window (t - period, t], refused ones among them."""
        return self.journal.worst_window(period)

    @property
    def refused(self) -> list[Arrival]:
        """Requests refused by a limit, with api code 11 or 12."""
        return self.journal.refused

    def fail_next(self, kind: FaultKind | str, times: int = 1) -> None:
        """Let the next requests fail. Raises ValueError for an unknown kind."""
        self.faults.add(kind, times)

    def spend(self, account: str, requests: int) -> None:
        """Use up some of an account's day, as somebody else's program would."""
        self.service.days.spend(account, requests)

    def reset(self) -> None:
        """Forget everything that happened: rows, counters, suspensions, faults and the journal. Options stay."""
        self.service = Service(self.options)
        self.faults.clear()
        self.journal.clear()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith(control.PREFIX):
            return await control.answer(self, request)
        arrival = Arrival(
            at=self.service.clock.stamp(),
            address=request.remote or "",
            account="",
            token_name="",
            method=request.method,
            target=request.raw_path,
            accept=request.headers.get("Accept", ""),
        )
        self.journal.append(arrival)
        fault = self.faults.strike()
        if fault is FaultKind.RESET:
            abort(request.transport)
            return web.Response()
        reply = await self._reply(arrival, request, fault)
        if self.options.latency > 0:
            await asyncio.sleep(self.options.latency)
        if fault is FaultKind.TIMEOUT:
            await self._hang()
        if fault in {FaultKind.APPLY_THEN_RESET, FaultKind.TIMEOUT}:
            abort(request.transport)
            return web.Response()
        arrival.status, arrival.api_code = reply.status, reply.api_code
        headers = {**reply.headers, **self.options.answer_headers}
        if fault is FaultKind.TRUNCATED:
            return await _truncated(request, reply, headers)
        return web.Response(status=reply.status, reason=REASONS.get(reply.status), body=reply.body, headers=headers)

    async def _reply(self, arrival: Arrival, request: web.BaseRequest, fault: FaultKind | None) -> Reply:
        headers = request.headers
        ask = Request(
            method=request.method,
            path=request.rel_url.raw_path,
            query=request.rel_url.raw_query_string,
            content_type=headers.get("Content-Type", ""),
            body=await request.read(),
            sized="Transfer-Encoding" not in headers,
        )
        return self.service.reply(arrival, ask, headers.get("Authorization"), fault)

    async def _hang(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._stopping.wait()
        except TimeoutError:
            return


async def _truncated(request: web.BaseRequest, reply: Reply, headers: dict[str, str]) -> web.StreamResponse:
    """Promise the whole body, send half of it and close."""
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
