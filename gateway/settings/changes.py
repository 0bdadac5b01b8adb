"""What a new configuration changes in a running gateway: which keys differ, and which of them wait for a restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.settings.section import Section
from gateway.settings.table import Settings

LIVE = frozenset(
    {
        "accounts",
        "apps",
        "cache.read_ahead",
        "cache.verify",
        "cache.warm",
        "cache.warm_reserve",
        "events",
        "queue.backlog",
        "queue.patience",
        "resources",
        "upstream.reconcile",
        "webhook_delivery.receivers",
        "webhooks",
    }
)
"""What takes effect at a reload: whole sections, and single keys of others. Everything else is read at the start only,
so a key that is new here waits for a restart until something is written that follows it."""


@dataclass(frozen=True, slots=True)
class Change:
    """The settings that are in force after a reload; the keys that differ from before, and those left as they were."""

    settings: Settings
    changed: tuple[str, ...]
    needs_restart: tuple[str, ...]


def change(before: Settings, after: Settings) -> Change:
    """Take over what can change while the gateway runs."""
    differing = tuple(_differing(before, after))
    waiting = tuple(key for key in differing if not _live(key))
    left = {name: _left(name, getattr(before, name), getattr(after, name)) for name in _fixed_sections()}
    return Change(after.model_copy(update=left), tuple(key for key in differing if key not in waiting), waiting)


def _live(key: str) -> bool:
    return key in LIVE or key.partition(".")[0] in LIVE


def _fixed_sections() -> Iterator[str]:
    return (name for name in Settings.model_fields if name not in LIVE)


def _left(name: str, before: Section, after: Section) -> Section:
    """A section as it was, with its live keys as they are now."""
    live = {key: getattr(after, key) for key in type(after).model_fields if f"{name}.{key}" in LIVE}
    return before.model_copy(update=live)


def _differing(before: Settings, after: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        match old, new:
            case Mapping(), Mapping():
                for row in sorted({*old, *new}):
                    yield from _section(f"{name}.{row}", old.get(row), new.get(row))
            case Sequence(), Sequence():
                yield name
            case _:
                yield from _section(name, old, new)


def _section(name: str, old: Section | None, new: Section | None) -> Iterator[str]:
    """The keys in which a section differs; its name alone where it came or went. Never a value."""
    if old is None or new is None:
        yield name
    else:
        yield from (f"{name}.{key}" for key in type(new).model_fields if getattr(old, key) != getattr(new, key))
