"""`intervals-gateway jobs`: ask the running gateway for the jobs of its apps, or cancel one of them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.app import asking
from gateway.policy.jobs.job import State
from gateway.settings import Settings
from gateway.web.jobs_api import PATH
from gateway.web.operations_client import Refused, ask

_HEAD = ("id", "app", "state", "accepted", "request", "status", "detail")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("action", nargs="?", default="list", choices=["list", "cancel"], help="list if not given")
    parser.add_argument("id", nargs="?", help="the job to cancel")
    asking.add_configuration(parser)
    parser.add_argument("--state", choices=list(State), metavar="STATE", help=f"only in this state: {', '.join(State)}")
    parser.add_argument("--app", metavar="NAME", help="only this app's")


def run(settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Print the jobs, or cancel one; tells the exit code. Raises `Unanswered` where no gateway answers."""
    return asking.answered(_told, settings, options, complain)


def _told(host: str, port: int, options: Namespace) -> str:
    conditions = {name: value for name in ("state", "app") if (value := getattr(options, name)) is not None}
    if options.action == "list":
        if options.id is not None:
            raise Refused("a list takes no id; `jobs cancel ID` does")
        return shown(asking.rows(ask(host, port, "GET", PATH, conditions, expected=("jobs", list)), "jobs"))
    if options.id is None or conditions:
        raise Refused("cancel takes the id of one job, and no condition")
    if not options.id.isalnum():
        raise Refused(f"{options.id!r} is no id of a job")
    cancelled = ask(host, port, "DELETE", f"{PATH}/{options.id}", {}, expected=("cancelled", str))
    return f"cancelled job {cancelled['cancelled']} of app {cancelled['app']}\n"


def shown(jobs: Sequence[Mapping[str, Any]]) -> str:
    """The jobs as a table of plain text."""
    return asking.table(_HEAD, [_cells(job) for job in jobs])


def _cells(job: Mapping[str, Any]) -> tuple[str, ...]:
    told = {**job, "request": f"{job['method']} {job['target']}"}
    return tuple("" if told[name] is None else str(told[name]) for name in _HEAD)
