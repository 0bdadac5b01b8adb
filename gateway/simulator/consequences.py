"""What a write brings about elsewhere: notes the service writes itself, generated invoice lines, teams, and the rows
that go when the one they belong to is deleted."""

from collections.abc import Callable, Mapping

from gateway.simulator.errors import Refused
from gateway.simulator.roles import Caller
from gateway.simulator.sums import hourly_rate
from gateway.simulator.tables import World
from gateway.simulator.values import Row, decimal_text, ids_of, number_of

_DELETED = {
    "project": (
        ("task", "projectid"), ("time", "projectid"), ("milestone", "projectid"), ("projectmodule", "projectid"),
        ("projectworktype", "projectid"), ("projectnote", "projectid"), ("expense", "projectid"),
        ("payment", "projectid"), ("invoice", "projectid"), ("document", "projectid"), ("request", "projectid"),
    ),
    "task": (("time", "taskid"), ("tasknote", "taskid"), ("timer", "taskid"), ("document", "taskid")),
    "milestone": (("milestonenote", "milestoneid"),),
    "invoice": (("invoiceitem", "invoiceid"), ("invoicenote", "invoiceid")),
    "person": (("personcontact", "personid"), ("timer", "personid"), ("tasklistfilter", "personid")),
}  # fmt: skip
_CLEARED = {
    "client": (("project", "clientid"), ("person", "clientid")),
    "milestone": (("task", "milestoneid"), ("document", "milestoneid")),
    "invoice": (("payment", "invoiceid"),),
    "request": (("task", "queueid"), ("document", "queueid")),
}
_PEOPLE = (
    ("task", "assigneeid"), ("task", "followerid"), ("task", "ownerid"), ("milestone", "ownerid"),
    ("project", "managerid"),
)  # fmt: skip
"""Columns that hold several people in CSV."""


def after_save(caller: Caller, resource: str, row: Row, changed: Row, *, created: bool) -> None:
    """Follow a create or update that has been stored; `changed` are the columns that were written."""
    follow = _AFTER.get(resource)
    if follow is not None:
        follow(caller, row, changed, created=created)


def remove(caller: Caller, resource: str, row: Row) -> None:
    """Delete a row, and with it the rows that cannot be without it.

    Raises Refused 18 for a generated invoice line and for a person with time entries.
    """
    world = caller.world
    if resource == "invoiceitem" and row["custom"] == "f":
        raise Refused(18, "A generated line cannot be deleted.")
    if resource == "person" and world.index("time", "personid").get(row["id"]):
        raise Refused(18, "A person with time entries cannot be deleted.")
    _cascade(world, resource, row)
    if resource == "project":
        world.teams.pop(row["id"] or "", None)
    if resource == "person":
        _forget_person(world, row["id"] or "")


def _cascade(world: World, resource: str, row: Row) -> None:
    for table, column in _DELETED.get(resource, ()):
        for below in list(world.index(table, column).get(row["id"], [])):
            if world.find(table, below["id"]) is not None:
                _cascade(world, table, below)
    for table, column in _CLEARED.get(resource, ()):
        for beside in list(world.index(table, column).get(row["id"], [])):
            world.change(table, beside, {column: None})
    world.remove(resource, row)


def _forget_person(world: World, person: str) -> None:
    for team in world.teams.values():
        team.pop(person, None)
    for table, column in _PEOPLE:
        for row in world.rows(table):
            people = ids_of(row[column])
            if person in people:
                world.change(table, row, {column: ",".join(other for other in people if other != person) or None})


def _system_note(table: str, column: str, subject: str) -> Callable[..., None]:
    """Write the note that documents a change (seen for invoices and milestones, concluded for tasks)."""

    def write(caller: Caller, row: Row, _changed: Row, *, created: bool) -> None:
        now = caller.world.clock.timestamp_text()
        verb = "Created" if created else "Updated"
        caller.world.insert(
            table,
            {
                column: row["id"],
                "title": f"{subject} {verb}",
                "note": "",
                "public": "f",
                "date": now,
                "datemodified": now,
                "authorid": caller.person,
                "actions": f"<p>{subject} {verb.lower()} &amp; saved</p>",
            },
        )

    return write


def _invoice(caller: Caller, row: Row, changed: Row, *, created: bool) -> None:
    _system_note("invoicenote", "invoiceid", "Invoice")(caller, row, changed, created=created)
    if (row["datebegin"] or row["dateend"]) and {"datebegin", "dateend"} & changed.keys():
        _generate_lines(caller.world, row)


def _generate_lines(world: World, invoice: Row) -> None:
    """Replace the generated lines by the billable hours of the period, one line a work type; custom lines stay."""
    for line in list(world.index("invoiceitem", "invoiceid").get(invoice["id"], [])):
        if line["custom"] == "f":
            world.remove("invoiceitem", line)
    spent: dict[tuple[str, str], float] = {}
    for entry in world.index("time", "projectid").get(invoice["projectid"], []):
        day = entry["date"] or ""
        within = (invoice["datebegin"] or "") <= day <= (invoice["dateend"] or "9999")
        if within and entry["billable"] == "t":
            kind = (entry["worktypeid"] or "", hourly_rate(world, entry))
            spent[kind] = spent.get(kind, 0.0) + number_of(entry["time"])
    for (worktype, rate), hours in sorted(spent.items()):
        world.insert(
            "invoiceitem",
            {
                "invoiceid": invoice["id"],
                "name": world.get("worktype", worktype).get("name"),
                "description": None,
                "quantity": decimal_text(hours),
                "rate": rate,
                "amount": decimal_text(hours * number_of(rate)),
                "custom": "f",
            },
        )


def _project(caller: Caller, row: Row, changed: Row, *, created: bool) -> None:
    """Those who manage a project are on its team."""
    team = caller.world.teams.setdefault(row["id"] or "", {})
    if created or "managerid" in changed:
        for person in ids_of(row["managerid"]):
            if caller.world.get("person", person).get("groupid") != "1":
                team.setdefault(person, True)


_AFTER: Mapping[str, Callable[..., None]] = {
    "invoice": _invoice,
    "milestone": _system_note("milestonenote", "milestoneid", "Milestone"),
    "project": _project,
    "task": _system_note("tasknote", "taskid", "Task"),
}
