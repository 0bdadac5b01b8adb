"""What is allowed but seldom meant: told by `check-config` and in the log, never a reason not to start."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from gateway.policy.events import vocabulary
from gateway.settings.secret import Secret
from gateway.settings.section import Section
from gateway.settings.table import Settings

_TOKEN = re.compile(r"[a-z0-9]{11}")
_SHORTEST_KEY = 20


def cautions(settings: Settings) -> tuple[str, ...]:
    """List what an operator should look at once more, each with its key."""
    return (
        *_open_files(settings),
        *_listeners(settings),
        *_tokens(settings),
        *_keys(settings),
        *_memory(settings),
        *_unencrypted(settings),
        *_unseen(settings),
    )


def _secrets(settings: Settings) -> Iterator[tuple[str, Secret]]:
    rows: list[tuple[str, Section]] = [(f"accounts.{name}", row) for name, row in settings.accounts.items()]
    rows += [(f"apps.{name}", row) for name, row in settings.apps.items()]
    rows += [(f"webhooks.{number}", row) for number, row in enumerate(settings.webhooks)]
    rows.append(("webhook_delivery", settings.webhook_delivery))
    for place, row in rows:
        for name in type(row).model_fields:
            value = getattr(row, name)
            if isinstance(value, Secret):
                yield f"{place}.{name}", value


def _open_files(settings: Settings) -> Iterator[str]:
    for key, secret in _secrets(settings):
        if secret.file is not None and _readable_by_all(secret.file):
            yield f"{key}: every user of this machine can read {secret.file}; chmod o-r it"


def _readable_by_all(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:  # gone since it was read, or out of sight
        return False


def _listeners(settings: Settings) -> Iterator[str]:
    if not _is_loopback(settings.operations.host):
        may = "can purge the cache and subscribe to events"
        yield f"operations.host: whoever reaches {settings.operations.host} {may}; it asks for no key"
    for name, app in settings.apps.items():
        if app.anonymous and not _is_loopback(settings.server.host):
            yield f"apps.{name}.anonymous: whoever reaches {settings.server.host} reads {app.account!r} without a key"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tokens(settings: Settings) -> Iterator[str]:
    for name, account in settings.accounts.items():
        if account.token is None:
            yield f"accounts.{name}.token: not set, so each caller's own Authorization goes to the upstream"
        elif not _TOKEN.fullmatch(account.token.get_secret_value()):
            yield f"accounts.{name}.token: Intervals tokens are 11 lower-case letters and digits; this one is not"


def _keys(settings: Settings) -> Iterator[str]:
    for name, app in settings.apps.items():
        if app.key is not None and len(app.key.get_secret_value()) < _SHORTEST_KEY:
            yield f"apps.{name}.key: is short enough to be guessed; intervals-gateway keys new makes a better one"


def _unencrypted(settings: Settings) -> Iterator[str]:
    for number, webhook in enumerate(settings.webhooks):
        parts = urlsplit(webhook.url)
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            yield f"webhooks.{number}.url: http:// is signed and not encrypted; whoever is on the way reads the rows"


def _memory(settings: Settings) -> Iterator[str]:
    if settings.store.url == "memory://":
        yield "store.url: memory:// forgets at a restart what was spent of the quota"


def _unseen(settings: Settings) -> Iterator[str]:
    for number, webhook in enumerate(settings.webhooks):
        if any(map(vocabulary.tells_rows, webhook.events)) and settings.accounts[webhook.account].token is None:
            yield (
                f"webhooks.{number}.events: changes of rows are seen with the token of accounts.{webhook.account}, "
                "which has none; only deletions through the gateway are told"
            )
        for place, pattern in enumerate(webhook.events):
            if (why := vocabulary.why_unlikely(pattern)) is not None:
                yield f"webhooks.{number}.events.{place}: {why}"
