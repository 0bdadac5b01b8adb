"""Answer a member or a list from a stored whole list exactly as the upstream would, or decline.

Nothing is guessed: where the documents leave open how the upstream compares, orders or refuses, the answer is
`Declined` with the reason, and the request is forwarded. What is decided, and why not, stands per resource in
`gateway/data/resources.toml`. Without a sort field rows keep the order of the stored list; with one, rows that their
keys do not order come as the upstream has shown them for the same question (`sorting`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from gateway.policy.catalogue import Kind, Resource
from gateway.policy.lists import sorting
from gateway.policy.lists.collection import Collection, is_flat, is_number, number_of
from gateway.policy.lists.listquery import NONE, Condition, ListQuery, Undecided, is_day, read
from gateway.policy.lists.sorting import Key, Page, Shown
from gateway.policy.translation.document import Document, Fields, Value
from gateway.policy.translation.shapes import scalar_text

_Rows: TypeAlias = list[Fields]


@dataclass(frozen=True, slots=True)
class Selected:
    """The upstream's answer; its rows are those of the collection, not copies."""

    document: Document


@dataclass(frozen=True, slots=True)
class Declined:
    """The whole list does not answer this; `reason` goes to the trace."""

    reason: str


def select(
    collection: Collection, resource: Resource, member: str | None, query: str, shown: Shown
) -> Selected | Declined:
    """Answer `/resource/member/?query`, or the list if `member` is None; both still percent-encoded.

    `shown` is what an earlier answer to the same question showed of the order of its rows.
    """
    try:
        if member is None:
            return Selected(_list(collection, read(resource, query), shown))
        return Selected(_member(collection, resource, member, query))
    except Undecided as undecided:
        return Declined(str(undecided))


def answerable(resource: Resource, member: str | None, query: str) -> bool:
    """Whether a whole list could answer this at all, as far as the question alone tells."""
    if member is not None:
        return "GET" in resource.member and not query and is_number(member)
    try:
        read(resource, query)
    except Undecided:
        return False
    return True


def may_show_order(resource: Resource, query: str) -> bool:
    """Whether an answer to this could show anything of the order of its rows."""
    try:
        return read(resource, query).sort is not None
    except Undecided:
        return False


def order_shown(collection: Collection, resource: Resource, query: str, answer: Document) -> Shown | None:
    """What the upstream's answer to a query shows of the order of its rows, which the list must know with their keys.

    None where there is nothing to learn: it is not sorted, or the list is of another moment than the answer.
    """
    listed = answer.fields.get(resource.name)
    rows = [row for row in listed if is_flat(row)] if isinstance(listed, list) else []
    try:
        asked = read(resource, query)
        if asked.sort is None:
            return None
        column, order = asked.sort
        keys, answered = _keys(_matching(collection, asked), column), _keys(rows, column)
    except Undecided:
        return None
    ids = [number for number, _ in answered]
    if not set(answered) <= set(keys):
        return None
    return sorting.shown(keys, order, _page(asked), ids, descending=asked.descending)


def _member(collection: Collection, resource: Resource, member: str, query: str) -> Document:
    if "GET" not in resource.member or query or not is_number(member):
        raise Undecided("not a plain read of a member")
    row = collection.rows.get(member)
    if row is None:
        raise Undecided("not in the list")
    return collection.element(row)


def _list(collection: Collection, asked: ListQuery, shown: Shown) -> Document:
    """All conditions, then the sort, then the page; listcount is what matches before the page is cut."""
    page = _page(asked)
    if not asked.conditions and asked.sort is None:
        rows = list(islice(collection.rows.values(), page.first, page.end))
        return collection.listed(rows, len(collection.rows))
    rows = _matching(collection, asked)
    if asked.sort is None or len(rows) < 2:
        return collection.listed(rows[page.first : page.end], len(rows))
    column, order = asked.sort
    ids = sorting.arranged(_keys(rows, column), order, page, shown, descending=asked.descending)
    return collection.listed([collection.rows[number] for number in ids], len(rows))


def _page(asked: ListQuery) -> Page:
    return Page(asked.offset, None if asked.limit is None else asked.offset + asked.limit)


def _matching(collection: Collection, asked: ListQuery) -> _Rows:
    rows = list(collection.rows.values())
    for condition in asked.conditions:
        if condition.rule.kind is Kind.FORCED and "f" in condition.wanted:
            _demand_unforced(collection, condition.rule.column)
        rows = _narrowed(rows, condition)
    for condition in asked.conditions:
        _demand_off_bound(rows, condition)
    return rows


def _keys(rows: _Rows, column: str) -> list[Key]:
    return [(number_of(row) or "", text) for row, text in zip(rows, _column(rows, column), strict=True)]


def _narrowed(rows: _Rows, condition: Condition) -> _Rows:
    """The rows that meet a condition. Each value is looked at once, however many rows have it."""
    column = condition.rule.column
    meets = _TESTS[condition.rule.kind]
    met = {value for value in set(_column(rows, column)) if meets(value, condition.wanted)}
    return [row for row in rows if _text(row[column]) in met]


def _column(rows: _Rows, column: str) -> list[str]:
    """The texts of a column, "" for null."""
    try:
        return [_text(row[column]) for row in rows]
    except KeyError as error:
        raise Undecided(f"the rows do not show {column}") from error


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise Undecided("a row is not flat")
    return "" if value is None else scalar_text(value)


def _number(text: str, wanted: frozenset[str]) -> bool:
    if text in {"", "0"}:
        return NONE in wanted
    if not is_number(text):
        raise Undecided("a row has no plain number to compare")
    return text in wanted


def _padded(text: str, wanted: frozenset[str]) -> bool:
    return _number(text.lstrip("0"), wanted)


def _truth(text: str, wanted: frozenset[str]) -> bool:
    if text not in {"t", "f"}:
        raise Undecided("a row has neither t nor f to compare")
    return text in wanted


def _day(compare: Callable[[str, str], bool]) -> Callable[[str, frozenset[str]], bool]:
    """A row without a day is neither on, after nor before one."""

    def meets(text: str, wanted: frozenset[str]) -> bool:
        if text and not is_day(text):
            raise Undecided("a row has no plain day to compare")
        return bool(text) and all(compare(text, day) for day in wanted)

    return meets


_TESTS: dict[Kind, Callable[[str, frozenset[str]], bool]] = {
    Kind.INTEGER: _number,
    Kind.PADDED: _padded,
    Kind.BOOLEAN: _truth,
    Kind.FORCED: _truth,
    Kind.DATE: _day(str.__eq__),
    Kind.BEGIN: _day(str.__ge__),
    Kind.END: _day(str.__le__),
}


def _demand_unforced(collection: Collection, column: str) -> None:
    """A list without a single f may be one on which the service forces t, and then f asks for nothing."""
    if not any(row.get(column) == "f" for row in collection.rows.values()):
        raise Undecided(f"{column} may be forced to t")


def _demand_off_bound(rows: _Rows, condition: Condition) -> None:
    """Bounds were taken as inclusive; a row on the bound itself is one that the upstream may leave out."""
    if condition.rule.kind in {Kind.BEGIN, Kind.END} and not condition.wanted.isdisjoint(
        _column(rows, condition.rule.column)
    ):
        raise Undecided(f"whether {condition.rule.name} includes its day is not documented")
