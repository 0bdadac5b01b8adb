"""`intervals-gateway webhooks`: ask the running gateway about subscriptions and dead letters, test, enable, replay."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from gateway.app import asking
from gateway.settings import Settings
from gateway.web.operations_client import Refused, ask
from gateway.web.webhooks_api import PATH

_NEEDS_ID = frozenset({"test", "enable"})
_TAKES_NO_ID = frozenset({"list", "dead"})
_SUBSCRIPTIONS = ("id", "state", "waiting", "account", "events", "url")
_LETTERS = ("id", "died_at", "receiver", "type", "webhook_id", "why")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    actions = ["list", "test", "enable", "dead", "replay"]
    shown = "list, if not given, and dead show; replay without an id replays all"
    parser.add_argument("action", nargs="?", default="list", choices=actions, help=shown)
    parser.add_argument("id", nargs="?", help="a subscription to test or enable, or a dead letter to replay")
    asking.add_configuration(parser)


def run(settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Do it and print what came of it; tells the exit code. Raises `Unanswered` where no gateway answers."""
    return asking.answered(_told, settings, options, complain)


def _told(host: str, port: int, options: Namespace) -> str:
    action, name = options.action, options.id
    if action in _NEEDS_ID and name is None:
        raise Refused(f"{action} takes the id of a subscription; `webhooks list` shows them")
    if action in _TAKES_NO_ID and name is not None:
        raise Refused(f"{action} takes no id")
    path = f"{PATH}/{quote(name or '', safe='')}"
    match action:
        case "list":
            told = ask(host, port, "GET", PATH, {}, expected=("subscriptions", list))
            return _table(_SUBSCRIPTIONS, asking.rows(told, "subscriptions"))
        case "dead":
            return _table(_LETTERS, _all_dead(host, port))
        case "test":
            told = ask(host, port, "POST", f"{path}/test", {}, expected=("webhook_id", str))
            return f"a test event is on its way: webhook-id {told['webhook_id']}\n"
        case "enable":
            told = ask(host, port, "POST", f"{path}/enable", {}, expected=("enabled", str))
            secret = f"its new secret, shown only now: {told['secret']}\n" if "secret" in told else ""
            return f"enabled {told['enabled']}\n{secret}"
        case _:
            path = f"{PATH}/dead/replay" if name is None else f"{PATH}/dead/{quote(name, safe='')}/replay"
            replayed = ask(host, port, "POST", path, {}, expected=("replayed", int))["replayed"]
            return f"replayed {replayed} dead letter{'' if replayed == 1 else 's'}\n"


def _all_dead(host: str, port: int) -> Sequence[Mapping[str, Any]]:
    """Read page after page."""
    letters: list[Mapping[str, Any]] = []
    conditions: dict[str, str] = {}
    while True:
        told = ask(host, port, "GET", f"{PATH}/dead", conditions, expected=("dead", list))
        letters += asking.rows(told, "dead")
        if told.get("next") is None:
            return letters
        conditions = {"after": str(told["next"])}


def _table(head: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    return asking.table(head, [[_cell(name, row) for name in head] for row in rows])


def _cell(name: str, row: Mapping[str, Any]) -> str:
    match name:
        case "events":
            return ",".join(row["events"])
        case "died_at":
            return datetime.fromtimestamp(row["died_at"], UTC).strftime("%Y-%m-%d %H:%M:%S")
        case "receiver":
            return str(row["subscription"] or row["receiver"])
        case _:
            return str(row[name])
