"""The question for usage and its answer: which days, grouped by what, and the totals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from gateway.policy.quota.usage import KEPT_DAYS, Counts, Row

_DAYS = re.compile(r"([1-9][0-9]{0,2})d", re.ASCII)


class Dimension(StrEnum):
    """What totals can be grouped by."""

    ACCOUNT = "account"
    APP = "app"
    RESOURCE = "resource"
    METHOD = "method"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Group:
    """The total of all rows that share these names."""

    names: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Question:
    """Which days, the last of them today, and grouped by what."""

    days: int
    by: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An answer: the groups and the total of all of them."""

    groups: tuple[Group, ...]
    total: Counts


def asked(parameters: Sequence[tuple[str, str]]) -> Question | str:
    """Read `since` and `by`, or tell what would be right."""
    given: dict[str, str] = {}
    for name, value in parameters:
        if name not in ("since", "by"):
            return f"{name!r} is no parameter of usage; {_meant(name, ('since', 'by'))}"
        if name in given:
            return f"{name} is given more than once"
        given[name] = value
    days = _days(given.get("since", "7d"))
    by = _dimensions(given.get("by", "app,resource"))
    if isinstance(days, str):
        return days
    return by if isinstance(by, str) else Question(days, by)


def report(rows: Iterable[Row], by: Sequence[Dimension]) -> Report:
    """Group and add up: in order of days where these are asked for, else who sent most comes first."""
    found: dict[tuple[str, ...], Counts] = {}
    total = Counts()
    for row in rows:
        found.setdefault(tuple(_name(row, it) for it in by), Counts()).add(row.counts)
        total.add(row.counts)
    groups = sorted((Group(names, counts) for names, counts in found.items()), key=lambda it: it.names)
    if Dimension.DAY not in by:
        groups.sort(key=lambda it: (-it.counts.sent, -it.counts.received))
    return Report(tuple(groups), total)


def _name(row: Row, by: Dimension) -> str:
    return row.day if by is Dimension.DAY else str(getattr(row.heading, by))


def _days(text: str) -> int | str:
    found = _DAYS.fullmatch(text)
    if found is None or int(found[1]) > KEPT_DAYS:
        return f"since {text!r:.40} is no number of days; such as 1d (today), 7d or 30d, at most {KEPT_DAYS}d"
    return int(found[1])


def _dimensions(text: str) -> tuple[Dimension, ...] | str:
    words, known = text.split(","), tuple(map(str, Dimension))
    for word in words:
        if word not in known:
            return f"by {word!r:.40} is nothing to group by; {_meant(word, known)}"
        if words.count(word) > 1:
            return f"by names {word} more than once"
    return tuple(map(Dimension, words))


def _meant(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
