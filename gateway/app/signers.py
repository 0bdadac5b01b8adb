"""Whose secrets sign what: of the configured subscriptions and apps, and of subscriptions made while running.

The latter's are derived, so that none is stored: from a key of their own, or from the tokens and keys of the accounts
and apps. When that changes, `exchange/webhooks/subscriptions.py` sees it by their fingerprints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from gateway.policy.names import AccountName
from gateway.policy.webhooks import signing, subscription
from gateway.policy.webhooks.delivery import Delivery
from gateway.policy.webhooks.subscription import MADE, Origin, Subscription
from gateway.settings import Settings
from gateway.settings.secret import Secret


def configured(settings: Settings) -> list[Subscription]:
    """The subscriptions of the configuration, each under its own name or one made from its host."""
    named = [webhook.name for webhook in settings.webhooks if webhook.name is not None]
    made: list[Subscription] = []
    for webhook in settings.webhooks:
        taken = [*named, *(it.id for it in made)]
        name = webhook.name or subscription.name_of(urlsplit(webhook.url).hostname or "", taken)
        made.append(Subscription(name, webhook.url, webhook.events, AccountName(webhook.account), Origin.CONFIGURATION))
    return made


class Signers:
    """Whose secrets sign a delivery: the newest first."""

    def __init__(self, settings: Settings) -> None:
        self.follow(settings)

    def follow(self, settings: Settings) -> None:
        """Sign with these settings' secrets from now on."""
        self._accounts = frozenset(settings.accounts)
        rows = zip(configured(settings), settings.webhooks, strict=True)
        self._subscriptions = {it.id: _values(webhook.secret, webhook.previous_secret) for it, webhook in rows}
        self._apps = {name: _values(app.secret, app.previous_secret) for name, app in settings.apps.items()}
        self._master = _master(settings)

    def __call__(self, it: Delivery) -> Sequence[str]:
        if it.app is not None:
            return self._apps.get(it.app, ())
        return (self.made(it.lane),) if it.lane.startswith(MADE) else self._subscriptions.get(it.lane, ())

    def accounts(self) -> Collection[str]:
        """The accounts that are configured."""
        return self._accounts

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
