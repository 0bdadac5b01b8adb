"""From the configured accounts to what the gate keeps to, and to who looks after their days."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from aiohttp import web

from gateway.adapters.logs import Log
from gateway.exchange.background import Spawn
from gateway.exchange.fetch import Fetch
from gateway.exchange.line.errand import AccountRule
from gateway.exchange.line.gate import Gate
from gateway.exchange.line.reconcile import APP, Reconciler
from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.shares import RESERVE
from gateway.ports import Send, Watch
from gateway.settings import Settings
from gateway.web import reopen_api
from gateway.web.identity import basic

SMALLER_PLAN = 6000
"""Requests a day of the service's smaller plan: taken to hold where nothing is configured, until it is learnt."""

_SPREAD = 30.0
"""Seconds over which the replicas of a gateway spread their looks at the upstream's count."""


def rules(settings: Settings) -> dict[AccountName, AccountRule]:
    """The day of every account: its limit, the shares of its apps, and a reserve where one of them is interactive."""
    return {AccountName(name): _rule(settings, name, account.per_day) for name, account in settings.accounts.items()}


def _rule(settings: Settings, name: str, per_day: int | None) -> AccountRule:
    apps = {AppName(key): app for key, app in settings.apps.items() if app.account == name}
    return AccountRule(
        per_day=per_day or SMALLER_PLAN,
        learns=per_day is None,
        shares={key: app.share for key, app in apps.items() if app.share > 0},
        reserve=RESERVE if any(app.priority == "interactive" for app in apps.values()) else 0.0,
    )


def foreign_shares(settings: Settings) -> dict[AccountName, float]:
    """The part of every account's day that requests past the gateway may take before it is told."""
    return {AccountName(name): account.foreign for name, account in settings.accounts.items()}


def look(gate: Gate, settings: Settings) -> None:
    """Look at the ledger soon: it may have forgotten what is known here. A change of nothing does that."""
    for name in settings.accounts:
        gate.correct(AccountName(name), lambda state, _: state)


def reconciler(settings: Settings, *, gate: Gate, send: Send, watch: Watch, log: Log) -> Reconciler:
    """Look after every account that has a token; none where `upstream.reconcile` says never."""
    callers = acting(settings, APP) if settings.upstream.reconcile > 0 else {}
    return Reconciler(
        gate=gate,
        fetch=Fetch(gate=gate, send=send, clock=time.time, watch=watch),
        callers=callers,
        foreign_shares=foreign_shares(settings),
        interval=settings.upstream.reconcile,
        watch=watch,
        tell=log.event,
        later=random.uniform(0.0, _SPREAD),
    )


class Reconciling:
    """Has a reconciler run for the accounts there are; another one when they are others."""

    def __init__(self, make: Callable[[Settings], Reconciler], spawn: Spawn) -> None:
        self._make = make
        self._spawn = spawn
        self._settings: Settings | None = None
        self._reconciler: Reconciler | None = None
        self._running: asyncio.Task[None] | None = None

    def follow(self, settings: Settings) -> None:
        """Ask for the accounts of these settings from now on; nothing happens where they ask for the same."""
        if self._settings is not None and _asked_alike(self._settings, settings):
            return
        self.stop()
        self._settings, self._reconciler = settings, self._make(settings)
        self._running = self._spawn(self._reconciler.run(), "reconcile")

    def wake(self, account: AccountName) -> None:
        """See `Reconciler.wake`."""
        if self._reconciler is not None:
            self._reconciler.wake(account)

    def stop(self) -> None:
        """Ask no more."""
        if self._running is not None:
            self._running.cancel()


def _asked_alike(before: Settings, after: Settings) -> bool:
    return before.accounts == after.accounts and before.upstream.reconcile == after.upstream.reconcile


def acting(settings: Settings, app: AppName, *, patience: float = 0.0) -> dict[AccountName, Caller]:
    """The gateway itself as a caller, behind all others, with the own token of every account that has one."""
    return {
        AccountName(name): _caller(AccountName(name), account.token.get_secret_value(), app, patience=patience)
        for name, account in settings.accounts.items()
        if account.token is not None
    }


def _caller(account: AccountName, token: str, app: AppName, *, patience: float) -> Caller:
    authorization = basic(token)
    return Caller(
        app=app,
        account=account,
        partition=cachekey.partition(account, authorization),
        authorization=authorization,
        lent=True,
        patience=patience,
        priority="batch",
    )


def reopening(now: Callable[[], Settings], *, gate: Gate, log: Log) -> Callable[[web.Application], None]:
    """The route by which an operator opens an account again."""

    def reopen(account: AccountName) -> None:
        gate.reopen(account)
        log.event("account_reopened", account=account)

    return lambda app: reopen_api.add_to(app, lambda: now().accounts, reopen)
