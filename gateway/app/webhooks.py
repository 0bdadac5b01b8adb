"""Webhooks put together: who subscribes, whose secret signs, where deliveries may go, and who looks after them."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace

from aiohttp import web

from gateway.adapters.logs import Log
from gateway.adapters.prometheus import Gauges
from gateway.adapters.prometheus.labels import OTHER
from gateway.adapters.webhooks import Forbidden, Webhooks
from gateway.app.signers import Signers, configured
from gateway.exchange.background import Background, Run
from gateway.exchange.webhooks.dead_letters import DeadLetters
from gateway.exchange.webhooks.deliverer import Deliverer
from gateway.exchange.webhooks.endurance import Endurance
from gateway.exchange.webhooks.lane import Means
from gateway.exchange.webhooks.outbox import RecordsOutbox
from gateway.exchange.webhooks.outstanding import Outstanding
from gateway.exchange.webhooks.subscribing import Subscribing, Unfit, Wrong
from gateway.exchange.webhooks.subscriptions import Listed, Subscriptions
from gateway.policy.webhooks import delivery, receivers, signing
from gateway.policy.webhooks.receivers import Receivers
from gateway.policy.webhooks.subscription import MADE
from gateway.ports import Outbox, Records, RecordsAway
from gateway.settings import Settings, formats
from gateway.web.webhooks_api import WebhooksApi, state

API, CALLBACK = "api", "callback"
"""How the metrics call all subscriptions made while running, and all callbacks."""

RESULTS = ("delivered", "failed", "dead")
"""How attempts end, in the order of the status page."""

_STOP_PATIENCE = 5.0
"""Seconds a stop leaves to deliveries that are on their way; what is cut off is delivered again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the rest of a gateway sees of its webhooks. `counts` is of attempts, by who was told and how it ended."""

    outbox: Outbox
    outstanding: Outstanding
    counts: Mapping[tuple[str, str], int]
    listed: Callable[[], Sequence[Listed]]
    follow: Callable[[Settings], None]
    running: Mapping[str, Run]
    add_to: Callable[[web.Application], None]

    def gauged(self, others: Gauges) -> Gauges:
        """Add what is so of the webhooks to the other readings of a scrape."""
        oldest = self.outstanding.oldest
        return replace(
            others,
            webhook_deliveries_total=self.counts,
            webhook_backlog_deliveries={
                "waiting": sum(self.outstanding.waiting.values()),
                "dead": self.outstanding.dead,
            },
            webhook_subscriptions=Counter((_label(it.subscription.id), state(it)) for it in self.listed()),
            webhook_oldest_seconds=0.0 if oldest is None else max(0.0, time.time() - oldest),
        )


def labels(settings: Settings) -> frozenset[str]:
    """The names under which deliveries are counted."""
    return frozenset({API, CALLBACK, *(it.id for it in configured(settings))})


def allowed(settings: Settings) -> Receivers:
    """The list of receivers: what the section names, and the hosts that are configured anyway."""
    urls = [webhook.url for webhook in settings.webhooks]
    urls += [prefix for app in settings.apps.values() for prefix in app.callbacks]
    return receivers.receivers(settings.webhook_delivery.receivers, urls)


async def open_telling(
    settings: Settings, records: Records, *, background: Background, log: Log, stack: AsyncExitStack
) -> Telling:
    """Put a gateway's webhooks together; what is on its way when the stack closes gets a little time."""
    rules, signs = settings.webhook_delivery, Signers(settings)
    webhooks = await stack.enter_async_context(Webhooks(allowed(settings), timeout=rules.timeout))
    subscriptions = Subscriptions(
        records, configured(settings), fingerprint=lambda name: signing.fingerprint(signs.made(name))
    )
    counts = _Counts(labels(settings))

    def follow(now: Settings) -> None:
        signs.follow(now)
        webhooks.follow(allowed(now))
        subscriptions.follow(configured(now))
        counts.follow(labels(now))
        _tell_sealed(subscriptions, log)

    woken = asyncio.Event()
    outbox = RecordsOutbox(subscriptions.open, woken.set)
    endurance = Endurance(records, subscriptions, outbox, patience=rules.disable_after, new_id=_new_id, tell=log.event)
    means = Means(
        records=records,
        subscriptions=subscriptions,
        endurance=endurance,
        post=webhooks.post,
        secrets=signs,
        count=counts.count,
        tell=log.event,
        clock=time.time,
        drawn=random.random,
        spawn=background.spawn,
    )
    deliverer = Deliverer(
        records,
        subscriptions,
        means=means,
        woken=woken,
        holder=secrets.token_hex(8),
        spawn=background.spawn,
        tell=log.event,
    )
    dead = DeadLetters(records, subscriptions, keep=rules.keep_dead, wake=woken.set)
    outstanding = Outstanding(records, prune=dead.prune)
    subscribing = Subscribing(
        records,
        subscriptions,
        endurance,
        accounts=signs.accounts,
        secret=signs.made,
        reach=_reach(webhooks),
        new_id=_new_id,
        wake=woken.set,
        tell=log.event,
    )
    with suppress(RecordsAway):  # the deliverer tells, and goes on trying
        await subscriptions.refresh()
    _tell_sealed(subscriptions, log)
    stack.push_async_callback(deliverer.close, _STOP_PATIENCE)
    api = WebhooksApi(subscriptions, subscribing, dead, outstanding, event_pattern=formats.event_pattern)
    running = {"deliver": deliverer.run, "outstanding": outstanding.run}
    return Telling(outbox, outstanding, counts.totals, subscriptions.listed, follow, running, api.add_to)


def _tell_sealed(subscriptions: Subscriptions, log: Log) -> None:
    """Log which subscriptions wait for an operator to hand out a new secret."""
    for it in subscriptions.listed():
        if it.sealed:
            name, account = it.subscription.id, it.subscription.account
            log.event("webhook_secret_changed", level="error", subscription=name, account=account)


class _Counts:
    """How attempts ended, by the names of the metrics; those that are configured no more are counted as other."""

    def __init__(self, names: Collection[str]) -> None:
        self.totals: dict[tuple[str, str], int] = {}
        self.follow(names)

    def follow(self, names: Collection[str]) -> None:
        """Take the names of a configuration."""
        self._names = names
        before = list(self.totals.items())
        self.totals.clear()
        self.totals.update({(name, result): 0 for name in sorted(names) for result in RESULTS})
        for (name, result), number in before:
            self._add(name, result, number)

    def count(self, lane: str, result: str) -> None:
        """Count an attempt (`Means.count`)."""
        self._add(_label(lane), result, 1)

    def _add(self, name: str, result: str, number: int) -> None:
        key = (name if name in self._names else OTHER, result)
        self.totals[key] = self.totals.get(key, 0) + number


def _label(lane: str) -> str:
    if delivery.is_callback(lane):
        return CALLBACK
    return API if lane.startswith(MADE) else lane


def _new_id() -> str:
    return secrets.token_hex(8)


def _reach(webhooks: Webhooks) -> Callable[[str], Awaitable[None]]:
    async def reach(url: str) -> None:
        try:
            await webhooks.check(formats.web_address(url))
        except Forbidden as why:
            raise Unfit(Wrong.REQUEST, f"{why}; list it in webhook_delivery.receivers") from None
        except OSError as why:
            raise Unfit(Wrong.REQUEST, f"the host of the url is not found: {why}") from None
        except ValueError as why:
            raise Unfit(Wrong.REQUEST, f"url {why}; write an http or https URL") from None

    return reach
