"""What the documents say about each resource, read from data/catalogue.json: methods and who may use them, filters,
fields in column order. A group is one letter: Administrator, Manager, Resource, Executive."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

EVERYONE = frozenset("AMRE")


@dataclass(frozen=True, slots=True)
class Filter:
    """One documented query parameter of a collection; `multi` takes several values in CSV."""

    name: str
    type: str
    multi: bool = False
    required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `type` is None where it cannot be written; `response` is False where it cannot be read."""

    name: str
    type: str | None = None
    required: bool = False
    max: int | None = None
    default: str | None = None
    multi: bool = False
    response: bool = True
    groups: frozenset[str] = EVERYONE


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of path."""

    name: str
    collection: Mapping[str, frozenset[str]]
    member: Mapping[str, frozenset[str]]
    sort: tuple[str, ...]
    filters: Mapping[str, Filter]
    fields: Mapping[str, Field]

    @property
    def paged(self) -> bool:
        """Whether limit and offset are documented; without them every row is returned."""
        return "limit" in self.filters

    def columns(self, group: str) -> tuple[str, ...]:
        """Names of the fields that people of this group see, in order."""
        return tuple(field.name for field in self.fields.values() if field.response and group in field.groups)


@cache
def catalogue() -> Mapping[str, Resource]:
    """All 34 resources by name."""
    text = files("gateway.simulator").joinpath("data", "catalogue.json").read_text(encoding="utf-8")
    return {name: _resource(name, entry) for name, entry in json.loads(text).items() if name != "_groups"}


def _resource(name: str, entry: Mapping[str, Any]) -> Resource:
    return Resource(
        name=name,
        collection=_methods(entry["collection"]),
        member=_methods(entry["member"]),
        sort=tuple(entry["sort"]),
        filters={row["name"]: Filter(**row) for row in entry["filters"]},
        fields={row["name"]: _field(row) for row in entry["fields"]},
    )


def _methods(entry: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {method: frozenset(groups) for method, groups in entry.items()}


def _field(row: Mapping[str, Any]) -> Field:
    named = {key: value for key, value in row.items() if key != "roles"}
    return Field(**named, groups=frozenset(row.get("roles", EVERYONE)))
