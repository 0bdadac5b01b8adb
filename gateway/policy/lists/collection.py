"""A whole list as one value: all rows of a resource as one credential sees them, proved complete by their count.

Rows keep the order of the answer they came in. A collection is never changed; `patching` makes new ones that share
the rows that stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from sys import getsizeof
from typing import TypeGuard

from gateway.policy.catalogue import Resource
from gateway.policy.translation.document import Document, Fields, Scalar, Value
from gateway.policy.translation.shapes import scalar_text
from gateway.policy.translation.steps import Steps, finish

COUNT = "listcount"

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_STEP = 256
"""Rows taken in a step, about a millisecond."""

_ENOUGH = 6
"""Rows whose ids must rise or fall before that is taken for the list's order: by chance 6 do so once in 360 times."""


class Order(StrEnum):
    """How the ids of a list follow one another."""

    ASCENDING = "ascending"
    DESCENDING = "descending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NotWhole:
    """The answer is not a whole list; `reason` goes to the trace."""

    reason: str


@dataclass(frozen=True, slots=True)
class Collection:
    """All rows by id, in their order, and the envelope they came in (its list empty, its count that of the answer).

    `weight` is in bytes: what the interpreter reports for the rows and for each text once, because equal texts are
    kept once; for rows that were patched in, all their texts.
    """

    resource: str
    envelope: Mapping[str, Scalar]
    rows: dict[str, Fields]
    order: Order
    weight: int

    @property
    def document(self) -> Document:
        """The whole list as the upstream would answer it."""
        return self.listed(list(self.rows.values()), len(self.rows))

    def listed(self, rows: list[Fields], count: int) -> Document:
        """A list answer of these rows out of `count` that match."""
        counted = str(count) if isinstance(self.envelope[COUNT], str) else count
        payload: list[Value] = [*rows]
        content: Fields = {self.resource: payload, COUNT: counted}
        return Document({name: content.get(name, scalar) for name, scalar in self.envelope.items()})

    def element(self, row: Fields) -> Document:
        """A member answer: the envelope without a count."""
        fields: Fields = {name: scalar for name, scalar in self.envelope.items() if name != COUNT}
        fields[self.resource] = row
        return Document(fields)


def of(document: Document, resource: Resource) -> Collection | NotWhole:
    """Take a list answer as a whole list at once; see `collecting`."""
    return finish(collecting(document, resource))


def collecting(document: Document, resource: Resource) -> Steps[Collection | NotWhole]:
    """Take a list answer as a whole list in steps, if it is one: flat rows with distinct ids, as many as it counts.

    The document may be discarded afterwards.
    """
    listed = document.fields.get(resource.name)
    if not isinstance(listed, list):
        return NotWhole(f"the answer holds no list of {resource.name}")
    envelope: dict[str, Scalar] = {}
    for name, value in document.fields.items():
        if name != resource.name and isinstance(value, list | dict):
            return NotWhole("the envelope holds more than the list")
        envelope[name] = None if isinstance(value, list | dict) else value
    count = envelope.get(COUNT)
    if count is None or scalar_text(count) != str(len(listed)):
        return NotWhole(f"listcount is not the {len(listed)} rows that came")
    texts = _Texts()
    rows: dict[str, Fields] = {}
    weight = 0
    for place, value in enumerate(listed, start=1):
        if not is_flat(value) or (number := number_of(value)) is None or number in rows:
            return NotWhole(f"row {place} is not flat, or its id is no number or that of another row")
        rows[number] = row = _sharing(value, texts)
        weight += getsizeof(row)
        if place % _STEP == 0:
            yield
    return Collection(resource.name, envelope, rows, _order(rows), weight + texts.weight + getsizeof(rows))


def is_flat(value: Value) -> TypeGuard[Fields]:
    """Whether a value is an object of scalars."""
    return isinstance(value, dict) and not any(isinstance(field, list | dict) for field in value.values())


def number_of(row: Fields) -> str | None:
    """The id of a row as the path of its member writes it; None if it is no number."""
    value = row.get("id")
    text = None if value is None or isinstance(value, list | dict) else scalar_text(value)
    return text if text is not None and is_number(text) else None


def is_number(text: str) -> bool:
    """Whether a text is an id as the service writes it: no sign, no leading zero, not 0."""
    return _NUMBER.fullmatch(text) is not None


def shows_other_fields(collection: Collection, member: Document) -> bool:
    """Tell whether a member answer has other fields than the list's rows: then the list cannot answer for members."""
    element = member.fields.get(collection.resource)
    row = next(iter(collection.rows.values()), None)
    return isinstance(element, dict) and row is not None and element.keys() != row.keys()


class _Texts(dict[str, str]):
    """Every text once, with what they weigh together: the reader makes new ones for each row."""

    weight = 0

    def __missing__(self, text: str) -> str:
        self.weight += getsizeof(text)
        self[text] = text
        return text


def _sharing(row: Fields, texts: _Texts) -> Fields:
    """Copy a row with each of its texts taken from `texts`."""
    return {texts[name]: texts[value] if isinstance(value, str) else value for name, value in row.items()}


def _order(ids: Iterable[str]) -> Order:
    numbers = [int(number) for number in ids]
    if len(numbers) < _ENOUGH:
        return Order.UNKNOWN
    if all(before < after for before, after in pairwise(numbers)):
        return Order.ASCENDING
    return Order.DESCENDING if all(before > after for before, after in pairwise(numbers)) else Order.UNKNOWN
