"""One running gateway: both listeners, started together, stopped so that nothing sent is lost."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import secrets
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from types import TracebackType

from aiohttp import web

from gateway import __version__
from gateway.adapters.logs import Log, Redaction, open_log
from gateway.adapters.memory import MemoryEntries
from gateway.adapters.upstream import Upstream
from gateway.app import counting, line, people, purging, readings, spending, watching
from gateway.app.stores import open_stores
from gateway.app.watching import Watched
from gateway.exchange.background import Background
from gateway.exchange.gate import EgressRule, Gate
from gateway.exchange.outlook import Outlook
from gateway.exchange.reconcile import Reconciler
from gateway.exchange.rendering import Renderer, Rendition
from gateway.policy import catalogue
from gateway.policy.catalogue import Catalogue
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.policy.usage import Usage
from gateway.settings import Settings
from gateway.web.express import Observe
from gateway.web.operations import operations
from gateway.web.proxy import Proxy, listener

_logger = logging.getLogger("gateway")

_STOPPING = "stopping"

_STOP_PATIENCE = 30.0
"""Seconds a stop waits for what was sent; what waits in line is refused at once."""

_CONNECTIONS_WAITING = 1024
"""Connections that may wait to be accepted: a burst of callers is refused in line, not by the kernel."""

_LATEST_END = 5.0
"""Seconds after the upstream's time-out by which a request has ended in any case."""

_SETTLING = 2.0
"""Seconds in which replicas that were cut off from a ledger are back and look at it."""

_HANG_UP = 1.0
"""Seconds a stop leaves to connections that are still answered, before it closes them."""


