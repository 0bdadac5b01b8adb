"""The settings in force, as `check-config` prints them: in the form of the file, without one secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from gateway.settings.quantities import Duration, Size
from gateway.settings.secret import Secret
from gateway.settings.section import Section
from gateway.settings.table import Settings

_PASSWORD = re.compile(r"//[^/@]*@")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def effective(settings: Settings) -> str:
    """Write every setting with its value in force; what is not set is a comment."""
    return "\n".join(_sections(settings)).strip() + "\n"


def _sections(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        match getattr(settings, name):
            case Section() as section:
                yield from _section(f"[{name}]", section)
            case Mapping() as rows:
                for row, section in rows.items():
                    yield from _section(f"[{name}.{row if _BARE.fullmatch(row) else json.dumps(row)}]", section)
            case rows:
                for section in rows:
                    yield from _section(f"[[{name}]]", section)


def _section(heading: str, section: Section) -> Iterator[str]:
    yield ""
    yield heading
    for name in type(section).model_fields:
        value = getattr(section, name)
        yield f"# {name} is not set" if value is None else f"{name} = {written(value)}"


def written(value: object) -> str:
    """Write one value as the configuration writes it; of a secret, where it comes from."""
    match value:
        case Secret():
            return str(value)
        case Duration() | Size():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(written(item) for item in value)}]"
        case str():
            return json.dumps(_PASSWORD.sub("//***@", value), ensure_ascii=False)
        case _:
            return json.dumps(value)
