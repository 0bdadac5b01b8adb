"""The one loader: file and environment in, settings or every mistake out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.settings import agreement, places
from gateway.settings.environment import override, variable
from gateway.settings.mistakes import Mistake, SettingsError, known_are
from gateway.settings.secret import Secret, Surroundings
from gateway.settings.table import Settings

_OWN = ("format", "quantity", "secret", "unsendable")
_LONGEST = 80


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read the configuration, let the environment override it, and check all of it.

    Raises SettingsError with every mistake; relative secret files start from the configuration's folder.
    """
    heard = override(_read(path), environ)
    around = Surroundings(environ, path.parent)

    def mistake(key: places.Path, wrong: str, right: str) -> Mistake:
        name = next((name for origin, name in heard.origins.items() if key[: len(origin)] == origin), None)
        return Mistake(variable(name) if name else str(path), places.dotted(key), wrong, right)

    mistakes = list(heard.mistakes)
    settings = None
    try:
        settings = Settings.model_validate(heard.tree, context=around)
    except ValidationError as failure:
        mistakes += [mistake(*_told(error)) for error in _worth_telling(failure)]
    mistakes += [mistake(*found) for found in agreement.check(heard.tree, around)]
    if mistakes or settings is None:
        raise SettingsError(tuple(mistakes))
    return settings


def _read(path: Path) -> dict[str, Any]:
    source = str(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        found = Mistake(source, "", "there is no such file", "start from a copy of config.example.toml")
    except OSError as failure:
        found = Mistake(source, "", f"cannot be read: {failure.strerror}", "name a file this user may read")
    except UnicodeDecodeError as failure:
        found = Mistake(source, "", f"is not UTF-8 at byte {failure.start}", "save it as UTF-8")
    except tomllib.TOMLDecodeError as failure:
        found = Mistake(source, "", f"is not TOML: {failure}", "strings need quotes, tables a [name]")
    except RecursionError:
        found = Mistake(source, "", "is not TOML: it is nested too deeply", "no key needs more than three tables")
    raise SettingsError((found,))


def _worth_telling(failure: ValidationError) -> list[ErrorDetails]:
    """Leave out that a list is too short when the reason is that its items are wrong."""
    errors = failure.errors(include_url=False)
    parents = {error["loc"][:-1] for error in errors}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in parents]


def _told(error: ErrorDetails) -> tuple[places.Path, str, str]:
    """Turn one finding of pydantic into key, what is wrong, and what would be right."""
    key: places.Path = tuple(part for part in error["loc"] if part != "[key]")
    kind = places.kind_at(key)
    field = places.field_at(key)
    extra = field.json_schema_extra if field is not None else None
    right = f"write {extra['right']}" if isinstance(extra, dict) else f"write it as a table, [{places.dotted(key)}]"
    match error["type"]:
        case "extra_forbidden":
            section = places.section_of(places.kind_at(key[:-1]))
            return key, "is no known key", known_are(str(key[-1]), section.model_fields if section else ())
        case "missing":
            return key, "is missing", right
        case "too_long":
            return key, f"has more than {error['ctx']['max_length']} entries", right
        case "secret_away":
            return key, error["msg"], "provide it"
        case "string_pattern_mismatch" if error["loc"][-1] == "[key]":
            return key, "is no fitting name", "write letters, digits, dots, dashes and underscores, 64 at most"
        case found if places.section_of(kind) or places.is_named(kind):
            return key, "is not a table" if found.endswith("type") else error["msg"], right
        case found:
            limit = error["msg"].removeprefix("Input ") if error["msg"].startswith("Input ") else ""
            reason = error["msg"] if found in _OWN else f"is not right ({limit})" if limit else "is not right"
            return key, f"{_shown(error['input'], kind)}{reason}", right


def _shown(value: object, kind: Any) -> str:
    """Quote the wrong value, unless it may hold a secret."""
    if places.bare(kind) is Secret or not isinstance(value, str | int | float) or "@" in str(value):
        return ""
    return f"{json.dumps(value, ensure_ascii=False)[:_LONGEST]} "
