"""Usage put together: which names are counted, who is told of what is sent, and where the totals go."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from gateway.adapters.logs import Log
from gateway.adapters.prometheus import Names
from gateway.adapters.prometheus.labels import METHOD
from gateway.app import webhooks
from gateway.app.stores import Stores
from gateway.exchange.background import Background
from gateway.exchange.events.noticing import POLLS
from gateway.exchange.line.reconcile import APP
from gateway.exchange.usage import Recorder
from gateway.policy.catalogue import Catalogue
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota import usage
from gateway.policy.quota.usage import Usage
from gateway.ports import Watch
from gateway.settings import Settings
from gateway.web import usage_api

AddTo = Callable[[web.Application], None]
"""Adds routes to the operations listener."""

Routes = Sequence[AddTo]


@dataclass(frozen=True, slots=True)
class Counted:
    """A `Watch` that tells the metrics, and usage what was sent."""

    metrics: Watch
    usage: Usage

    def sent(self, account: AccountName, app: AppName, resource: str, method: str) -> None:
        self.usage.sent(account, app, resource, method)
        self.metrics.sent(account, app, resource, method)

    def answered(self, account: AccountName, code: int, api_code: int | None, resource: str, seconds: float) -> None:
        self.metrics.answered(account, code, api_code, resource, seconds)

    def invalidated(self, resource: str, cause: str) -> None:
        self.metrics.invalidated(resource, cause)

    def foreign(self, account: AccountName, n: int) -> None:
        self.metrics.foreign(account, n)

    def verified(self, resource: str, result: str) -> None:
        self.metrics.verified(resource, result)


def names(settings: Settings, rows: Catalogue) -> Names:
    """The names that may be labels."""
    return Names(
        apps=frozenset({*settings.apps, APP, POLLS}),
        accounts=frozenset(settings.accounts),
        egresses=frozenset({settings.egress.name}),
        resources=frozenset(rows.resources),
        subscriptions=webhooks.labels(settings),
    )


def used_names(known: Names) -> usage.Names:
    """The same names as usage knows them."""
    return usage.Names(known.accounts, known.apps, known.resources, frozenset(METHOD.values))


def recorder(
    settings: Settings, rows: Catalogue, stores: Stores, *, background: Background, log: Log, stack: AsyncExitStack
) -> Recorder:
    """Keep usage in the gateway's store; the stack adds the last counts when what was pushed later has ended."""
    counted = Usage(used_names(names(settings, rows)))
    made = Recorder(counted, stores.usage, clock=time.time, spawn=background.spawn, tell=log.event)
    stack.push_async_callback(made.flush)
    return made


def route(made: Recorder) -> AddTo:
    """`/api/usage`."""
    return partial(usage_api.add_to, read=made.read)
