"""The command line. Each command imports what it needs when it is used, so that none waits for another's imports.

Exit codes: 0 all is well, 1 it failed while running, 2 it was asked or configured wrongly, 130 it was interrupted.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from gateway import __version__, inherited

if TYPE_CHECKING:
    from gateway.settings import Settings

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
_KEY_BYTES = 30  # 40 characters of base64


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its line of help, its arguments, and what it does."""

    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (argparse exits by itself with 0 for --help and 2 for misuse)."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    chosen = next((word for word in words if not word.startswith("-")), None)
    inherited.open_standard_streams()
    try:
        options = _parser(chosen).parse_args(words)
        return COMMANDS[options.command].run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as failure:
        from gateway.settings.advice import advice

        _complain(advice(failure))
        return FAILED


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Build the parser; only the chosen command's own arguments, for which it may import its part."""
    parser = argparse.ArgumentParser(prog="intervals-gateway", description="A shared gateway to the Intervals API.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        subparser = commands.add_parser(name, help=command.summary, description=command.summary)
        if name == chosen:
            command.arguments(subparser)
    return parser


def _complain(text: str) -> None:
    sys.stderr.write(f"intervals-gateway: {text}\n")


def _load(path: Path) -> Settings | None:
    from gateway.settings import SettingsError, load

    try:
        return load(path, os.environ)
    except SettingsError as failure:
        count = len(failure.mistakes)
        sys.stderr.write("".join(f"{mistake}\n" for mistake in failure.mistakes))
        _complain(f"{count} mistake{'s' if count > 1 else ''} in the configuration; nothing was started")
        return None


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration, in TOML")


def _serve(options: argparse.Namespace) -> int:
    inherited.hold_hangups()
    settings = _load(options.config)
    if settings is None:
        return MISUSED
    from gateway import app
    from gateway.settings import load

    app.serve(settings, lambda: load(options.config, os.environ))
    return 0


def _check_config_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", type=Path, metavar="FILE", help="the configuration, in TOML")


def _check_config(options: argparse.Namespace) -> int:
    settings = _load(options.config)
    if settings is None:
        return MISUSED
    from gateway.settings import cautions, effective

    sys.stdout.write(effective(settings))
    sys.stderr.write("".join(f"caution: {caution}\n" for caution in cautions(settings)))
    return 0


def _keys_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["new"], help="make a fresh app key")


def _keys(_options: argparse.Namespace) -> int:
    key = secrets.token_urlsafe(_KEY_BYTES)
    digest = sha256(key.encode()).hexdigest()
    sys.stdout.write(f'# for the tool, shown only now\nkey = "{key}"\n# for its [apps.NAME]\nkey_sha256 = "{digest}"\n')
    return 0


def _simulate_arguments(parser: argparse.ArgumentParser) -> None:
    from gateway import simulator

    simulator.add_arguments(parser)


def _simulate(options: argparse.Namespace) -> int:
    from gateway import simulator

    simulator.run(options.host, options.port, simulator.options_from(options))
    return 0


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end after the workload instead of staying up")


def _demo(options: argparse.Namespace) -> int:
    return int(import_module("gateway.demo").run(options))


def _from(module: str, summary: str) -> Command:
    """A command with a file of its own, which is imported when it is used."""

    def run(options: argparse.Namespace) -> int:
        settings = _load(options.config)
        return MISUSED if settings is None else int(import_module(module).run(settings, options, _complain))

    return Command(summary, lambda parser: import_module(module).add_arguments(parser), run)


COMMANDS = {
    "serve": Command("Run the gateway.", _serve_arguments, _serve),
    "demo": Command("Play a mixed workload through the gateway to the simulator.", _demo_arguments, _demo),
    "simulate": Command("Run a stand-in for the Intervals API.", _simulate_arguments, _simulate),
    "check-config": Command(
        "Check a configuration and print what is in force.", _check_config_arguments, _check_config
    ),
    "explain": _from("gateway.app.explaining", "Tell which rules hold for a request, and why."),
    "cache": _from("gateway.app.cache_command", "Purge what a running gateway has stored."),
    "usage": _from("gateway.app.usage_report", "Tell who used what: daily totals by app, resource and more."),
    "webhooks": _from("gateway.app.webhooks_command", "Look after the webhooks of a running gateway."),
    "jobs": _from("gateway.app.jobs_command", "List the jobs of a running gateway, or cancel one that waits."),
    "keys": Command("Make app keys.", _keys_arguments, _keys),
}
