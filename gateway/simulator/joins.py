"""Columns that are not stored in a row but come from others, one line each. Those the catalogue does not list (a
note's `clientid`, a task's `personid`) are never shown; filters and sorting use them."""

from collections.abc import Callable, Mapping

from gateway.simulator import sums
from gateway.simulator.catalogue import Resource
from gateway.simulator.tables import World
from gateway.simulator.values import Row, decimal_text

Column = Callable[[World, Row], str | None]


def column_of(resource: str, name: str) -> Column:
    """How to read one column of a resource's rows: joined if a join says so, else as stored."""
    join = JOINS.get(resource, {}).get(name)
    return join if join is not None else lambda _world, row: row.get(name)


def shown(world: World, resource: Resource, row: Row, group: str) -> Row:
    """A row as people of this group see it: the documented columns, in order."""
    joins = JOINS.get(resource.name, {})
    return {name: joins[name](world, row) if name in joins else row.get(name) for name in resource.columns(group)}


def via(*path: str, missing: str | None = None) -> Column:
    """Follow ids through tables: via("projectid", "project", "clientid", "client", "name").

    Columns and tables take turns; `missing` is the answer where the way breaks off.
    """
    *steps, last = path
    hops = tuple(zip(steps[::2], steps[1::2], strict=True))

    def read(world: World, row: Row) -> str | None:
        for column, table in hops:
            row = world.get(table, row.get(column))
        return row.get(last, missing) if row else missing

    return read


def _person(column: str) -> Column:
    return lambda world, row: sums.full_name(world.get("person", row.get(column))) or None


def _people(column: str) -> Column:
    return lambda world, row: sums.names(world, row.get(column))


def _same(column: str) -> Column:
    return lambda _world, row: row.get(column)


def _unpadded(column: str) -> Column:
    return lambda _world, row: (row.get(column) or "").lstrip("0") or "0"


def _money(amount: Callable[[World, Row], float]) -> Column:
    return lambda world, row: decimal_text(amount(world, row))


def _project_manager(world: World, row: Row) -> str | None:
    return sums.managers(world, row.get("projectid"))


def _running(_world: World, row: Row) -> str:
    return "t" if row["starttime"] else "f"


_PROJECT = ("projectid", "project")
_CLIENT = (*_PROJECT, "clientid", "client")
_TASK = ("taskid", "task")
_LABEL = (*_PROJECT, "labelid", "projectlabel")

