"""What is special about writing single resources: columns the service fills in, and demands beyond the field table.

A rule gets the stored row (None on create) and the columns to write; it adds to them or refuses.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from gateway.simulator.errors import Refused
from gateway.simulator.roles import Caller
from gateway.simulator.seed_lookups import CLOSED_STATUS
from gateway.simulator.tables import World
from gateway.simulator.values import Row, number_of

Rule = Callable[[Caller, Row | None, Row], None]


def _client(caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row["localid"] = next_local_id(caller.world, "client", 4)


def _person(caller: Caller, stored: Row | None, row: Row) -> None:
    whole = {**(stored or {}), **row}
    row.pop("password", None)
    if whole.get("username"):
        for name in ("email", "groupid"):
            if not whole.get(name):
                raise Refused(18, f"{name} is required for a person who can log in.")
    if stored is None:
        row |= {
            "localid": next_local_id(caller.world, "person", 4), "primaryaccount": "f", "tips": "t", "numlogins": "0",
            "lastlogin": None, "timezone": "UTC", "timezone_offset": "+00:00", "restricttasks": "f",
            "calendarorientation": "h", "editordisabled": "f", "allprojects": row.get("allprojects") or "f",
        }  # fmt: skip


def _personcontact(caller: Caller, stored: Row | None, row: Row) -> None:
    whose = {(stored or row)["personid"], row.get("personid", (stored or row)["personid"])}
    if caller.group != "A" and whose != {caller.person}:
        raise Refused(10, "Only administrators may edit contacts of other people.")
    for written, read in (("contacttypeid", "contact_type_id"), ("contactdescriptorid", "contact_descriptor_id")):
        if written in row:
            row[read] = row.pop(written)
    whole = {**(stored or {}), **row}
    descriptor = caller.world.get("contactdescriptor", whole["contact_descriptor_id"])
    if descriptor.get("contacttypeid") != whole["contact_type_id"]:
        raise Refused(18, "Invalid contactdescriptor: contactdescriptorid does not belong to contacttypeid.")


def _project(caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row |= {"localid": next_local_id(caller.world, "project", 4), "alert_date": None}


def _own_kind(table: str, name: str) -> Rule:
    """projectmodule and projectworktype: 0 makes a module or work type of the project's own, under the given name."""
    column = f"{table}id"

    def rule(caller: Caller, stored: Row | None, row: Row) -> None:
        if stored and row.get("projectid", stored["projectid"]) != stored["projectid"]:
            raise Refused(18, "projectid cannot be changed.")
        given = row.pop(name, None)
        if stored is None and row.get(column) in {None, "0"}:
            if not given:
                raise Refused(18, f"{name} is required unless {column} is given.")
            own = {"name": given, "active": "t", "ownproject": row["projectid"], "description": None}
            row[column] = caller.world.insert(table, {**own, "defaulthourlyrate": row.get("hourlyrate")})["id"]
        elif stored and row.get(column) == "0":
            del row[column]

    return rule


