"""Lists as tests write them down: a few columns, the rest of the row left out."""

from __future__ import annotations

from gateway.policy import catalogue
from gateway.policy.lists import collection
from gateway.policy.lists.collection import Collection
from gateway.policy.translation.document import Document, Fields, Scalar, Value

ROWS = catalogue.load()
PROJECT, MILESTONE, MODULE = (ROWS.resources[name] for name in ("project", "milestone", "projectmodule"))


def answer(resource: str, rows: list[Fields], **envelope: Scalar) -> Document:
    """A list answer in the service's order of fields."""
    payload: list[Value] = [*rows]
    counted: Fields = {"personid": 7, "status": "OK", "code": 200, "listcount": len(rows), **envelope}
    return Document({**counted, resource: payload})


def rows(count: int, **columns: list[Scalar]) -> list[Fields]:
    """Rows with rising ids from 1 on and these columns, repeated as often as it takes."""
    return [
        {"id": str(place + 1), **{name: values[place % len(values)] for name, values in columns.items()}}
        for place in range(count)
    ]


def whole(resource: catalogue.Resource, listed: list[Fields]) -> Collection:
    """A whole list of these rows."""
    taken = collection.of(answer(resource.name, listed), resource)
    assert isinstance(taken, Collection), taken
    return taken
