"""Filters that do not simply compare a column, one function each, and the conditions that hold unasked."""

import html
from collections.abc import Callable, Mapping
from datetime import timedelta

from gateway.simulator.clock import seconds_of
from gateway.simulator.errors import Refused
from gateway.simulator.parameters import Wanted
from gateway.simulator.roles import Caller, Predicate, milestone_relation, task_relation
from gateway.simulator.sums import invoice_balance
from gateway.simulator.values import Row, ids_of

_WEEK = timedelta(days=7).total_seconds()

_SEARCHED: Mapping[str, tuple[str, ...]] = {
    "client": ("name", "description", "localid"),
    "document": ("title", "notes", "filename", "tags"),
    "invoice": ("title", "description", "localid"),
    "milestone": ("title", "description", "localid"),
    "person": ("firstname", "lastname", "username", "email", "localid"),
    "project": ("name", "description", "localid"),
    "projectnote": ("title", "note", "localid"),
    "task": ("title", "summary", "localid"),
}


def search(_caller: Caller, resource: str, text: str) -> Predicate:
    """Rows with the text in one of the searched columns, whatever the case and the escapes; the body of a secure note
    is not searched."""
    needle = html.unescape(text).casefold()

    def holds(row: Row) -> bool:
        for column in _SEARCHED[resource]:
            value = row.get(column)
            hidden = column == "note" and row.get("secure") == "t"
            if value and not hidden and needle in html.unescape(value).casefold():
                return True
        return False

    return holds


def unasked(caller: Caller, resource: str, wanted: Mapping[str, Wanted]) -> list[Predicate]:
    """Conditions of a list that nobody asked for: task timers alone, notes of the last seven days."""
    if resource == "timer" and wanted.get("gettimerinfo") != "t":
        general = wanted.get("generaltimers") == "t"
        return [lambda row: (row["taskid"] is None) == general]
    if resource == "tasknote" and "taskid" not in wanted:
        return _last_week(caller, wanted)
    return []


def _last_week(caller: Caller, wanted: Mapping[str, Wanted]) -> list[Predicate]:
    ranged = False
    for column in ("date", "datemodified"):
        begin, end = wanted.get(f"{column}begin"), wanted.get(f"{column}end")
        if begin is None and end is None:
            continue
        ranged = True
        last = seconds_of(str(end)) if end else caller.world.clock.seconds()
        if begin is None or last - seconds_of(str(begin)) > _WEEK:
            raise Refused(18, f"{column}begin and {column}end may span seven days at most, unless taskid is given.")
    if ranged or "date" in wanted:
        return []
    oldest = caller.world.clock.days_ago(7)
    return [lambda row: (row["date"] or "") >= oldest]


def _active_projects(caller: Caller, value: Wanted) -> list[Predicate]:
    projects = caller.world.index("project", "clientid")
    has = {client for client, rows in projects.items() if any(row["active"] == "t" for row in rows)}
    return [lambda row: row["id"] in has] if value == "t" else []


def _document_relation(caller: Caller, value: Wanted) -> list[Predicate]:
    people = frozenset(value)

    def holds(row: Row) -> bool:
        task = caller.world.find("task", row["taskid"])
        return task is None or task_relation(task, people)

    return [holds]


def _tag(_caller: Caller, value: Wanted) -> list[Predicate]:
    return [lambda row: value in ids_of(row["tags"])]


def _invoice_status(caller: Caller, value: Wanted) -> list[Predicate]:
    if value not in {"outstanding", "paid"}:
        raise Refused(18, "status expects outstanding or paid.")
    return [lambda row: (invoice_balance(caller.world, row) <= 0) == (value == "paid")]


def _has_milestone_relation(caller: Caller, value: Wanted) -> list[Predicate]:
    people = frozenset(value)
    return [lambda row: milestone_relation(caller.world, row, people)]


def _has_task_relation(_caller: Caller, value: Wanted) -> list[Predicate]:
    people = frozenset(value)
    return [lambda row: task_relation(row, people)]


def _other_groups(_caller: Caller, value: Wanted) -> list[Predicate]:
    return [lambda row: row["groupid"] not in value]


def _team_of(caller: Caller, value: Wanted) -> list[Predicate]:
    people = {person for project in value for person in caller.world.teams.get(project, {})}
    return [lambda row: row["id"] in people]


def _team_of_client(caller: Caller, value: Wanted) -> list[Predicate]:
    projects = caller.world.index("project", "clientid")
    return _team_of(caller, frozenset(row["id"] or "" for client in value for row in projects.get(client, [])))


def _with_member(column: str) -> Callable[[Caller, Wanted], list[Predicate]]:
    def rules(caller: Caller, value: Wanted) -> list[Predicate]:
        teams = caller.world.teams
        return [lambda row: any(person in teams.get(row[column] or "", {}) for person in value)]

    return rules


def _overdue(caller: Caller, value: Wanted) -> list[Predicate]:
    today = str(caller.world.clock.today())

    def holds(row: Row) -> bool:
        late = row["datedue"] is not None and row["datedue"] < today and row["dateclosed"] is None
        return late == (value == "t")

    return [holds]


def _has_due_date(_caller: Caller, value: Wanted) -> list[Predicate]:
    return [lambda row: (row["datedue"] is not None) == (value == "t")]


def _exclude_closed(_caller: Caller, value: Wanted) -> list[Predicate]:
    return [lambda row: row["dateclosed"] is None] if value == "t" else []


def _active_only(caller: Caller, value: Wanted) -> list[Predicate]:
    world = caller.world

    def holds(row: Row) -> bool:
        active = world.get("project", row["projectid"]), world.get("person", row["personid"])
        return all(record.get("active") == "t" for record in active)

    return [holds] if value == "t" else []


def _elsewhere(_caller: Caller, _value: Wanted) -> list[Predicate]:
    """A parameter that does not choose rows, or whose choice `unasked` has made."""
    return []


SPECIAL: Mapping[tuple[str, str], Callable[[Caller, Wanted], list[Predicate]]] = {
    ("client", "projectsonly"): _active_projects,
    ("document", "taskassignedorownedby"): _document_relation,
    ("document", "tag"): _tag,
    ("invoice", "status"): _invoice_status,
    ("milestone", "hasmilestonerelation"): _has_milestone_relation,
    ("person", "excludegroupids"): _other_groups,
    ("person", "projectid"): _team_of,
    ("person", "projectclientid"): _team_of_client,
    ("project", "personid"): _with_member("id"),
    ("projectmodule", "personid"): _with_member("projectid"),
    ("projectworktype", "personid"): _with_member("projectid"),
    ("task", "assignedorownedby"): _has_task_relation,
    ("task", "excludeclosed"): _exclude_closed,
    ("task", "hasduedate"): _has_due_date,
    ("task", "hastaskrelation"): _has_task_relation,
    ("task", "includetimerid"): _elsewhere,
    ("task", "overdue"): _overdue,
    ("time", "activeonly"): _active_only,
    ("timer", "generaltimers"): _elsewhere,
    ("timer", "gettimerinfo"): _elsewhere,
}
