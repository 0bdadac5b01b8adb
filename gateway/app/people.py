"""From the configured apps and accounts to those the gateway recognises."""

from __future__ import annotations

from gateway.policy import cachekey
from gateway.policy.caller import Caller
from gateway.policy.names import AccountName, AppName
from gateway.settings import Account, Settings
from gateway.settings import App as AppSettings
from gateway.web.identity import App, Identity, basic


def identity(settings: Settings) -> Identity:
    """Recognise every configured app by the digest of its key."""
    return Identity(
        _app(AppName(name), app, settings.accounts[app.account], settings.queue.patience)
        for name, app in settings.apps.items()
    )


def secrets(settings: Settings) -> list[str]:
    """Every secret of the configuration: what must never be logged."""
    held = [account.token for account in settings.accounts.values()]
    held += [secret for app in settings.apps.values() for secret in (app.key, app.secret)]
    held += [webhook.secret for webhook in settings.webhooks]
    return [secret.get_secret_value() for secret in held if secret is not None]


def _app(name: AppName, app: AppSettings, account: Account, patience: float) -> App:
    owner = AccountName(app.account)
    authorization = None if account.token is None else basic(account.token.get_secret_value())
    caller = Caller(
        app=name,
        account=owner,
        partition=cachekey.partition(owner, authorization),
        authorization=authorization,
        lent=authorization is not None,
        patience=patience if app.patience is None else app.patience,
        priority=app.priority,
        weight=app.weight,
        allow=app.allow,
    )
    return App(caller, app.key_digest(), app.passthrough, account_has_token=authorization is not None)
