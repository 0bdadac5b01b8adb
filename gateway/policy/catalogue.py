"""Which rules a path has: the documented resources, read once from `gateway/data/resources.toml`.

A path that is not plainly a documented resource matches none and is treated as an ordinary HTTP resource.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from gateway.policy import segments

_PATH = re.compile(r"/([a-z]+)(?:/([^/?#]+)(?:/([a-z]+))?)?/?")
_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

OTHER = "other"
"""The label of every path that is not a documented resource."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a stored answer may be used, in seconds; see `gateway/data/resources.toml`."""

    fresh: float = 0.0
    stale_while_revalidate: float = 0.0
    stale_if_error: float = 0.0


class Kind(StrEnum):
    """How a filter compares its column; see `gateway/data/resources.toml`."""

    INTEGER = "integer"
    PADDED = "padded"
    BOOLEAN = "boolean"
    FORCED = "forced"
    DATE = "date"
    BEGIN = "begin"
    END = "end"


class Sort(StrEnum):
    """How a sort field orders rows; the order of text and figures is not known."""

    INTEGER = "integer"
    PADDED = "padded"
    DATE = "date"
    TEXT = "text"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that the rows decide: `csv` takes several values, `none` takes -1 for rows without one."""

    name: str
    column: str
    kind: Kind
    csv: bool
    none: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """The rules of one kind of path; those from `whole` on are for answers from a stored whole list.

    `unbounded` is the query that asks for all rows, "" where there is no limit. `undecided` holds the filters that rows
    do not decide, with the reason. `visible_by` and `proves_visible` are the columns that decide who sees a row,
    `grants` those that decide what the person in the row is shown.
    `read_back`: a member shows whether a write to it was done.
    """

    name: str
    lifetimes: Lifetimes
    collection: tuple[str, ...]
    member: tuple[str, ...]
    sub_actions: frozenset[str]
    changes_after: frozenset[str]
    never: str | None
    never_with: Mapping[str, str]
    never_without: Mapping[str, str]
    pages: bool
    whole: bool
    unbounded: str
    filters: Mapping[str, Filter]
    undecided: Mapping[str, str]
    sorts: Mapping[str, Sort]
    visible_by: frozenset[str]
    proves_visible: frozenset[str]
    grants: frozenset[str]
    read_back: bool

    def why_not_stored(self, *, member: str | None, query: str) -> str | None:
        """Tell why an answer may not be stored, or None when it may: answers that move with the clock are not."""
        if self.never is not None:
            return self.never
        names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        for name, reason in self.never_with.items():
            if name in names:
                return reason
        if member is None:
            for name, reason in self.never_without.items():
                if name not in names:
                    return reason
        return None


@dataclass(frozen=True, slots=True)
class Match:
    """A path read as a documented resource: the collection, or one member of it."""

    resource: Resource
    member: str | None

    @property
    def methods(self) -> tuple[str, ...]:
        return self.resource.collection if self.member is None else self.resource.member


class Catalogue:
    """All documented resources with the operator's overrides applied."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources: Mapping[str, Resource] = MappingProxyType({row.name: row for row in resources})
        self._changed_by = {
            written: frozenset(row.name for row in self.resources.values() if written in row.changes_after) | {written}
            for written in self.resources
        }

    def match(self, path: str) -> Match | None:
        """Read a path with or without its final slash; None for everything that is not a record resource."""
        found = _PATH.fullmatch(path)
        if found is None or (resource := self.resources.get(found[1])) is None or found[3] is not None:
            return None
        return None if segments.climbs(path) else Match(resource, found[2])

    def label(self, path: str) -> str:
        """Name the resource of any path for metrics: a closed set, `other` for what is not documented."""
        found = _PATH.fullmatch(path)
        return found[1] if found and found[1] in self.resources and not segments.climbs(path) else OTHER

    def changed_by(self, resource: str) -> frozenset[str]:
        """The resources whose answers may differ after a write to this one (the catalogue's staleness map)."""
        return self._changed_by.get(resource, frozenset({resource}))

    @property
    def everything(self) -> frozenset[str]:
        """All labels that stored answers have."""
        return frozenset({*self.resources, OTHER})

    def meant(self, path: str) -> str:
        """Name the resource that a lenient service may take a path for: in capitals, encoded, behind `//` or `..`.

        Only for what writes may have changed: what is not written as documented is never answered as if it were.
        """
        first = next((name.lower() for name in segments.resolved(path)), "")
        return first if first in self.resources else OTHER


def load(overrides: Mapping[str, Mapping[str, float | None]] | None = None) -> Catalogue:
    """Read the shipped rows and lay the operator's lifetimes (`[resources.NAME]`, seconds) over them."""
    text = files("gateway.data").joinpath("resources.toml").read_text(encoding="utf-8")
    rows = (_resource(name, row) for name, row in tomllib.loads(text).items())
    return Catalogue(_overridden(row, (overrides or {}).get(row.name, {})) for row in rows)


def _overridden(row: Resource, override: Mapping[str, float | None]) -> Resource:
    given = {name: value for name, value in override.items() if value is not None}
    return replace(row, lifetimes=replace(row.lifetimes, **given)) if given else row


def _resource(name: str, row: dict[str, Any]) -> Resource:
    spans = ("fresh", "stale_while_revalidate", "stale_if_error")
    return Resource(
        name=name,
        lifetimes=Lifetimes(*(seconds(row.get(span, "0s")) for span in spans)),
        collection=tuple(row["collection"]),
        member=tuple(row["member"]),
        sub_actions=frozenset(row.get("sub_actions", ())),
        changes_after=frozenset(row["changes_after"]),
        never=row.get("never"),
        never_with=row.get("never_with", {}),
        never_without=row.get("never_without", {}),
        pages=row.get("pages", False),
        whole=row.get("whole", False),
        unbounded=row.get("unbounded", ""),
        filters={key: _filter(key, rule) for key, rule in row.get("filters", {}).items()},
        undecided=row.get("undecided", {}),
        sorts={column: Sort(kind) for column, kind in row.get("sorts", {}).items()},
        visible_by=frozenset(row.get("visible_by", ())),
        proves_visible=frozenset(row.get("proves_visible", ())),
        grants=frozenset(row.get("grants", ())),
        read_back=row.get("read_back", False),
    )


def _filter(name: str, rule: dict[str, Any]) -> Filter:
    kind, column = Kind(rule["kind"]), rule.get("column", name)
    return Filter(name, column, kind, csv=rule.get("csv", False), none=rule.get("none", False))


def seconds(text: str) -> float:
    """Read a duration of the shipped rows, such as 15m."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a duration such as 30s, 15m, 1h or 7d")
    return float(int(found[1]) * _UNITS[found[2]])
