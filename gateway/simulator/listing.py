"""Reading: a list or a member of a resource, as this person sees it."""

from collections.abc import Iterable, Mapping
from operator import itemgetter

from gateway.simulator.answers import Answer
from gateway.simulator.catalogue import Resource
from gateway.simulator.errors import Refused
from gateway.simulator.filters import conditions
from gateway.simulator.joins import column_of, shown
from gateway.simulator.parameters import Query, Wanted, known_parameters, read_filter, read_query
from gateway.simulator.roles import Caller, Predicate, demand, visibility
from gateway.simulator.values import Row

Pairs = Iterable[tuple[str, str]]

_STORED_AS = {"me": "person"}
_ACCOUNT_WIDE = frozenset({"module", "worktype"})
"""Tables that also hold the names of one project's own modules and work types; those are not listed."""


def collection(caller: Caller, resource: Resource, pairs: Pairs) -> Answer:
    """A list. Raises Refused 10, 16, 17 or 18."""
    demand(resource.collection, "GET", caller)
    query = read_query(resource, pairs, strict=caller.world.options.strict)
    if resource.name == "projectteam":
        return Answer(int(caller.person), "projectteam", team(caller, next(iter(query.filters["projectid"]))))
    wanted = [*visibility(caller, resource.name), *conditions(caller, resource, query.filters)]
    if resource.name in _ACCOUNT_WIDE:
        wanted.append(lambda row: row.get("ownproject") is None)
    found = _matching(caller.world.rows(_table(resource)), wanted)
    _sort(caller, resource, query, found)
    end = None if query.limit is None else query.offset + query.limit
    page = found[query.offset : end]
    content = [display(caller, resource, row, query.filters) for row in page]
    return Answer(int(caller.person), resource.name, content, listcount=len(found))


def member(caller: Caller, resource: Resource, number: str, pairs: Pairs) -> Answer:
    """One record. Raises Refused 10, 14, 16 or 17."""
    demand(resource.member, "GET", caller)
    given = known_parameters(resource, pairs, strict=caller.world.options.strict)
    if resource.name == "projectteam":
        require(caller, "project", number)
        return Answer(int(caller.person), "projectteam", team(caller, number))
    row = visible_row(caller, resource, number)
    wanted = {name: read_filter(resource.filters[name], text) for name, text in given.items()}
    return Answer(int(caller.person), resource.name, display(caller, resource, row, wanted))


def visible_row(caller: Caller, resource: Resource, number: str) -> Row:
    """A stored row. Raises Refused 14 if there is none, 10 if this person may not see it."""
    row = require(caller, _table(resource), number)
    if not all(rule(row) for rule in visibility(caller, resource.name)):
        raise Refused(10)
    return row


def require(caller: Caller, table: str, number: str) -> Row:
    """A stored row, or Refused 14."""
    row = caller.world.find(table, number)
    if row is None:
        raise Refused(14, f"There is no {table} {number}.")
    return row


def team(caller: Caller, project: str) -> dict[str, str | list[str]]:
    """The one record of a project's team."""
    return {"projectid": project, "personid": list(caller.world.teams.get(project, {}))}


def display(caller: Caller, resource: Resource, row: Row, wanted: Mapping[str, Wanted]) -> Row:
    """A row as this person sees it; with includetimerid a task shows that person's timer."""
    record = shown(caller.world, resource, row, caller.group)
    if resource.name == "task" and "includetimerid" in wanted:
        for timer in caller.world.index("timer", "taskid").get(row["id"], []):
            if timer["personid"] in wanted["includetimerid"]:
                record |= {"timerid": timer["id"], "starttime": timer["starttime"]}
    return record


def _table(resource: Resource) -> str:
    return _STORED_AS.get(resource.name, resource.name)


def _matching(rows: Iterable[Row], wanted: list[Predicate]) -> list[Row]:
    for rule in wanted:
        rows = filter(rule, rows)
    return list(rows)


def _sort(caller: Caller, resource: Resource, query: Query, rows: list[Row]) -> None:
    """Numbers by value, text without case, null first; rows that are equal stay in the order of their ids."""
    if query.sort is None:
        return
    column = column_of(resource.name, query.sort)
    keyed = [(_key(column(caller.world, row)), row) for row in rows]
    keyed.sort(key=itemgetter(0), reverse=query.descending)
    rows[:] = [row for _, row in keyed]


def _key(value: str | None) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    try:
        return (1, float(value), "")
    except ValueError:
        return (2, 0.0, value.casefold())
