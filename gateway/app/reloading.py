"""A reload: the configuration is read anew, and what can change while the gateway runs takes effect at once.

What is made anew is made before anything is put in force, and then all of it is, without a wait between. So no
request sees half of a change; one that has begun ends by the rules it began with. The cache, the ledger, the line and
the connections are kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.adapters.logs import Log
from gateway.adapters.prometheus import Metrics
from gateway.app import counting, people, spending
from gateway.app.rereading import Read, Rereading
from gateway.app.walking import Stages
from gateway.exchange.line.gate import Gate
from gateway.policy import catalogue
from gateway.policy.catalogue import Catalogue
from gateway.policy.quota.usage import Usage
from gateway.settings import Settings, SettingsError, cautions
from gateway.settings.changes import Change, change
from gateway.web.proxy import Proxy
from gateway.web.reload_api import Refused


def rows_of(settings: Settings) -> Catalogue:
    """The resources, with the lifetimes that are configured."""
    return catalogue.load({name: it.model_dump() for name, it in settings.resources.items()})


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a running gateway goes by settings that may change."""

    proxy: Proxy
    stages: Stages
    gate: Gate
    metrics: Metrics
    usage: Usage
    log: Log
    reconciling: spending.Reconciling
    telling: Callable[[Settings], None]
    jobs: Callable[[Settings], None]

    def follow(self, settings: Settings) -> None:
        """Go by these settings from now on. Everything that might fail comes before the first change."""
        rows = rows_of(settings)
        names = counting.names(settings, rows)
        identity, rules = people.identity(settings), spending.rules(settings)
        self.log.hide(people.secrets(settings))

        self.metrics.learn(names)
        self.usage.learn(counting.used_names(names))
        self.gate.follow(rules, backlog=settings.queue.backlog)
        self.stages.follow(settings, rows)
        self.proxy.follow(identity)
        self.reconciling.follow(settings)
        self.telling(settings)
        self.jobs(settings)


class Reloading:
    """Knows the settings in force, and reads them anew when asked: one reload at a time."""

    def __init__(self, settings: Settings, read: Read, log: Log) -> None:
        self.settings = settings
        self.succeeded = True
        self.succeeded_at = time.time()
        self._read = Rereading(read)
        self._log = log
        self._turn = asyncio.Lock()

    def now(self) -> Settings:
        """The settings in force."""
        return self.settings

    async def reload(self, parts: Parts) -> Change:
        """Read, check and put in force. Raises `Refused` with every mistake; nothing has changed then."""
        async with self._turn:
            try:
                read = await self._read()
            except SettingsError as wrong:
                raise self._refused(wrong) from wrong
            made = change(self.settings, read)
            parts.follow(made.settings)
            spending.renew(parts.gate, self.settings, made.settings)
            self.settings, self.succeeded, self.succeeded_at = made.settings, True, time.time()
        self._log.event("reloaded", changed=made.changed, needs_restart=made.needs_restart)
        await self.caution()
        return made

    async def caution(self) -> None:
        """Log what is allowed in the settings in force, but seldom meant."""
        for caution in await asyncio.to_thread(cautions, self.settings):
            self._log.event("caution", level="warning", detail=caution)

    def _refused(self, wrong: SettingsError) -> Refused:
        self.succeeded = False
        refused = Refused([self._log.cleaned(str(mistake)) for mistake in wrong.mistakes])
        self._log.event("reload_refused", level="error", mistakes=refused.mistakes)
        return refused
