"""From filters to predicates: the rule of each type, after the exceptions of `special_filters` have had their turn."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from gateway.simulator import special_filters
from gateway.simulator.catalogue import Filter, Resource, catalogue
from gateway.simulator.joins import JOINS, Column, column_of
from gateway.simulator.parameters import Wanted, known_parameters, read_filter
from gateway.simulator.roles import Caller, Predicate
from gateway.simulator.values import Row

_NONE_IS_MINUS_ONE = frozenset({"clientid", "assigneeid", "followerid", "milestoneid", "managerid"})
_OVERRIDDEN = {
    "task": frozenset({"assigneeid", "ownerid", "assignedorownedby", "hastaskrelation"}),
    "milestone": frozenset({"hasmilestonerelation"}),
}
"""Filters that the forced relation of a restricted user takes the place of."""


def conditions(caller: Caller, resource: Resource, wanted: Mapping[str, Wanted]) -> list[Predicate]:
    """What a row must fulfil for these filters, those that hold unasked among them."""
    found = special_filters.unasked(caller, resource.name, wanted)
    for name, value in wanted.items():
        if not caller.user.restricted or name not in _OVERRIDDEN.get(resource.name, ()):
            found += _rules(caller, resource, resource.filters[name], value)
    return found


def _rules(caller: Caller, resource: Resource, spec: Filter, value: Wanted) -> list[Predicate]:
    if spec.name == "search":
        return [special_filters.search(caller, resource.name, str(value))]
    if spec.name == "tasklistfilterid":
        return _saved(caller, resource, value)
    special = special_filters.SPECIAL.get((resource.name, spec.name))
    if special is not None:
        return special(caller, value)
    if isinstance(value, frozenset):
        return [_among(caller, column_of(resource.name, spec.name), value, none=spec.name in _NONE_IS_MINUS_ONE)]
    if spec.type in {"date", "datetime"}:
        return [_when(caller, resource, spec, value)]
    column = column_of(resource.name, spec.name)
    folded = value.casefold()
    return [lambda row: (column(caller.world, row) or "").casefold() == folded]


def _among(caller: Caller, column: Column, wanted: frozenset[str], *, none: bool) -> Predicate:
    """Ids, single or in CSV; numbers with leading zeros are the numbers themselves."""
    world, empty = caller.world, none and "-1" in wanted

    def holds(row: Row) -> bool:
        value = column(world, row)
        if not value:
            return empty
        return any((part.lstrip("0") or "0") in wanted for part in value.split(","))

    return holds


def _when(caller: Caller, resource: Resource, spec: Filter, value: str) -> Predicate:
    """Days and moments compare as text, over as many characters as were given."""
    base, edge = _edge(resource, spec.name)
    column, world, length = column_of(resource.name, base), caller.world, len(value)
    inclusive = caller.world.options.inclusive_ends

    def holds(row: Row) -> bool:
        actual = (column(world, row) or "")[:length]
        if not actual:
            return False
        if actual == value:
            return inclusive or not edge
        return (edge == "begin" and actual > value) or (edge == "end" and actual < value)

    return holds


def _edge(resource: Resource, name: str) -> tuple[str, str]:
    """The column a bound speaks of, and which bound it is: dateduebegin → datedue, begin; dateend may be a column."""
    for edge in ("begin", "end"):
        column = name.removesuffix(edge)
        if column != name and (column in resource.fields or column in JOINS.get(resource.name, {})):
            return column, edge
    return name, ""


def _saved(caller: Caller, resource: Resource, value: Wanted) -> list[Predicate]:
    """The filters of a saved task list."""
    saved = caller.world.find("tasklistfilter", next(iter(value)))
    if saved is None:
        return [lambda _row: False]
    given = known_parameters(catalogue()["task"], parse_qsl(saved["params"] or ""), strict=False)
    wanted = {name: read_filter(resource.filters[name], text) for name, text in given.items()}
    return conditions(caller, resource, wanted)
