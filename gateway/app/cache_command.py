"""`intervals-gateway cache purge`: have a running gateway drop what it has stored."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from gateway.app import asking
from gateway.settings import Settings
from gateway.web.cache_api import PATH
from gateway.web.operations_client import Refused, ask

_CONDITIONS = ("account", "resource", "key")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("action", choices=["purge"], help="drop stored responses; without a condition, all of them")
    asking.add_configuration(parser)
    parser.add_argument("--account", metavar="NAME", help="only this account's")
    parser.add_argument("--resource", metavar="NAME", help="only this resource's, such as client; or other")
    parser.add_argument("--key", help="only under this cache key, or for this target, such as /client/5/")


def run(settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Purge and print how much was dropped; tells the exit code. Raises `Unanswered` where no gateway answers."""
    return asking.answered(_told, settings, options, complain)


def _told(host: str, port: int, options: Namespace) -> str:
    conditions = {name: value for name in _CONDITIONS if (value := getattr(options, name)) is not None}
    try:
        dropped = ask(host, port, "DELETE", PATH, conditions, expected=("dropped", int))["dropped"]
    except Refused as refusal:
        raise Refused(f"{refusal}; nothing was purged") from refusal
    return f"dropped {dropped} stored response{'' if dropped == 1 else 's'}\n"
