"""Where a dotted key leads in the table of settings: through sections, `[accounts.NAME]` and `[[webhooks]]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from gateway.settings.section import Section
from gateway.settings.table import Settings

Path = tuple[str | int, ...]


def bare(annotation: Any) -> Any:
    """Take away what does not change the kind of a value: `Annotated[X | None, …]` is an X."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return bare(next(kind for kind in get_args(annotation) if kind is not NoneType))
    return annotation


def section_of(annotation: Any) -> type[Section] | None:
    kind = bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def rows_of(annotation: Any) -> Any | None:
    """What is under each name of a `[accounts.NAME]`, or at each index of `[[webhooks]]` or of a list; else None."""
    kind = bare(annotation)
    match get_origin(kind):
        case origin if origin is Mapping:
            return get_args(kind)[1]
        case origin if origin is tuple:
            return get_args(kind)[0]
        case _:
            return None


def is_named(annotation: Any) -> bool:
    """Whether its rows have names, as `[accounts.NAME]` has, and not numbers."""
    return get_origin(bare(annotation)) is Mapping


def inside(annotation: Any, key: str | int) -> Any | None:
    """Tell what kind of value is under this key, or None where the table knows no such key."""
    section = section_of(annotation)
    if section is None:
        return rows_of(annotation)
    field = section.model_fields.get(str(key))
    return field.annotation if field else None


def kind_at(path: Sequence[str | int]) -> Any | None:
    kind: Any = Settings
    for key in path:
        kind = inside(kind, key)
    return kind


def field_at(path: Sequence[str | int]) -> FieldInfo | None:
    """Find the row of the table that a value at this path, or an item of it, belongs to."""
    for length in range(len(path), 0, -1):
        section = section_of(kind_at(path[: length - 1]))
        if section is not None:
            return section.model_fields.get(str(path[length - 1]))
    return None


def dotted(path: Sequence[str | int]) -> str:
    return ".".join(str(key) for key in path)
