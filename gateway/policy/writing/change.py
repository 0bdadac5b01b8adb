"""What a write did, told from its request and its answer: the answer of a create or update is the whole element.

PUT and POST are interchangeable: an id in the path, the query or the body means an update. What does not fit together
(an answer about another id, several elements) is no change that can be told, and then what it touched must be dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl

from gateway.policy.catalogue import Match
from gateway.policy.lists.collection import is_flat, is_number, number_of
from gateway.policy.translation.document import Body, Document, Fields, Value
from gateway.policy.translation.shapes import LISTS, scalar_text

_OK, _CREATED, _ACCEPTED, _NO_CONTENT = 200, 201, 202, 204


@dataclass(frozen=True, slots=True)
class Created:
    """A new row, as its writer sees it."""

    number: str
    element: Fields


@dataclass(frozen=True, slots=True)
class Updated:
    """A row as its writer sees it after an update that sent these fields."""

    number: str
    element: Fields
    sent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A row that is gone."""

    number: str


Change: TypeAlias = Created | Updated | Deleted


def written(
    match: Match, method: str, *, query: str, body: Body | None, status: int, document: Document | None
) -> Change | None:
    """Tell what a write changed, or None where it cannot be told.

    `method` is the one the upstream acted on, `body` what was sent (None for nothing), `document` the answer (None if
    it is not readable, which is enough for a delete).
    """
    name, member = match.resource.name, _plain(match.member)
    if name in LISTS or (match.member is not None and member is None):
        return None  # a projectteam's id is that of its project, and its body changes several people
    if method == "DELETE":
        return Deleted(member) if member and status in {_OK, _ACCEPTED, _NO_CONTENT} else None
    records: list[Value] = body if isinstance(body, list) else [body or {}]
    record = records[0] if len(records) == 1 else None
    element = document.fields.get(name) if document is not None else None
    if method not in {"POST", "PUT"} or not isinstance(record, dict) or not is_flat(element):
        return None
    number = number_of(element)
    if number is None:
        return None
    named = _named(member, query, record)
    if status == _CREATED and not named:
        return Created(number, element)
    if status in {_OK, _ACCEPTED} and named == {number}:
        return Updated(number, element, frozenset(record) - {"id"})
    return None


def _named(member: str | None, query: str, record: Fields) -> set[str | None]:
    """The ids a request gives, in the path, the query and the body; None stands for one that is no number."""
    given = [text for name, text in parse_qsl(query) if name == "id"]
    inside = record.get("id")
    if inside is not None and inside != "":
        given.append("" if isinstance(inside, list | dict) else scalar_text(inside))
    return {_plain(text) for text in given} | ({member} if member is not None else set())


def _plain(text: str | None) -> str | None:
    number = (text or "").lstrip("0")
    return number if is_number(number) else None