class Gateway:
    """A gateway as an async context: listening inside, stopped gracefully outside."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self.settings = settings
        self._log = log
        self._stack = AsyncExitStack()
        self._background = Background(self._died)
        self._gate: Gate | None = None
        self._reconciler: Reconciler | None = None
        self._watches: list[asyncio.Task[None]] = []
        self._sites: list[web.TCPSite] = []
        self._why_not_ready: str | None = "starting"
        self._why_no_ledger: str | None = None
        self._degraded: dict[str, Callable[[], str | None]] = {"ledger": lambda: self._why_no_ledger}
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
        if self._why_not_ready == _STOPPING:
            return
        self._why_not_ready = _STOPPING
        self._log.event("stopping")
        for site in self._sites:
            await site.stop()
        for watch in self._watches:
            watch.cancel()
        if self._gate is not None:
            await self._gate.close(_STOP_PATIENCE)
        await self._stack.aclose()
        self._log.event("stopped")

    async def _start(self) -> None:
        settings, stack = self.settings, self._stack
        rows = catalogue.load({name: it.model_dump() for name, it in settings.resources.items()})
        memory = MemoryEntries[Rendition](settings.cache.max_bytes)
        stores = await open_stores(settings, self._log, stack)
        usage = counting.recorder(settings, rows, stores, background=self._background, log=self._log, stack=stack)
        stack.push_async_callback(self._background.drain, _STOP_PATIENCE)
        gate = self._gate = Gate(
            stores.ledger,
            EgressRule(settings.egress.name, settings.egress.limit, settings.egress.period),
            spending.rules(settings),
            backlog=settings.queue.backlog,
            hold=settings.upstream.timeout + _LATEST_END,
            new_lease_id=lambda: secrets.token_hex(8),
            spawn=self._background.spawn,
            settling=0.0 if stores.elsewhere is None else min(_SETTLING, settings.egress.period),
            on_ledger=self._ledger_went,
            on_day_spent=self._day_spent,
        )
        stack.push_async_callback(gate.close, 0.0)  # for a start that fails; `stop` has closed it before
        await gate.open()
        outlook = Outlook(gate, self._log.event)
        metrics = self._metrics(rows, gate, memory, outlook)
        watch = counting.Counted(metrics, usage.counted)
        upstream = await stack.enter_async_context(
            Upstream(settings.upstream.url, timeout=settings.upstream.timeout, max_body=line.MAX_ANSWER)
        )
        watching: dict[str, line.Watching] = {"outlook": outlook.run, "usage": usage.run}
        cache = line.cache(memory, stores, partial(spending.look, gate, settings), watching)
        walk = line.walk(
            settings,
            rows=rows,
            cache=cache,
            renderer=Renderer(self._background, memory.grew),
            gate=gate,
            send=upstream.send,
            watch=watch,
            background=self._background,
            watching=watching,
            fills=stores.fills,
        )
        proxy = Proxy(
            identity=people.identity(settings),
            walk=walk,
            rate_limits=readings.RateLimits(gate, period=settings.egress.period),
            observe=self._observer(metrics, usage.counted),
            on_error=self._failed,
            max_body=settings.server.max_body,
        )
        stored = purging.cache_api(settings, memory=memory, cache=cache, rows=rows, watch=metrics, log=self._log)
        routes = [stored.add_to, counting.route(usage), spending.reopening(settings, gate=gate, log=self._log)]
        self._degraded |= stores.degraded
        await self._listen(proxy, metrics, routes, lambda: (gate.snapshot(), outlook.forecasts()))
        self._reconciler = spending.reconciler(settings, gate=gate, send=upstream.send, watch=watch, log=self._log)
        watching["reconcile"] = self._reconciler.run
        self._watches = [self._background.spawn(run(), name) for name, run in watching.items()]
        self._why_not_ready = None
        self._log.event("started", url=self.url, operations=self.operations_url, version=__version__)

    async def _listen(self, proxy: Proxy, metrics: Watched, routes: counting.Routes, quota: watching.Quota) -> None:
        server, probes = self.settings.server, {"gateway": lambda: self._why_not_ready}
        callers = web.ServerRunner(listener(proxy), shutdown_timeout=_HANG_UP)
        answering = operations(probes=probes, degraded=self._degraded, expose=metrics.expose)
        for add_to in routes:
            add_to(answering)
        watching.add_to(answering, self.settings, metrics, quota)
        operators = web.AppRunner(answering, access_log=None, shutdown_timeout=_HANG_UP)
        self.url = await self._site(callers, server.host, server.port)
        self.operations_url = await self._site(operators, self.settings.operations.host, self.settings.operations.port)

    async def _site(self, runner: web.BaseRunner, host: str, port: int) -> str:
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, host, port, backlog=_CONNECTIONS_WAITING)
        await site.start()
        self._sites.append(site)
        address: Sequence[object] = runner.addresses[-1]
        shown = f"[{address[0]}]" if ":" in str(address[0]) else address[0]
        return f"http://{shown}:{address[1]}/"

    def _metrics(self, rows: Catalogue, gate: Gate, memory: MemoryEntries[Rendition], outlook: Outlook) -> Watched:
        settings = self.settings
        return watching.metrics(
            counting.names(settings, rows),
            lambda: readings.gauges(
                gate, memory, self._log, egress=settings.egress.name, forecasts=outlook.forecasts()
            ),
        )

    def _observer(self, metrics: Watched, usage: Usage) -> Observe:
        def observe(trace: Trace, request: Request | None, response: Response | None) -> None:
            metrics.observe(trace)
            usage.add(trace)
            size = 0 if response is None else len(response.body)
            self._log.access(trace, target="" if request is None else request.target, size=size)

        return observe

    def _died(self, name: str, error: BaseException) -> None:
        _logger.error("the task %r died", name, exc_info=error)

    def _failed(self, error: BaseException, trace: Trace) -> None:
        _logger.error("request %s failed", trace.request_id, exc_info=error)

    def _day_spent(self, account: AccountName) -> None:
        if self._reconciler is not None:
            self._reconciler.wake(account)

    def _ledger_went(self, why: str | None) -> None:
        self._why_no_ledger = why and f"away, so only a safe share of the quota is used: {why}"
        if why is None:
            self._log.event("ledger_back")
        else:
            self._log.event("ledger_away", level="error", detail=why)


async def _until_told_to_stop(settings: Settings, log: Log) -> None:
    told = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told.set)
    async with Gateway(settings, log):
        _spare_the_collector()
        await told.wait()


def _spare_the_collector() -> None:
    """Let the garbage collector look at new objects only, and at old ones rarely.

    A whole list is a hundred thousand dictionaries and texts in no cycle: to visit them all again and again took up to
    80 ms at a time (`benchmarks/long_list.py`), in which nobody else is served.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def serve(settings: Settings) -> None:
    """Run a gateway until SIGINT or SIGTERM."""
    with open_log(Redaction(people.secrets(settings))) as log, suppress(KeyboardInterrupt):
        new_loop = importlib.import_module(settings.server.loop).new_event_loop
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_until_told_to_stop(settings, log))
