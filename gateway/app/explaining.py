"""`intervals-gateway explain`: tell the configuration in the words of the rules. Asks nobody."""

from __future__ import annotations

import re
import sys
import textwrap
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from gateway.app import asking, people
from gateway.policy import catalogue, explaining
from gateway.policy.explaining import Party, Section
from gateway.policy.explaining_reads import Asked, Terms
from gateway.policy.names import AppName
from gateway.policy.negotiation import Representation
from gateway.settings import Settings
from gateway.settings.mistakes import known_are

_TARGET = re.compile(r"/[!-\"$-~]*")
_WIDTH = 100


class Misasked(Exception):
    """There is nothing to explain; the text says what would be right."""


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command."""
    methods = explaining.METHODS
    parser.add_argument("method", type=str.upper, choices=methods, metavar="METHOD", help=", ".join(methods))
    parser.add_argument("path", metavar="PATH", help="a path, with its query if it has one: '/task/?limit=20'")
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration, in TOML")
    parser.add_argument("--app", metavar="NAME", help="as this app; without it, as each")


def run(settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Print what is told of the request; tells the exit code."""
    try:
        sections = explain(settings, options.method, options.path, options.app)
    except Misasked as mistake:
        complain(str(mistake))
        return asking.MISUSED
    for section in sections:
        lines = [part for line in section.lines for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False)]
        for place, line in enumerate(lines):
            sys.stdout.write(f"{'' if place else section.title:<11} {line}\n")
    return 0


def explain(settings: Settings, method: str, target: str, app: str | None) -> list[Section]:
    """Explain a request of one app, or of each. Raises `Misasked`."""
    if not _TARGET.fullmatch(target) or target.startswith("//"):
        split = urlsplit(target)
        right = f"{split.path}?{split.query}".rstrip("?") if split.netloc else ""
        raise Misasked(f"{target!r} is no path; {right if right.startswith('/') else '/client/5/'!r} is one")
    if app is not None and app not in settings.apps:
        raise Misasked(f"no app {app!r} is configured; {known_are(app, settings.apps)}")
    rows = catalogue.load({name: it.model_dump() for name, it in settings.resources.items()})
    path = target.partition("?")[0]
    asked = Asked(method, target, rows.match(path), rows.label(path))
    terms = Terms(
        form=Representation(settings.upstream.format),
        read_ahead=settings.cache.read_ahead,
        warm=settings.cache.warm,
        overridden={
            name: frozenset(span for span, value in it.model_dump().items() if value is not None)
            for name, it in settings.resources.items()
        },
    )
    names = settings.apps if app is None else (app,)
    return explaining.explain(asked, [_party(settings, AppName(name)) for name in names], terms, rows)


def _party(settings: Settings, name: AppName) -> Party:
    configured = settings.apps[name]
    caller = people.app(settings, name).caller
    return Party(caller, configured.passthrough, configured.share, settings.accounts[configured.account].per_day)
