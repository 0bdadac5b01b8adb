"""In which order does the upstream put rows? By their keys where those decide it, else as it has shown.

Ties, nulls, texts and figures are put in an order that is not documented. But the service that ordered some rows for a
question orders the same rows with the same keys alike when it is asked the same again. So what an answer showed of such
rows is kept (`shown`) and used for that very question only: another filter or limit may make it choose another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias, assert_never

from gateway.policy.catalogue import Sort
from gateway.policy.lists.collection import is_number
from gateway.policy.lists.listquery import Undecided, is_day

Key: TypeAlias = tuple[str, str]
"""The id of a row and the text it is ordered by."""

Tie: TypeAlias = frozenset[Key]
"""Rows that their keys do not put in order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The ids of a tie from place `first` on, in the order in which the upstream put them."""

    first: int
    ids: tuple[str, ...]

    def places(self, low: int, high: int) -> tuple[str, ...]:
        """The ids at the places from `low` up to but without `high`. Raises `Undecided` where not all were seen."""
        if low < self.first or high > self.first + len(self.ids):
            raise Undecided("the order of these rows is not certain")
        return self.ids[low - self.first : high - self.first]


Shown: TypeAlias = Mapping[Tie, Seen]

NOTHING: Shown = {}
_NOT_SEEN = Seen(0, ())


@dataclass(frozen=True, slots=True)
class Page:
    """The rows from `first` up to but without `end` (None: all) of those that match."""

    first: int
    end: int | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A tie of which the page has the rows from place `low` up to but without `high`."""

    keys: Sequence[Key]
    low: int
    high: int


def arranged(keys: Sequence[Key], order: Sort, page: Page, shown: Shown, *, descending: bool) -> list[str]:
    """The ids on a page, in the order of their keys, ties as shown. Raises `Undecided`."""
    ids: list[str] = []
    for part in _parts(keys, order, page, descending=descending):
        alone = len(part.keys) == 1
        seen = Seen(0, _ids(part.keys)) if alone else shown.get(frozenset(part.keys), _NOT_SEEN)
        ids += seen.places(part.low, part.high)
    return ids


def shown(keys: Sequence[Key], order: Sort, page: Page, answered: Sequence[str], *, descending: bool) -> Shown | None:
    """What an answer, the ids on a page, shows of the ties; None where it is not about these rows."""
    ties: dict[Tie, Seen] = {}
    place = 0
    for part in _parts(keys, order, page, descending=descending):
        came = tuple(answered[place : place + part.high - part.low])
        place += len(came)
        if len(came) < part.high - part.low or not set(came) <= set(_ids(part.keys)):
            return None
        if len(part.keys) > 1:
            ties[frozenset(part.keys)] = Seen(part.low, came)
    return ties if place == len(answered) else None


def _parts(keys: Sequence[Key], order: Sort, page: Page, *, descending: bool) -> Iterator[_Part]:
    """The ties on a page, in order; a row whose key is its own is a tie of one."""
    end = len(keys) if page.end is None else page.end
    place = 0
    for tie in _ties(keys, order, descending=descending):
        begin, place = place, place + len(tie)
        if place > page.first and begin < end:
            yield _Part(tie, max(0, page.first - begin), min(end, place) - begin)


def _ties(keys: Sequence[Key], order: Sort, *, descending: bool) -> list[Sequence[Key]]:
    """All rows, those that their keys do not put in order together; in the order of their keys, if these have one."""
    if not _ordered([text for _, text in keys], order):
        return [keys] if keys else []
    # Of numbers without leading zeros the longer is the greater.
    sorted_ = sorted(keys, key=lambda key: (len(key[1]), key[1]), reverse=descending)
    return [tuple(tie) for _, tie in groupby(sorted_, key=lambda key: key[1])]


def _ordered(texts: Sequence[str], order: Sort) -> bool:
    """Do all keys have a place in one order that is known?"""
    match order:
        case Sort.TEXT | Sort.FIGURE:
            return False
        case Sort.INTEGER:
            return all(map(is_number, texts))
        case Sort.PADDED:
            return all(text.isascii() and text.isdigit() for text in texts) and len(set(map(len, texts))) <= 1
        case Sort.DATE:
            return all(map(is_day, texts))
        case _:
            assert_never(order)


def _ids(keys: Sequence[Key]) -> tuple[str, ...]:
    return tuple(number for number, _ in keys)
