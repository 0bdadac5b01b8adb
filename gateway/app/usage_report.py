"""`intervals-gateway usage`: ask the running gateway, or read its file when none answers."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.adapters.sqlite import read_file
from gateway.app import asking, usage_table
from gateway.app.stores import sqlite_path
from gateway.policy.quota import usage
from gateway.policy.quota.usage_report import asked
from gateway.ports import UsageAway
from gateway.settings import Settings
from gateway.web import usage_api
from gateway.web.operations_client import Refused, Unanswered, ask

_NO_FILE = {
    True: "What a memory store counts ends with its gateway.",
    False: "What is kept in Redis is told by any of its gateways that runs.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The totals as `/api/usage` tells them, and what a person should know about where they come from."""

    totals: Mapping[str, Any]
    note: str = ""


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    asking.add_configuration(parser)
    parser.add_argument("--since", default="7d", metavar="DAYS", help="how many days, today included; 7d if not given")
    parser.add_argument(
        "--by", default="app,resource", metavar="NAMES", help="of account,app,resource,method,day, in any order"
    )
    parser.add_argument("--format", default="table", choices=usage_table.FORMATS)


def run(settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Print the totals; tells the exit code. Raises `Unanswered` where nobody can tell."""
    try:
        found = find(settings, since=options.since, by=options.by)
    except Refused as refusal:
        complain(str(refusal))
        return asking.MISUSED
    if found.note:
        complain(found.note)
    sys.stdout.write(usage_table.shown(found.totals, options.format))
    return 0


def find(settings: Settings, *, since: str, by: str) -> Found:
    """Ask for the totals. Raises `Refused` with what would be right, `Unanswered` where nobody can tell."""
    question = asked([("since", since), ("by", by)])
    if isinstance(question, str):
        raise Refused(question)
    host, port = settings.operations.host, settings.operations.port
    try:
        told = ask(host, port, "GET", usage_api.PATH, {"since": since, "by": by}, expected=("groups", list))
        return Found(told)
    except Unanswered as nobody:
        path = sqlite_path(settings)
        if path is None:
            raise Unanswered(f"{nobody}\n{_NO_FILE[settings.store.url == 'memory://']}") from nobody
        first = usage.first_of(question.days, usage.day_of(time.time()))
        try:
            totals = usage_api.document(question, first, read_file(path, first))
        except UsageAway as away:
            raise Unanswered(f"{nobody}\nNor can the totals be read from its file: {away}") from away
        return Found(totals, f"{nobody}; read from {path}")
