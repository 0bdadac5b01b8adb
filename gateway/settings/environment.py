"""Environment variables of the form `GATEWAY_SERVER__PORT`: they override any key of the file.

Two underscores step into a section, a name or an index; the rest is compared without regard to case, and a dash or dot
in a configured name is written as one underscore: `GATEWAY_APPS__TIME_SHEETS__WEIGHT` reaches `[apps.time-sheets]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from gateway.settings.mistakes import Mistake, known_are
from gateway.settings.places import Path, bare, dotted, inside, is_named, rows_of, section_of
from gateway.settings.table import Settings

PREFIX = "GATEWAY_"

# Kubernetes sets these in every container beside a Service that is called "gateway".
_SERVICE_LINK = re.compile(r"GATEWAY_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\d+_(TCP|UDP|SCTP).*)")


@dataclass(frozen=True, slots=True)
class Overridden:
    """The configuration after the environment was heard: which keys came from which variable, and what led nowhere."""

    tree: dict[str, Any]
    origins: Mapping[Path, str]
    mistakes: tuple[Mistake, ...]


class _Stray(Exception):
    """A variable that leads to no key; its text says what was probably meant."""


def override(tree: Mapping[str, Any], environ: Mapping[str, str]) -> Overridden:
    merged = deepcopy(dict(tree))
    origins: dict[Path, str] = {}
    strays: dict[str, str] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or _SERVICE_LINK.fullmatch(name):
            continue
        try:
            path, kind = _find(name, merged)
        except _Stray as stray:
            strays[name] = str(stray)
            continue
        _put(merged, path, _value(environ[name], kind))
        origins[path] = name
    referenced = set(_referenced(merged))
    mistakes = tuple(
        Mistake(variable(name), "", "leads to no key", right)
        for name, right in strays.items()
        if name not in referenced
    )
    return Overridden(merged, origins, mistakes)


def variable(name: str) -> str:
    """Name the source of a mistake that is not in the file."""
    return f"environment variable {name}"


def _find(name: str, tree: Mapping[str, Any]) -> tuple[Path, Any]:
    """Follow the variable's words through the table, and through the configured names."""
    path: Path = ()
    kind: Any = Settings
    node: Any = tree
    for word in name.removeprefix(PREFIX).lower().split("__"):
        key = _key(word, kind, node)
        path = (*path, key)
        kind = inside(kind, key)
        node = _child(node, key)
    if section_of(kind) is not None or is_named(kind):
        raise _Stray(f"write {name}__KEY for a key of [{dotted(path)}]")
    return path, kind


def _key(word: str, kind: Any, node: Any) -> str | int:
    section = section_of(kind)
    if section is not None:
        if word not in section.model_fields:
            joined = next((name for name in section.model_fields if word.startswith(f"{name}_")), None)
            right = known_are(word, section.model_fields)
            raise _Stray(f"two underscores step into {joined}: {joined.upper()}__…" if joined else right)
        return word
    if is_named(kind):
        names = node if isinstance(node, Mapping) else {}
        return next((name for name in names if re.sub(r"[.-]", "_", name).lower() == word), word)
    if rows_of(kind) is not None:
        rows = len(node) if isinstance(node, list) else 0
        if word.isdecimal() and int(word) <= rows:
            return int(word)
        raise _Stray(f"write a number from 0 to {rows} for one row of the list")
    raise _Stray(f"nothing is below the key before {word.upper()}")


def _child(node: Any, key: str | int) -> Any:
    if isinstance(node, Mapping):
        return node.get(str(key))
    if isinstance(node, list) and isinstance(key, int) and key < len(node):
        return node[key]
    return None


def _put(tree: dict[str, Any], path: Path, value: Any) -> None:
    """Write the value, making the sections on the way; where the file has something else there, leave it to be told."""
    node: Any = tree
    for key, following in zip(path, (*path[1:], None), strict=True):
        if isinstance(node, list) and key == len(node):
            node.append({})
        elif isinstance(node, dict):
            node.setdefault(key, [] if isinstance(following, int) else {})
        elif not isinstance(node, list):
            return
        if following is None:
            node[key] = value
        node = node[key]


def _value(text: str, kind: Any) -> Any:
    """Read the variable as TOML where it is TOML and of a fitting kind, else as a string (so 007 can be a key)."""
    try:
        written = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    if set(written) != {"value"}:
        return text
    value = written["value"]
    takes_text = bare(kind) not in (int, float, bool) and rows_of(kind) is None
    return value if not takes_text or isinstance(value, str | dict) else text


def _referenced(node: object) -> Iterator[str]:
    """All variables named by `{ env = "…" }`."""
    match node:
        case {"env": str(name)}:
            yield name
        case Mapping():
            for child in node.values():
                yield from _referenced(child)
        case list():
            for child in node:
                yield from _referenced(child)
        case _:
            return
