"""One running gateway: both listeners, started together, stopped so that nothing sent is lost."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from types import TracebackType

from aiohttp import web

from gateway import __version__, inherited
from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryEntries
from gateway.adapters.upstream import Upstream
from gateway.app import counting, people, purging, readings, reloading, spending, tracing, walking, watching
from gateway.app.events import Hearing
from gateway.app.jobs import Deferred
from gateway.app.listening import HANG_UP, Listeners
from gateway.app.observing import Observing
from gateway.app.reloading import Parts, Reloading
from gateway.app.rereading import Read
from gateway.app.stores import Stores, open_stores
from gateway.app.watching import Watched
from gateway.app.webhooks import open_telling
from gateway.exchange.background import Background, Run
from gateway.exchange.line.gate import EgressRule, Gate
from gateway.exchange.line.outlook import Outlook
from gateway.exchange.rendering import Renderer, Rendition
from gateway.exchange.walk import Walk
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.settings import Settings
from gateway.web import reload_api
from gateway.web.jobs import JobPages
from gateway.web.operations import operations
from gateway.web.proxy import Proxy, listener

_logger = logging.getLogger("gateway")

_STOPPING = "stopping"

_STOP_PATIENCE = 30.0
"""Seconds a stop waits for what was sent; what waits in line is refused at once."""

_SETTLING = 2.0
"""Seconds in which replicas that were cut off from a ledger are back and look at it."""


class Gateway:
    """A gateway as an async context: listening inside, stopped gracefully outside."""

    def __init__(self, settings: Settings, log: Log, *, read: Read | None = None) -> None:
        """`read` is how a reload gets at the settings anew; without it there is nothing new to read."""
        self.settings = settings
        self._log = log
        self._reloading = Reloading(settings, read or (lambda: settings), log)
        self._parts: Parts | None = None
        self._stack = AsyncExitStack()
        self._background = Background(self._died)
        self._gate: Gate | None = None
        self._reconciling: spending.Reconciling | None = None
        self._watches: list[asyncio.Task[None]] = []
        self._listeners = Listeners(self._stack)
        self._why_not_ready: str | None = "starting"
        self._why_no_ledger: str | None = None
        self._degraded: dict[str, Callable[[], str | None]] = {"ledger": lambda: self._why_no_ledger}
        self.url = self.operations_url = ""

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

    async def reload(self) -> tuple[Sequence[str], Sequence[str]]:
        """Read the configuration anew (`reload_api.Reload`)."""
        assert self._parts is not None, "it has started"
        made = await self._reloading.reload(self._parts)
        return made.changed, made.needs_restart

    def hang_up(self) -> None:
        """Reload because a signal says so; the log tells what came of it."""

        async def reload() -> None:
            with suppress(reload_api.Refused):
                await self.reload()

        _ = self._background.spawn(reload(), "reload")

    async def stop(self) -> None:
        """Take no more connections, refuse what waits, let what was sent complete, then close everything."""
        if self._why_not_ready == _STOPPING:
            return
        self._why_not_ready = _STOPPING
        self._log.event("stopping")
        await self._listeners.stop()
        if self._reconciling is not None:
            self._reconciling.stop()
        for watch in self._watches:
            watch.cancel()
        if self._gate is not None:
            await self._gate.close(_STOP_PATIENCE)
        await self._stack.aclose()
        self._log.event("stopped")

    async def _start(self) -> None:
        """Open what keeps and what counts, put the walk together, open the doors, then let run what runs beside it."""
        settings, stack, spawn = self.settings, self._stack, self._background.spawn
        now, rows = self._reloading.now, reloading.rows_of(settings)

        memory = MemoryEntries[Rendition](settings.cache.max_bytes)
        stores = await open_stores(settings, self._log, stack)
        usage = counting.recorder(settings, rows, stores, background=self._background, log=self._log, stack=stack)
        stack.push_async_callback(self._background.drain, _STOP_PATIENCE)
        gate = await self._open_gate(stores)
        outlook = Outlook(gate, self._log.event)
        spans = tracing.spans(settings, stack)
        told = await open_telling(settings, stores.records, background=self._background, log=self._log, stack=stack)
        jobs = Deferred(now, stores.records, rows, spawn, self._log.event, outbox=told.outbox)

        read = partial(readings.gauges, gate, memory, self._log, reloading=self._reloading, spans=spans)
        metrics = watching.metrics(
            counting.names(settings, rows),
            lambda: told.gauged(read(forecasts=outlook.forecasts(), jobs=jobs.counts)),
        )
        watch = counting.Counted(metrics, usage.counted)

        client = Upstream(settings.upstream.url, timeout=settings.upstream.timeout, max_answer=walking.MAX_ANSWER)
        upstream = await stack.enter_async_context(client)
        beside: dict[str, Run] = {"outlook": outlook.run, "usage": usage.run, **told.running}
        cache = walking.cache(memory, stores, partial(spending.look, gate, settings), beside)
        stages = walking.stages(
            settings,
            rows=rows,
            cache=cache,
            renderer=Renderer(self._background, memory.grew),
            gate=gate,
            send=upstream.send,
            watch=watch,
            background=self._background,
            records=stores.records,
            beside=beside,
            hearing=Hearing(told.outbox, outlook, metrics.noticed, self._log.event),
            accept=jobs.accept,
            fills=stores.fills,
        )
        beside |= jobs.through(stages.walk.handle)
        await stages.departures.recover()

        proxy = self._proxy(stages.walk, gate, Observing(metrics, usage.counted, self._log, spans), jobs.pages)
        stored = purging.cache_api(now, memory=memory, cache=cache, rows=rows, watch=metrics, log=self._log)
        reopening = spending.reopening(now, gate=gate, reopened=jobs.reopened, log=self._log)
        routes = [stored.add_to, told.add_to, counting.route(usage), reopening, jobs.add_to]
        self._degraded |= stores.degraded
        await self._listen(proxy, metrics, routes, lambda: (gate.snapshot(), outlook.forecasts()))

        made = partial(spending.reconciler, gate=gate, send=upstream.send, watch=watch, log=self._log)
        reconciling = self._reconciling = spending.Reconciling(made, spawn)
        self._parts = Parts(
            proxy, stages, gate, metrics, usage.counted, self._log, reconciling, telling=told.follow, jobs=jobs.follow
        )
        reconciling.follow(settings)
        self._watches = [spawn(run(), name) for name, run in beside.items()]
        self._why_not_ready = None
        self._log.event("started", url=self.url, operations=self.operations_url, version=__version__)
        await self._reloading.caution()

    async def _open_gate(self, stores: Stores) -> Gate:
        settings = self.settings
        gate = self._gate = Gate(
            stores.ledger,
            EgressRule(settings.egress.name, settings.egress.limit, settings.egress.period),
            spending.rules(settings),
            backlog=settings.queue.backlog,
            hold=settings.upstream.timeout + walking.LATEST_END,
            new_lease_id=lambda: secrets.token_hex(8),
            spawn=self._background.spawn,
            settling=0.0 if stores.elsewhere is None else min(_SETTLING, settings.egress.period),
            on_ledger=self._ledger_went,
            on_day_spent=self._day_spent,
        )
        self._stack.push_async_callback(gate.close, 0.0)  # for a start that fails; `stop` has closed it before
        await gate.open()
        return gate

    def _proxy(self, walk: Walk, gate: Gate, observing: Observing, jobs: JobPages) -> Proxy:
        return Proxy(
            identity=people.identity(self.settings),
            walk=walk,
            rate_limits=readings.RateLimits(gate, period=self.settings.egress.period),
            observe=observing,
            observe_again=observing.again,
            on_error=self._failed,
            max_body=self.settings.server.max_body,
            jobs=jobs,
        )

    async def _listen(self, proxy: Proxy, metrics: Watched, routes: counting.Routes, quota: watching.Quota) -> None:
        server, probes = self.settings.server, {"gateway": lambda: self._why_not_ready}
        room = inherited.room_for_callers(inherited.allow_descriptors())
        callers = web.ServerRunner(listener(proxy, room=room), shutdown_timeout=HANG_UP)
        answering = operations(probes=probes, degraded=self._degraded, expose=metrics.expose)
        for add_to in routes:
            add_to(answering)
        watching.add_to(answering, self._reloading.now, metrics, quota)
        reload_api.add_to(answering, self.reload)
        operators = web.AppRunner(answering, access_log=None, shutdown_timeout=HANG_UP)
        self.url = await self._listeners.open(callers, server.host, server.port)
        at = self.settings.operations
        self.operations_url = await self._listeners.open(operators, at.host, at.port)

    def _died(self, name: str, error: BaseException) -> None:
        _logger.error("the task %r died", name, exc_info=error)

    def _failed(self, error: BaseException, trace: Trace) -> None:
        _logger.error("request %s failed", trace.request_id, exc_info=error)

    def _day_spent(self, account: AccountName) -> None:
        if self._reconciling is not None:
            self._reconciling.wake(account)

    def _ledger_went(self, why: str | None) -> None:
        self._why_no_ledger = why and f"away, so only a safe share of the quota is used: {why}"
        if why is None:
            self._log.event("ledger_back")
        else:
            self._log.event("ledger_away", level="error", detail=why)
