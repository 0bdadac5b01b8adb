"""What a query asks of a list, read only as far as it is certain how the upstream reads it.

Everything else raises `Undecided`, and the query is forwarded: unknown and repeated parameters, empty values, 0 and
negative ids, dates and booleans in other spellings than the documented ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from gateway.policy.catalogue import Filter, Kind, Resource, Sort

NONE = "-1"
"""Finds rows without one, where it is documented."""

_LIMIT = 10
"""Rows of a list whose limit is not given (the documents' default)."""

_LARGEST = 2_147_483_647
"""The largest limit that is known to be accepted."""

_COUNT = re.compile(r"0|[1-9][0-9]{0,9}")
_INTEGER = re.compile(r"[1-9][0-9]{0,14}")
_PADDED = re.compile(r"0{0,14}[1-9][0-9]{0,14}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BOOLEANS = {"t": "t", "true": "t", "f": "f", "false": "f"}


class Undecided(Exception):
    """The rows do not say what the upstream would answer; the text tells why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter with the values that meet it, as the service writes them (numbers without leading zeros)."""

    rule: Filter
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Conditions that must all hold, the sort field if one is given, and the page; `limit` None is all rows."""

    conditions: tuple[Condition, ...]
    sort: tuple[str, Sort] | None
    descending: bool
    offset: int
    limit: int | None


def read(resource: Resource, query: str) -> ListQuery:
    """Read the query of a list, percent-encoded as it came. Raises `Undecided`."""
    given: dict[str, str] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in given or not text:
            raise Undecided("a parameter is empty or repeated")
        given[name] = text
    offset, limit = _page(resource, given)
    sort, descending = _sort(resource, given)
    conditions = tuple(_condition(resource, name, text) for name, text in given.items())
    return ListQuery(conditions, sort, descending, offset, limit)


def _page(resource: Resource, given: dict[str, str]) -> tuple[int, int | None]:
    """Take offset and limit out of `given`. Lists without a documented limit are answered whole."""
    if not resource.unbounded:
        return 0, None
    offset, limit = (_count(name, given.pop(name, default)) for name, default in (("offset", "0"), ("limit", _LIMIT)))
    return offset, limit or None


def _count(name: str, text: str | int) -> int:
    if not _COUNT.fullmatch(str(text)) or int(text) > _LARGEST:
        raise Undecided(f"{name} is no count")
    return int(text)


def _sort(resource: Resource, given: dict[str, str]) -> tuple[tuple[str, Sort] | None, bool]:
    """Take sortfield and sortdir out of `given`. Which direction a sort has by itself is not documented."""
    if not resource.sorts or not given.keys() & {"sortfield", "sortdir"}:
        return None, False
    column, direction = given.pop("sortfield", ""), given.pop("sortdir", None)
    if column not in resource.sorts or direction not in {"ASC", "DESC", None}:
        raise Undecided("sortfield and sortdir are not a documented column and ASC or DESC")
    order = Sort.TEXT if direction is None else resource.sorts[column]
    return (column, order), direction == "DESC"


def _condition(resource: Resource, name: str, text: str) -> Condition:
    if name in resource.undecided:
        raise Undecided(f"{name}: {resource.undecided[name]}")
    rule = resource.filters.get(name)
    if rule is None:  # its name is not repeated here: it may hold anything, and reasons are sent to callers
        raise Undecided("a parameter is not documented for this list")
    match rule.kind:
        case Kind.INTEGER | Kind.PADDED:
            return Condition(rule, _numbers(rule, text))
        case Kind.BOOLEAN | Kind.FORCED:
            if text not in _BOOLEANS:
                raise Undecided(f"{name} is not t, f, true or false")
            return Condition(rule, frozenset({_BOOLEANS[text]}))
        case Kind.DATE | Kind.BEGIN | Kind.END:
            if not is_day(text):
                raise Undecided(f"{name} is no day as YYYY-MM-DD")
            return Condition(rule, frozenset({text}))


def _numbers(rule: Filter, text: str) -> frozenset[str]:
    parts = text.split(",") if rule.csv else [text]
    form = _PADDED if rule.kind is Kind.PADDED else _INTEGER
    if not all(form.fullmatch(part) or (rule.none and part == NONE) for part in parts):
        raise Undecided(f"{rule.name} is not {'numbers in CSV' if rule.csv else 'a number'}")
    return frozenset(part.lstrip("0") for part in parts)


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