JOINS: Mapping[str, Mapping[str, Column]] = {
    "client": {"localidunpadded": _unpadded("localid")},
    "document": {
        "clientid": via(*_PROJECT, "clientid"),
        "moduleid": via(*_TASK, "moduleid"),
        "projectactive": via(*_PROJECT, "active"),
        "date": _same("datemodified"),
    },
    "expense": {
        "project": via(*_PROJECT, "name"),
        "client": via(*_CLIENT, "name"),
        "person": _person("personid"),
        "clientid": via(*_PROJECT, "clientid"),
        "managerid": _project_manager,
    },
    "invoice": {
        "project": via(*_PROJECT, "name"),
        "clientid": via(*_PROJECT, "clientid"),
        "client": via(*_CLIENT, "name"),
        "datepaid": sums.invoice_date_paid,
        "subtotal": _money(sums.invoice_subtotal),
        "total": _money(sums.invoice_total),
        "payments": _money(sums.invoice_payments),
        "balance": _money(sums.invoice_balance),
        "datedue": sums.invoice_date_due,
        "daysoverdue": sums.invoice_days_overdue,
    },
    "invoicenote": {"author": _person("authorid")},
    "me": {
        "group": via("groupid", "group", "name"),
        "client": via("clientid", "client", "name"),
        "clientlocalid": via("clientid", "client", "localid"),
    },
    "milestone": {
        "project": via(*_PROJECT, "name"),
        "clientid": via(*_PROJECT, "clientid"),
        "client": via(*_CLIENT, "name"),
        "progress": sums.milestone_progress,
        "estimate": sums.milestone_estimate,
        "actual": sums.milestone_actual,
        "owner": _people("ownerid"),
        "projectlabelid": via(*_PROJECT, "labelid"),
        "projectlabel": via(*_LABEL, "name"),
        "projectabel_order": via(*_LABEL, "priority"),
    },
    "milestonenote": {"author": _person("authorid")},
    "payment": {
        "type": via("typeid", "paymenttype", "name"),
        "project": via(*_PROJECT, "name"),
        "client": via(*_CLIENT, "name"),
        "clientid": via(*_PROJECT, "clientid"),
    },
    "person": {
        "group": via("groupid", "group", "name"),
        "client": via("clientid", "client", "name"),
        "clientlocalid": via("clientid", "client", "localid"),
    },
    "personcontact": {
        "contacttype": via("contact_type_id", "contacttype", "name"),
        "contactdescriptor": via("contact_descriptor_id", "contactdescriptor", "name"),
        "contacttypeid": _same("contact_type_id"),
        "contactdescriptorid": _same("contact_descriptor_id"),
    },
    "project": {
        "client": via("clientid", "client", "name"),
        "clientlocalid": via("clientid", "client", "localid"),
        "localidunpadded": _unpadded("localid"),
        "manager": _people("managerid"),
        "label": via("labelid", "projectlabel", "name"),
        "label_order": via("labelid", "projectlabel", "priority"),
    },
    "projectmodule": {
        "module": via("moduleid", "module", "name"),
        "modulename": via("moduleid", "module", "name"),
    },
    "projectnote": {"author": _person("authorid"), "clientid": via(*_PROJECT, "clientid"), "noteid": _same("id")},
    "projectworktype": {"worktype": via("worktypeid", "worktype", "name")},
    "request": {
        "person": _person("personid"),
        "project": via(*_PROJECT, "name"),
        "clientid": via(*_PROJECT, "clientid"),
        "client": via(*_CLIENT, "name"),
        "email": via("personid", "person", "email"),
        "priority": via("priorityid", "taskpriority", "name"),
    },
    "task": {
        "color": via("priorityid", "taskpriority", "color"),
        "priority": via("priorityid", "taskpriority", "priority"),
        "severity": via("priorityid", "taskpriority", "name"),
        "status": via("statusid", "taskstatus", "name"),
        "status_order": via("statusid", "taskstatus", "priority"),
        "project": via(*_PROJECT, "name"),
        "clientid": via(*_PROJECT, "clientid"),
        "clientlocalid": via(*_CLIENT, "localid"),
        "client": via(*_CLIENT, "name"),
        "milestone": via("milestoneid", "milestone", "title"),
        "module": via("moduleid", "module", "name"),
        "projectlocalid": via(*_PROJECT, "localid"),
        "assignees": _people("assigneeid"),
        "assignee": _people("assigneeid"),
        "followers": _people("followerid"),
        "owners": _people("ownerid"),
        "billable": sums.task_billable,
        "unbillable": sums.task_unbillable,
        "actual": sums.task_actual,
        "projectlabel": via(*_LABEL, "name"),
        "projectlabel_order": via(*_LABEL, "priority"),
        "projectlabelid": via(*_PROJECT, "labelid"),
        "personid": _same("assigneeid"),
    },
    "tasklistfilter": {"person": _person("personid")},
    "tasknote": {"author": _person("authorid")},
    "time": {
        "dateiso": _same("date"),
        "module": via("moduleid", "module", "name"),
        "project": via(*_PROJECT, "name"),
        "worktype": via("worktypeid", "worktype", "name"),
        "tasklocalid": via(*_TASK, "localid", missing=""),
        "task": via(*_TASK, "title", missing=""),
        "firstname": via("personid", "person", "firstname"),
        "lastname": via("personid", "person", "lastname"),
        "active": via("personid", "person", "active"),
        "person": _person("personid"),
        "clientid": via(*_PROJECT, "clientid"),
        "client": via(*_CLIENT, "name", missing="No client"),
        "clientactive": via(*_CLIENT, "active", missing="f"),
        "statusid": via(*_TASK, "statusid"),
        "hourlyrate": sums.hourly_rate,
        "milestoneid": via(*_TASK, "milestoneid"),
    },
    "timer": {
        "timelapsed": sums.timer_elapsed,
        "isrunning": _running,
        "totaltime": sums.timer_total,
        "projectid": via(*_TASK, "projectid"),
        "clientid": via(*_TASK, *_PROJECT, "clientid"),
    },
}
