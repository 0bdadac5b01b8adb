"""A row as it was last seen with the account's own token: the record from which every change of it is told.

A record says between which two moments the row was as it is written there: it was asked for at `began`, and the answer
had come at `ended`. Two sights whose spans overlap do not tell which of them is the later one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gateway.policy.names import AppName
from gateway.policy.notices import Json
from gateway.policy.translation.document import Fields, Number

Row: TypeAlias = Mapping[str, Json]


class By(StrEnum):
    """Where a change was seen."""

    WRITE = "write"
    LIST = "list"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at rows: asked for at `began`, answered by `ended` (the records' epoch seconds); `app` wrote them."""

    by: By
    began: float
    ended: float
    app: AppName | None = None

    def after(self, seen: Seen) -> bool:
        """Certainly later than what a record says."""
        return self.began >= seen.ended

    def before(self, seen: Seen) -> bool:
        """Certainly earlier than what a record says."""
        return self.ended <= seen.began


@dataclass(frozen=True, slots=True)
class Seen:
    """What a record says: the row (None: it is gone), when and where it was seen, and how many changes were told."""

    row: Row | None
    began: float
    ended: float
    by: By
    told: int

    @property
    def text(self) -> str:
        """The record. The row stands last, so that one that has not changed is recognised without reading it."""
        row = "" if self.row is None else canonical(self.row)
        return f"{self.told} {self.by.value} {self.began:.6f} {self.ended:.6f}\n{row}"


def load(text: str) -> Seen:
    """Read a record."""
    head, _, row = text.partition("\n")
    told, by, began, ended = head.split(" ")
    return Seen(json.loads(row) if row else None, float(began), float(ended), By(by), int(told))


def unchanged(text: str, row: str) -> bool:
    """Is this the record of exactly this row, in its canonical text?"""
    return text.partition("\n")[2] == row


def canonical(row: Row) -> str:
    """A row as text: the same for the same columns in whichever order."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(fields: Fields) -> dict[str, Json]:
    """A flat element of a document as a row; columns that hold more than a value are left aside."""
    return {name: _figure(it) for name, it in fields.items() if not isinstance(it, list | dict)}


def _figure(value: str | int | Number | None) -> Json:
    if not isinstance(value, Number):
        return value
    figure: int | float = json.loads(value.text)
    return figure if math.isfinite(figure) else value.text
