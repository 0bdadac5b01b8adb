"""What is sent in a write, checked against the documented fields and turned into the service's own text."""

import html
import re

from gateway.simulator import values
from gateway.simulator.bodies import Fields, Given
from gateway.simulator.catalogue import Field, Resource
from gateway.simulator.errors import Refused
from gateway.simulator.tables import World
from gateway.simulator.values import Row

_REFERENCES = {
    "assigneeid": "person", "clientid": "client", "contactdescriptorid": "contactdescriptor",
    "contacttypeid": "contacttype", "followerid": "person", "groupid": "group", "invoiceid": "invoice",
    "labelid": "projectlabel", "managerid": "person", "milestoneid": "milestone", "moduleid": "module",
    "ownerid": "person", "personid": "person", "priorityid": "taskpriority", "projectid": "project",
    "statusid": "taskstatus", "taskid": "task", "termid": "invoiceterm", "typeid": "paymenttype",
    "worktypeid": "worktype",
}  # fmt: skip
_ZERO_IS_NEW = frozenset({("projectmodule", "moduleid"), ("projectworktype", "worktypeid")})
"""Where 0 is no reference but asks for one of the project's own."""
_BARE_AMPERSAND = re.compile(r"&(?!(#\d+|#x[0-9a-fA-F]+|\w+);)")
_STRIPPED = re.compile(r"<(script|style|iframe)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_READERS = {
    "boolean": values.boolean,
    "date": values.day,
    "datetime": values.moment,
    "double": values.decimal,
    "integer": values.integer,
}


def changes(world: World, resource: Resource, given: Fields, *, creating: bool) -> Row:
    """The columns to write. Fields that can only be read are passed over, so that an element can be sent back whole.

    Raises Refused 17 for an unknown field (if strict), 18 for a missing, wrong, too long or dangling one, naming it.
    """
    row: Row = {}
    for name, value in given.items():
        field = resource.fields.get(name)
        if field is None and world.options.strict and name != "id":
            raise Refused(17, f"The field {name} was not recognised.")
        if field is not None and field.type is not None:
            row[name] = _converted(world, resource, field, value)
    _demand_required(resource, row, creating=creating)
    return row


def _demand_required(resource: Resource, row: Row, *, creating: bool) -> None:
    for field in resource.fields.values():
        if creating and field.name not in row and field.default is not None:
            row[field.name] = field.default
        if field.required and (creating or field.name in row) and not row.get(field.name):
            raise Refused(18, f"{field.name} is required.")


def _converted(world: World, resource: Resource, field: Field, value: Given) -> str | None:
    if value is None:
        return None
    text = ("t" if value else "f") if isinstance(value, bool) else str(value)
    if field.type in {"string", "html"}:
        return _text(world, field, text)
    if not text.strip():
        return None
    read = _csv if field.multi else _READERS[field.type or ""]
    converted = read(text)
    if converted is None:
        expected = "integers in CSV" if field.multi else f"a value of type {field.type}"
        raise Refused(18, f"{field.name} expects {expected}.")
    if converted != "0" or (resource.name, field.name) not in _ZERO_IS_NEW:
        _demand_reference(world, field, converted)
    return converted


def _csv(text: str) -> str | None:
    numbers = values.integers(text)
    return None if numbers is None else ",".join(numbers)


def _demand_reference(world: World, field: Field, numbers: str) -> None:
    table = _REFERENCES.get(field.name)
    if table is None:
        return
    for number in numbers.split(","):
        if world.find(table, number) is None:
            raise Refused(18, f"Invalid {field.name.removesuffix('id')}: {field.name} {number} is not a known {table}.")


def _text(world: World, field: Field, text: str) -> str:
    """Plain text comes back with its reserved characters escaped, entities already there are kept; HTML loses the
    elements that can run."""
    if field.max is not None and len(html.unescape(text)) > field.max:
        raise Refused(18, f"{field.name} may have {field.max} characters at most.")
    if field.type == "html":
        return _STRIPPED.sub("", text)
    if not world.options.escape_text:
        return text
    return _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
