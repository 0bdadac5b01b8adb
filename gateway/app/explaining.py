"""What `intervals-gateway explain` tells: the configuration in the words of the rules. Asks nobody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gateway.app import people
from gateway.policy import catalogue, explaining
from gateway.policy.explaining import Party, Section
from gateway.policy.explaining_reads import Asked, Terms
from gateway.policy.names import AppName
from gateway.policy.negotiation import Representation
from gateway.settings import Settings
from gateway.settings.mistakes import known_are

_TARGET = re.compile(r"/[!-\"$-~]*")


class Misasked(Exception):
    """There is nothing to explain; the text says what would be right."""


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
