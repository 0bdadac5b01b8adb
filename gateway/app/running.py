"""One running gateway: both listeners, started together, stopped so that nothing sent is lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from types import TracebackType

from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from gateway import __version__
from gateway.adapters.logs import Log, Redaction, open_log
from gateway.adapters.memory import MemoryEntries
from gateway.adapters.prometheus import Metrics, Names
from gateway.adapters.upstream import Upstream
from gateway.app import line, people, readings
from gateway.app.stores import open_stores
from gateway.exchange.background import Background
from gateway.exchange.cache import Cache
from gateway.exchange.gate import AccountRule, EgressRule, Gate
from gateway.exchange.rendering import Renderer, Rendition
from gateway.policy import catalogue
from gateway.policy.catalogue import Catalogue
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.settings import Settings
from gateway.web.operations import operations
from gateway.web.proxy import Observe, Proxy, listener

_logger = logging.getLogger("gateway")

_STOP_PATIENCE = 30.0
"""Seconds a stop waits for what was sent; what waits in line is refused at once."""

_LATEST_END = 5.0
"""Seconds after the upstream's time-out by which a request has ended in any case."""


class Gateway:
    """A gateway as an async context: listening inside, stopped gracefully outside."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self.settings = settings
        self._log = log
        self._stack = AsyncExitStack()
        self._background = Background(self._died)
        self._gate: Gate | None = None
        self._sites: list[web.TCPSite] = []
        self._why_not_ready: str | None = "starting"
        self.url = ""
        self.operations_url = ""

    async def __aenter__(self) -> Gateway:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Take no more connections, refuse what waits, let what was sent complete, then close everything."""
        self._why_not_ready = "stopping"
        self._log.event("stopping")
        for site in self._sites:
            await site.stop()
        if self._gate is not None:
            await self._gate.close(_STOP_PATIENCE)
        await self._stack.aclose()
        self._log.event("stopped")

    async def _start(self) -> None:
        settings, stack = self.settings, self._stack
        rows = catalogue.load({name: it.model_dump() for name, it in settings.resources.items()})
        memory = MemoryEntries[Rendition](settings.cache.max_bytes)
        stores = await open_stores(settings, self._log, stack)
        stack.push_async_callback(self._background.drain, _STOP_PATIENCE)
        gate = self._gate = Gate(
            stores.ledger,
            EgressRule(settings.egress.name, settings.egress.limit, settings.egress.period),
            {AccountName(name): AccountRule(it.per_day) for name, it in settings.accounts.items()},
            backlog=settings.queue.backlog,
            hold=settings.upstream.timeout + _LATEST_END,
            new_lease_id=lambda: secrets.token_hex(8),
            spawn=self._background.spawn,
            on_ledger=self._ledger_went,
        )
        await gate.open()
        metrics = self._metrics(rows, gate, memory)
        upstream = await stack.enter_async_context(
            Upstream(settings.upstream.url, timeout=settings.upstream.timeout, max_body=line.MAX_ANSWER)
        )
        walk = line.walk(
            settings,
            rows=rows,
            cache=Cache(memory, stores.durable),
            renderer=Renderer(self._background, memory.grew),
            gate=gate,
            send=upstream.send,
            watch=metrics,
            background=self._background,
        )
        proxy = Proxy(
            identity=people.identity(settings),
            walk=walk,
            rate_limits=readings.RateLimits(gate, period=settings.egress.period),
            observe=self._observer(metrics),
            on_error=self._failed,
        )
        await self._listen(proxy, metrics)
        self._why_not_ready = None
        self._log.event("started", url=self.url, operations=self.operations_url, version=__version__)

    async def _listen(self, proxy: Proxy, metrics: Metrics) -> None:
        server, probes = self.settings.server, {"gateway": lambda: self._why_not_ready}
        callers = web.ServerRunner(listener(proxy, max_body=server.max_body))
        operators = web.AppRunner(operations(probes=probes, expose=metrics.expose), access_log=None)
        self.url = await self._site(callers, server.host, server.port)
        self.operations_url = await self._site(operators, self.settings.operations.host, self.settings.operations.port)

    async def _site(self, runner: web.BaseRunner, host: str, port: int) -> str:
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, host, port, shutdown_timeout=1.0)
        await site.start()
        self._sites.append(site)
        address: Sequence[object] = runner.addresses[-1]
        shown = f"[{address[0]}]" if ":" in str(address[0]) else address[0]
        return f"http://{shown}:{address[1]}/"

    def _metrics(self, rows: Catalogue, gate: Gate, memory: MemoryEntries[Rendition]) -> Metrics:
        settings = self.settings
        names = Names(
            apps=frozenset(settings.apps),
            accounts=frozenset(settings.accounts),
            egresses=frozenset({settings.egress.name}),
            resources=frozenset(rows.resources),
        )
        registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        return Metrics(
            registry,
            names=names,
            read=lambda: readings.gauges(gate, memory, self._log, egress=settings.egress.name),
            version=__version__,
        )

    def _observer(self, metrics: Metrics) -> Observe:
        def observe(trace: Trace, request: Request | None, response: Response | None) -> None:
            metrics.observe(trace)
            size = 0 if response is None else len(response.body)
            self._log.access(trace, target="" if request is None else request.target, size=size)

        return observe

    def _died(self, name: str, error: BaseException) -> None:
        _logger.error("the task %r died", name, exc_info=error)

    def _failed(self, error: BaseException, trace: Trace) -> None:
        _logger.error("request %s failed", trace.request_id, exc_info=error)

    def _ledger_went(self, why: str | None) -> None:
        if why is None:
            self._log.event("ledger_back")
        else:
            self._log.event("ledger_away", level="error", detail=why)


async def _until_told_to_stop(settings: Settings, log: Log) -> None:
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    async with Gateway(settings, log):
        await told.wait()


def serve(settings: Settings) -> None:
    """Run a gateway until SIGINT or SIGTERM."""
    with open_log(Redaction(people.secrets(settings))) as log, suppress(KeyboardInterrupt):
        asyncio.run(_until_told_to_stop(settings, log))
