"""Writing: create, update and delete a member; add people to a project's team and take them off."""

from gateway.simulator import consequences
from gateway.simulator.answers import Answer
from gateway.simulator.bodies import Fields
from gateway.simulator.catalogue import Resource
from gateway.simulator.errors import Refused
from gateway.simulator.listing import display, require, team, visible_row
from gateway.simulator.roles import Caller, demand
from gateway.simulator.validation import changes
from gateway.simulator.values import Row, integer
from gateway.simulator.write_rules import RULES


def save(caller: Caller, resource: Resource, number: str | None, records: list[Fields]) -> Answer:
    """Update the member if an id is given, in the path, the query or the body; create one otherwise, PUT or POST.

    Raises Refused 10, 14, 16, 17 or 18.
    """
    if len(records) != 1:
        raise Refused(18, "The body must be one object.")
    given = records[0]
    if number is None and given.get("id") not in {None, ""}:
        number = integer(str(given["id"]))
        if number is None:
            raise Refused(18, "id expects an integer.")
    return _create(caller, resource, given) if number is None else _update(caller, resource, number, given)


def _create(caller: Caller, resource: Resource, given: Fields) -> Answer:
    demand(resource.member, "POST", caller)
    wanted = changes(caller.world, resource, given, creating=True)
    _apply_rule(caller, resource, None, wanted)
    empty: Row = {field.name: None for field in resource.fields.values() if field.type and field.response}
    row = caller.world.insert(resource.name, empty | wanted)
    consequences.after_save(caller, resource.name, row, wanted, created=True)
    return Answer(int(caller.person), resource.name, display(caller, resource, row, {}), status=201)


def _update(caller: Caller, resource: Resource, number: str, given: Fields) -> Answer:
    demand(resource.member, "PUT", caller)
    row = visible_row(caller, resource, number)
    wanted = changes(caller.world, resource, given, creating=False)
    _apply_rule(caller, resource, row, wanted)
    caller.world.change(resource.name, row, wanted)
    consequences.after_save(caller, resource.name, row, wanted, created=False)
    return Answer(int(caller.person), resource.name, display(caller, resource, row, {}), status=202)


def _apply_rule(caller: Caller, resource: Resource, stored: Row | None, wanted: Row) -> None:
    rule = RULES.get(resource.name)
    if rule is not None:
        rule(caller, stored, wanted)


def delete(caller: Caller, resource: Resource, number: str) -> Answer:
    """Delete a member; nothing but the envelope is answered. Raises Refused 10, 14, 16 or 18."""
    demand(resource.member, "DELETE", caller)
    row = visible_row(caller, resource, number)
    if resource.name == "personcontact":
        _apply_rule(caller, resource, row, {})
    if resource.name == "request" and caller.group != "A" and row["personid"] != caller.person:
        raise Refused(10, "Only your own requests can be deleted.")
    consequences.remove(caller, resource.name, row)
    return Answer(int(caller.person))


def change_team(caller: Caller, resource: Resource, method: str, project: str | None, records: list[Fields]) -> Answer:
    """Add the people of the body to the project's team (POST, PUT) or take them off (DELETE).

    The id in the path is the project's. Raises Refused 10, 14, 17 or 18.
    """
    demand(resource.member, method, caller)
    number = project or integer(str(records[0].get("projectid", "")))
    if number is None:
        raise Refused(18, "projectid is required.")
    require(caller, "project", number)
    wanted = [changes(caller.world, resource, record, creating=True) for record in records]
    members = caller.world.teams.setdefault(number, {})
    for row in wanted:
        person = row["personid"] or ""
        if method == "DELETE":
            members.pop(person, None)
        elif caller.world.get("person", person).get("groupid") == "1":
            raise Refused(18, f"Invalid person: personid {person} is an administrator, who sees every project.")
        else:
            members[person] = row.get("securenotes") == "t"
    if method == "DELETE":
        return Answer(int(caller.person))
    return Answer(int(caller.person), resource.name, team(caller, number), status=201 if method == "POST" else 202)
