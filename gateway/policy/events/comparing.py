"""A whole list against the records of its rows, in steps: 100,000 rows hold nobody up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import TypeAlias

from gateway.policy.events import noticing, seen
from gateway.policy.events.noticing import Judged, Scope, Unknown
from gateway.policy.events.seen import Sight
from gateway.policy.translation.document import Fields
from gateway.policy.translation.steps import Steps

Rows: TypeAlias = Mapping[str, Fields]
"""The rows of a whole list by their ids."""

Record: TypeAlias = tuple[str, str | None]
"""The id of a row and its record."""

Judge: TypeAlias = Callable[[str, str | None], Judged]
"""Judges a row by its id and its record."""

_STEP = 32
"""Rows judged in a step, about a millisecond."""

_LOOKED_UP = 1024
"""Rows looked up in a step, less than a millisecond."""


def judge(scope: Scope, rows: Rows, sight: Sight, unknown: Unknown) -> Judge:
    """Judge by a whole list: what it does not show is gone."""

    def by_list(number: str, before: str | None) -> Judged:
        if (fields := rows.get(number)) is not None:
            return noticing.read(scope, number, before, seen.plain(fields), sight=sight, unknown=unknown)
        judged = noticing.read(scope, number, before, None, sight=sight, unknown=unknown)
        return judged or noticing.forgotten(number, before, sight=sight)

    return by_list


def differing(rows: Rows, records: Sequence[tuple[str, str]]) -> Steps[list[Record]]:
    """Of some records, those whose row is not in the list exactly as they say."""
    found: list[Record] = []
    for place, (number, text) in enumerate(records, start=1):
        fields = rows.get(number)
        if fields is None or not seen.unchanged(text, seen.canonical(seen.plain(fields))):
            found.append((number, text))
        if place % _STEP == 0:
            yield
    return found


def unknown(rows: Rows, known: Set[str]) -> Steps[list[Record]]:
    """The rows of a list that have no record, in the order of the list."""
    found: list[Record] = []
    for place, number in enumerate(rows, start=1):
        if number not in known:
            found.append((number, None))
        if place % _LOOKED_UP == 0:
            yield
    return found


def slices(records: Iterable[Record], size: int) -> Iterable[list[Record]]:
    """Cut into pieces of so many at most."""
    piece: list[Record] = []
    for record in records:
        piece.append(record)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