def _milestone(caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row["localid"] = next_local_id(caller.world, "milestone", 3)


def _task(caller: Caller, stored: Row | None, row: Row) -> None:
    clock = caller.world.clock
    row["datemodified"] = clock.timestamp_text()
    if stored is None:
        row |= {"localid": next_local_id(caller.world, "task", 1), "queueid": None, "datecreated": str(clock.today())}
    if "statusid" in row and "dateclosed" not in row:
        closed = caller.world.get("taskstatus", row["statusid"]).get("name") == CLOSED_STATUS
        already = (stored or {}).get("dateclosed")
        row["dateclosed"] = (already or str(clock.today())) if closed else None


def _time(caller: Caller, stored: Row | None, row: Row) -> None:
    world = caller.world
    whole = {**(stored or {}), **row}
    task = world.find("task", whole.get("taskid"))
    if task is not None:
        row |= {"projectid": task["projectid"], "moduleid": task["moduleid"]}
    for name in ("projectid", "moduleid"):
        if not {**whole, **row}.get(name):
            raise Refused(18, f"{name} is required for general time; taskid for time on a task.")
    project = {**whole, **row}["projectid"]
    kinds = {own["worktypeid"] for own in world.index("projectworktype", "projectid").get(project, [])}
    if whole["worktypeid"] not in kinds:
        raise Refused(18, "Invalid worktype: worktypeid is not associated with the project.")
    row["datemodified"] = row.get("datemodified") or world.clock.timestamp_text()
    if stored is None:
        row["approved"] = "f"


def _timer(caller: Caller, stored: Row | None, row: Row) -> None:
    world = caller.world
    whole = {**(stored or {}), **row}
    for other in world.index("timer", "taskid").get(whole.get("taskid"), []) if whole.get("taskid") else []:
        if other is not stored and other["personid"] == whole["personid"]:
            raise Refused(18, "taskid: this person already has a timer on the task.")
    if stored is None and not row.get("starttime") and not row.get("time"):
        row["starttime"] = world.clock.timestamp_text()
    if stored is None or "time" in row:
        row["time"] = row.get("time") or "0"
    row["lastupdate"] = str(world.clock.today())


def _note(caller: Caller, stored: Row | None, row: Row) -> None:
    now = caller.world.clock.timestamp_text()
    if stored is None:
        authored = {"authorid": caller.person, "title": "Comment", "actions": None}
        row |= {**authored, **row, "date": row.get("date") or now}
    row["datemodified"] = now
    if caller.group == "E" and "public" in row:
        row["public"] = "t"


def _projectnote(caller: Caller, stored: Row | None, row: Row) -> None:
    _note(caller, stored, row)
    if stored is None:
        row["localid"] = next_local_id(caller.world, "projectnote", 1)


def _request(caller: Caller, stored: Row | None, row: Row) -> None:
    clock = caller.world.clock
    if stored is None:
        row["date"] = clock.timestamp_text()
        row["datedue"] = row.get("datedue") or str(clock.today() + timedelta(days=7))
        return
    if caller.group in {"R", "E"} and stored["personid"] != caller.person:
        raise Refused(10, "Only your own requests can be changed.")
    if caller.group == "M" and row.get("personid", stored["personid"]) != stored["personid"]:
        raise Refused(10, "The person of a request cannot be changed.")


def _money(caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row["personid"] = row.get("personid") or caller.person


def _invoice(caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row["localid"] = next_local_id(caller.world, "invoice", 4)
    elif not stored["datebegin"] and not stored["dateend"] and (row.get("datebegin") or row.get("dateend")):
        raise Refused(18, "datebegin and dateend cannot be given to a freeform invoice.")


def _invoiceitem(_caller: Caller, stored: Row | None, row: Row) -> None:
    if stored is None:
        row["custom"] = "t"
    elif stored["custom"] == "f":
        for name, value in row.items():
            if name != "description" and value != stored[name]:
                raise Refused(18, f"{name} cannot be changed on a generated line.")
    whole = {**(stored or {}), **row}
    if whole.get("quantity") and whole.get("rate"):
        product = number_of(whole["quantity"]) * number_of(whole["rate"])
        if abs(product - number_of(whole["amount"])) > 0.005:
            raise Refused(18, "amount must equal quantity x rate.")


def next_local_id(world: World, table: str, width: int) -> str:
    """The number after the highest one of the account, with leading zeros."""
    highest = max((int(row["localid"] or 0) for row in world.rows(table)), default=0)
    return f"{highest + 1:0{width}d}"


RULES: Mapping[str, Rule] = {
    "client": _client,
    "expense": _money,
    "invoice": _invoice,
    "invoiceitem": _invoiceitem,
    "invoicenote": _note,
    "milestone": _milestone,
    "milestonenote": _note,
    "payment": _money,
    "person": _person,
    "personcontact": _personcontact,
    "project": _project,
    "projectmodule": _own_kind("module", "module"),
    "projectnote": _projectnote,
    "projectworktype": _own_kind("worktype", "worktype"),
    "request": _request,
    "task": _task,
    "tasknote": _note,
    "time": _time,
    "timer": _timer,
}
