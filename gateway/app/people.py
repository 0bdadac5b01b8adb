"""From the configured apps and accounts to those the gateway recognises."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.names import AccountName, AppName
from gateway.settings import Settings
from gateway.web.identity import App, Identity, basic


def identity(settings: Settings) -> Identity:
    """Recognise every configured app by the digest of its key."""
    return Identity(app(settings, AppName(name)) for name in settings.apps)


def secrets(settings: Settings) -> list[str]:
    """Every secret of the configuration: what must never be logged."""
    password = urlsplit(settings.store.url).password
    return [*credentials(settings), *({password, unquote(password)} if password else ())]


def credentials(settings: Settings) -> list[str]:
    """The secrets of accounts, apps and subscriptions: the same for all replicas."""
    held = [account.token for account in settings.accounts.values()]
    held += [secret for app in settings.apps.values() for secret in (app.key, app.secret, app.previous_secret)]
    held += [secret for webhook in settings.webhooks for secret in (webhook.secret, webhook.previous_secret)]
    held.append(settings.webhook_delivery.signing_key)
    return [secret.get_secret_value() for secret in held if secret is not None]


def app(settings: Settings, name: AppName) -> App:
    """Make the app of a configured name."""
    configured = settings.apps[name]
    owner, token = AccountName(configured.account), settings.accounts[configured.account].token
    authorization = None if token is None else basic(token.get_secret_value())
    caller = Caller(
        app=name,
        account=owner,
        partition=cachekey.partition(owner, authorization),
        authorization=authorization,
        lent=authorization is not None,
        patience=settings.queue.patience if configured.patience is None else configured.patience,
        priority=configured.priority,
        weight=configured.weight,
        allow=configured.allow,
    )
    return App(caller, configured.key_digest(), configured.passthrough, account_has_token=authorization is not None)
