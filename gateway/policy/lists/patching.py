"""Carry a write into a stored whole list, so that it stays what the upstream would answer, or say that it must go.

For the credential that wrote, the answered element is the row. Another credential of the account may see fewer fields
and other rows: there an element is merged only where nothing changed that decides who sees it, and never added.
No documented field of a whole list changes other rows of the same list when it is written; if one is found, it belongs
into `gateway/data/resources.toml` and is refused here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from sys import getsizeof
from typing import assert_never

from gateway.policy.catalogue import Resource
from gateway.policy.lists.collection import Collection, Order
from gateway.policy.translation.document import Fields
from gateway.policy.writing.change import Change, Created, Deleted, Updated


@dataclass(frozen=True, slots=True)
class Unpatchable:
    """The list cannot be kept; `reason` goes to the trace."""

    reason: str


def patched_for_writer(collection: Collection, resource: Resource, change: Change) -> Collection | Unpatchable:
    """Patch the list of the credential that wrote: the element has exactly the fields that this credential sees."""
    match change:
        case Deleted(number):
            return _without(collection, number)
        case Created(number, element):
            return _added(collection, resource, number, element)
        case Updated(number, element):
            row = collection.rows.get(number)
            if row is None or row.keys() != element.keys():
                return Unpatchable("the element is not in the list with the same fields")
            hiding = {name for name in resource.proves_visible if row.get(name) != element.get(name)}
            if not all(_seen(collection, name, element) for name in hiding):
                return Unpatchable("nothing proves that the element is still shown to its writer")
            return _replaced(collection, resource, number, element)
        case _:
            assert_never(change)


def patched_for_others(collection: Collection, resource: Resource, change: Change) -> Collection | Unpatchable:
    """Patch the list of another credential of the same account."""
    match change:
        case Deleted(number):
            return _without(collection, number)
        case Created():
            return Unpatchable("whether and where another credential sees a new row is not known")
        case Updated(number, element, sent):
            return _merged(collection, resource, number, element, sent)
        case _:
            assert_never(change)


def _without(collection: Collection, number: str) -> Collection:
    row = collection.rows.get(number)
    if row is None:
        return collection
    rows = {key: kept for key, kept in collection.rows.items() if key != number}
    return replace(collection, rows=rows, weight=collection.weight - getsizeof(row))


def _added(collection: Collection, resource: Resource, number: str, element: Fields) -> Collection | Unpatchable:
    """Put a new row where its id belongs: behind the highest, or before it in a list that falls."""
    first, last = next(iter(collection.rows), "0"), next(reversed(collection.rows), "0")
    highest = {Order.ASCENDING: last, Order.DESCENDING: first, Order.UNKNOWN: None}[collection.order]
    if highest is None or int(number) <= int(highest):
        return Unpatchable("the place of the new row is not known")
    row = collection.rows[highest]
    if row.keys() != element.keys():
        return Unpatchable("the new row has other fields than the list")
    if not all(_seen(collection, name, element) for name in resource.proves_visible):
        return Unpatchable("nothing proves that the new row is shown to its writer")
    new = {number: {name: element[name] for name in row}}
    rows = {**collection.rows, **new} if collection.order is Order.ASCENDING else {**new, **collection.rows}
    return replace(collection, rows=rows, weight=collection.weight + _weight(element))


def _merged(
    collection: Collection, resource: Resource, number: str, element: Fields, sent: frozenset[str]
) -> Collection | Unpatchable:
    row = collection.rows.get(number)
    if row is None:
        unseen = resource.visible_by & sent
        return Unpatchable("the row may have come into sight") if unseen else collection
    if not row.keys() <= element.keys():
        return Unpatchable("the writer does not see all fields of the row")
    if any(row[name] != element[name] if name in row else name in sent for name in resource.visible_by):
        return Unpatchable("the row may have gone out of sight")
    return _replaced(collection, resource, number, element)


def _replaced(collection: Collection, resource: Resource, number: str, element: Fields) -> Collection | Unpatchable:
    """Put the element's values in the row's place, which only a list ordered by its ids is sure to keep."""
    row = collection.rows[number]
    changed = {name for name in row if row[name] != element[name]}
    ordering = changed & resource.sorts.keys() if resource.sorts else changed
    if collection.order is Order.UNKNOWN and ordering and len(collection.rows) > 1:
        return Unpatchable("the row may have moved to another place")
    rows = {**collection.rows, number: {name: element[name] for name in row}}
    return replace(collection, rows=rows, weight=collection.weight - getsizeof(row) + _weight(element))


def _seen(collection: Collection, column: str, element: Fields) -> bool:
    """Whether another row shows that this credential sees rows with the element's value."""
    return any(row.get(column) == element.get(column) for row in collection.rows.values())


def _weight(row: Fields) -> int:
    return getsizeof(row) + sum(getsizeof(value) for value in row.values())
