"""How the changes of each resource are found, read once from `gateway/data/events.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from gateway.policy.catalogue import seconds


class Way(StrEnum):
    """How changes are found that were made past the gateway; see `gateway/data/events.toml`."""

    LIST = "list"
    MODIFIED = "modified"
    FULL = "full"
    WRITES = "writes"


@dataclass(frozen=True, slots=True)
class Noticeable:
    """How changes of one resource are found; `derived` columns make none. `every` is in intervals, spans in seconds."""

    resource: str
    way: Way
    derived: frozenset[str]
    every: int
    overlap: float
    span: float | None

    @property
    def polled(self) -> bool:
        return self.way is not Way.WRITES


def load() -> Mapping[str, Noticeable]:
    """Read the shipped rows."""
    text = files("gateway.data").joinpath("events.toml").read_text(encoding="utf-8")
    return {name: _noticeable(name, row) for name, row in tomllib.loads(text).items()}


def _noticeable(name: str, row: Mapping[str, Any]) -> Noticeable:
    return Noticeable(
        resource=name,
        way=Way(row["way"]),
        derived=frozenset(row.get("derived", ())),
        every=row.get("every", 1),
        overlap=seconds(row.get("overlap", "0s")),
        span=seconds(row["span"]) if "span" in row else None,
    )
