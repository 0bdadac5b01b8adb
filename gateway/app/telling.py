"""Webhooks put together: who subscribes, whose secret signs, where deliveries may go, and who looks after them."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from gateway.adapters.logs import Log
from gateway.adapters.prometheus import Gauges
from gateway.adapters.webhooks import Forbidden, Webhooks
from gateway.exchange.background import Background
from gateway.exchange.dead_letters import DeadLetters
from gateway.exchange.deliverer import Deliverer
from gateway.exchange.endurance import Endurance
from gateway.exchange.lane import Means
from gateway.exchange.outbox import RecordsOutbox
from gateway.exchange.outstanding import Outstanding
from gateway.exchange.subscribing import Subscribing, Unfit, Wrong
from gateway.exchange.subscriptions import Subscriptions
from gateway.policy import delivery, receivers, signing, subscription
from gateway.policy.delivery import Delivery
from gateway.policy.names import AccountName
from gateway.policy.receivers import Receivers
from gateway.policy.subscription import MADE, Origin, Subscription
from gateway.ports import Outbox, Records
from gateway.settings import Settings, formats
from gateway.settings.secret import Secret
from gateway.web.webhooks_api import WebhooksApi

API, CALLBACK = "api", "callback"
"""How the metrics call all subscriptions made while running, and all callbacks."""

RESULTS = ("delivered", "failed", "dead")

_STOP_PATIENCE = 5.0
"""Seconds a stop leaves to deliveries that are on their way; what is cut off is delivered again."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the rest of a gateway sees of its webhooks. `counts` is of attempts, by who was told and how it ended."""

    outbox: Outbox
    outstanding: Outstanding
    counts: Mapping[tuple[str, str], int]
    running: Mapping[str, Callable[[], Coroutine[Any, Any, None]]]
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
            webhook_oldest_seconds=0.0 if oldest is None else max(0.0, time.time() - oldest),
        )


def configured(settings: Settings) -> list[Subscription]:
    """The subscriptions of the configuration, each under its own name or one made from its host."""
    named = [webhook.name for webhook in settings.webhooks if webhook.name is not None]
    made: list[Subscription] = []
    for webhook in settings.webhooks:
        taken = [*named, *(it.id for it in made)]
        name = webhook.name or subscription.name_of(urlsplit(webhook.url).hostname or "", taken)
        made.append(Subscription(name, webhook.url, webhook.events, AccountName(webhook.account), Origin.CONFIGURATION))
    return made


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
    rules, signers = settings.webhook_delivery, _Signers(settings)
    webhooks = await stack.enter_async_context(Webhooks(allowed(settings), timeout=rules.timeout))
    subscriptions = Subscriptions(
        records, configured(settings), fingerprint=lambda name: signing.fingerprint(signers.made(name))
    )
    counts = {(name, result): 0 for name in sorted(labels(settings)) for result in RESULTS}

    def count(lane: str, result: str) -> None:
        counts[_label(lane), result] += 1

    woken = asyncio.Event()
    outbox = RecordsOutbox(subscriptions.open, woken.set)
    endurance = Endurance(records, subscriptions, outbox, patience=rules.disable_after, new_id=_new_id, tell=log.event)
    means = Means(
        records=records,
        subscriptions=subscriptions,
        endurance=endurance,
        post=webhooks.post,
        secrets=signers,
        count=count,
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
        accounts=frozenset(settings.accounts),
        secret=signers.made,
        reach=_reach(webhooks),
        new_id=_new_id,
        wake=woken.set,
        tell=log.event,
    )
    stack.push_async_callback(deliverer.close, _STOP_PATIENCE)
    api = WebhooksApi(subscriptions, subscribing, dead, outstanding, event_pattern=formats.event_pattern)
    return Telling(outbox, outstanding, counts, {"deliver": deliverer.run, "outstanding": outstanding.run}, api.add_to)


class _Signers:
    """Whose secrets sign a delivery: the newest first."""

    def __init__(self, settings: Settings) -> None:
        rows = zip(configured(settings), settings.webhooks, strict=True)
        self._subscriptions = {it.id: _values(webhook.secret, webhook.previous_secret) for it, webhook in rows}
        self._apps = {name: _values(app.secret, app.previous_secret) for name, app in settings.apps.items()}
        self._master = _master(settings)

    def __call__(self, it: Delivery) -> Sequence[str]:
        if it.app is not None:
            return self._apps.get(it.app, ())
        return (self.made(it.lane),) if it.lane.startswith(MADE) else self._subscriptions.get(it.lane, ())

    def made(self, name: str) -> str:
        """The secret of a subscription that was made while running."""
        return signing.derived(self._master, name)


def _values(*given: Secret | None) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in given if secret is not None)


def _master(settings: Settings) -> bytes:
    """The key from which secrets are derived: whoever knows no secret of the configuration cannot make one."""
    given = settings.webhook_delivery.signing_key
    if given is not None:
        own = [given.get_secret_value()]
    else:
        own = sorted(_values(*(account.token for account in settings.accounts.values())))
        own += sorted(digest for app in settings.apps.values() if (digest := app.key_digest()) is not None)
    return hashlib.sha256("\n".join(["webhooks", *own]).encode()).digest()


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
