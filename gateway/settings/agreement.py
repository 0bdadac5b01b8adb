"""Rules between several settings, checked on what was written, so that they are told together with wrong values.

Values of a wrong type are passed over here: the table has already found them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gateway.policy import catalogue
from gateway.policy.events import vocabulary
from gateway.policy.webhooks.subscription import MADE, RESERVED
from gateway.settings.formats import is_event_pattern
from gateway.settings.mistakes import known_are
from gateway.settings.places import Path
from gateway.settings.secret import Secret, Surroundings
from gateway.settings.table import Operations, Server

Disagreement = tuple[Path, str, str]
"""The key, what is wrong, what would be right."""

_SECRET: TypeAdapter[Secret] = TypeAdapter(Secret)
_ROUNDING = 1e-9


def check(tree: Mapping[str, Any], around: Surroundings) -> Iterator[Disagreement]:
    """Find everything in which the written settings contradict one another."""
    apps = dict(_named(tree, "apps"))
    yield from _accounts_exist(tree, apps)
    yield from _identities(apps)
    yield from _keys_differ(apps, around)
    yield from _shares(apps)
    yield from _callbacks_are_signed(apps)
    yield from _subscriptions_differ(tree)
    yield from _events_can_come(tree)
    yield from _resources_are_documented(tree)
    yield from _listeners_differ(tree)


def _named(tree: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows = tree.get(section)
    if isinstance(rows, Mapping):
        yield from ((name, row) for name, row in rows.items() if isinstance(row, Mapping))


def _accounts_exist(tree: Mapping[str, Any], apps: Mapping[str, Mapping[str, Any]]) -> Iterator[Disagreement]:
    accounts = tree.get("accounts")
    known = accounts if isinstance(accounts, Mapping) else {}
    subscriptions = tree.get("webhooks")
    numbered = enumerate(subscriptions) if isinstance(subscriptions, list) else ()
    users: list[tuple[Path, Any]] = [(("apps", name), app) for name, app in apps.items()]
    users += [(("webhooks", number), row) for number, row in numbered if isinstance(row, Mapping)]
    for path, user in users:
        account = user.get("account")
        if isinstance(account, str) and account not in known:
            yield (*path, "account"), f"there is no [accounts.{account}]", known_are(account, known)
    if not apps and "apps" not in tree:
        yield ("apps",), "no app is configured, so every caller would get 401", "write an [apps.NAME] for each tool"


def _identities(apps: Mapping[str, Mapping[str, Any]]) -> Iterator[Disagreement]:
    ways = ("key", "key_sha256", "anonymous")
    anonymous = [name for name, app in apps.items() if app.get("anonymous") is True]
    for name, app in apps.items():
        used = [way for way in ways if app.get(way, False) is not False]
        if len(used) != 1:
            wrong = f"has both {' and '.join(used)}" if used else "has no key"
            yield ("apps", name), wrong, "write exactly one of key, key_sha256 and anonymous = true"
    for name in anonymous[1:]:
        yield ("apps", name, "anonymous"), f"is true for {anonymous[0]!r} too", "callers without a key are one app"


def _keys_differ(apps: Mapping[str, Mapping[str, Any]], around: Surroundings) -> Iterator[Disagreement]:
    owners: dict[str, str] = {}
    for name, app in apps.items():
        digest = _digest(app, around)
        owner = owners.setdefault(digest, name) if digest else name
        if owner != name:
            wrong = f"has the same key as {owner!r}"
            yield ("apps", name), wrong, "give each app its own: intervals-gateway keys new"


def _digest(app: Mapping[str, Any], around: Surroundings) -> str | None:
    if isinstance(app.get("key_sha256"), str):
        return str(app["key_sha256"]).lower()
    try:
        key = _SECRET.validate_python(app.get("key"), context=around)
    except ValidationError:
        return None
    return key.digest()


def _shares(apps: Mapping[str, Mapping[str, Any]]) -> Iterator[Disagreement]:
    guaranteed: defaultdict[str, float] = defaultdict(float)
    for app in apps.values():
        share = app.get("share", 0)
        if isinstance(share, int | float) and 0 <= share <= 1 and isinstance(app.get("account"), str):
            guaranteed[app["account"]] += share
    for account, total in guaranteed.items():
        if total > 1 + _ROUNDING:
            wrong = f"the shares of its apps add up to {total:g}"
            yield ("accounts", account), wrong, "lower the shares until they add up to 1 at most"


def _callbacks_are_signed(apps: Mapping[str, Mapping[str, Any]]) -> Iterator[Disagreement]:
    for name, app in apps.items():
        if app.get("callbacks") and "secret" not in app:
            yield ("apps", name, "callbacks"), "are given without a secret", "write the secret that signs them"


def _subscriptions_differ(tree: Mapping[str, Any]) -> Iterator[Disagreement]:
    rows = tree.get("webhooks")
    named = [row.get("name") if isinstance(row, Mapping) else None for row in (rows if isinstance(rows, list) else ())]
    for number, name in enumerate(named):
        if isinstance(name, str) and name in named[:number]:
            yield ("webhooks", number, "name"), f"is {name!r} once more", "give each subscription a name of its own"
        if isinstance(name, str) and name.startswith(MADE):
            yield ("webhooks", number, "name"), f"begins with {MADE}", "leave that to those made while running"
        if name in RESERVED:
            yield ("webhooks", number, "name"), f"is {name!r}, which means something else", "write another name"


def _events_can_come(tree: Mapping[str, Any]) -> Iterator[Disagreement]:
    rows = tree.get("webhooks")
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        events = row.get("events") if isinstance(row, Mapping) else None
        for place, pattern in enumerate(events if isinstance(events, list) else ()):
            if isinstance(pattern, str) and is_event_pattern(pattern) and not vocabulary.can_come(pattern):
                path = ("webhooks", number, "events", place)
                yield path, f"{json.dumps(pattern)[:100]} matches no event", vocabulary.right(pattern)


def _resources_are_documented(tree: Mapping[str, Any]) -> Iterator[Disagreement]:
    documented = catalogue.load().resources
    for name, _ in _named(tree, "resources"):
        if name not in documented:
            yield ("resources", name), "is no documented resource", known_are(name, documented)


def _listeners_differ(tree: Mapping[str, Any]) -> Iterator[Disagreement]:
    sections = [tree.get(name, {}) for name in ("server", "operations")]
    server, operations = (section if isinstance(section, Mapping) else {} for section in sections)
    port = operations.get("port", Operations().port)
    same_host = server.get("host", Server().host) == operations.get("host", Operations().host)
    if same_host and port != 0 and port == server.get("port", Server().port):
        yield ("operations", "port"), f"is {port}, as server.port", "give each listener a port of its own"
