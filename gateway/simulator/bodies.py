"""Bodies of writes, in either format, as one record of fields or several."""

import json

from gateway.simulator.errors import Refused
from gateway.simulator.xml_reader import Element, read_xml

Given = str | int | float | bool | None
Fields = dict[str, Given]


def read_body(body: bytes, content_type: str, resource: str) -> list[Fields]:
    """The records in a body; an empty body is one record without fields.

    Raises Refused 18 if the Content-Type is neither application/json nor application/xml, or the body does not fit it.
    """
    if not body:
        return [{}]
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json":
        return _from_json(body)
    if media == "application/xml":
        return _from_xml(body, resource)
    raise Refused(18, "Content-Type must be application/json or application/xml.")


def _from_json(body: bytes) -> list[Fields]:
    try:
        decoded = json.loads(body)
    except ValueError as error:  # also a number of more digits than the interpreter reads
        raise Refused(18, f"The JSON cannot be read: {error}.") from error
    records = decoded if isinstance(decoded, list) else [decoded]
    for record in records:
        if not isinstance(record, dict):
            raise Refused(18, "The JSON must be an object.")
        for name, value in record.items():
            if isinstance(value, list | dict):
                raise Refused(18, f"{name} must be a single value.")
    return records


def _from_xml(body: bytes, resource: str) -> list[Fields]:
    root = read_xml(body)
    if root.name != resource:
        raise Refused(18, f"The root element must be {resource}, not {root.name}.")
    if root.children and all(child.name == "item" for child in root.children):
        return [_record(item) for item in root.children]
    return [_record(root)]


def _record(element: Element) -> Fields:
    for child in element.children:
        if child.children:
            raise Refused(18, f"{child.name} must be a single value.")
    return {child.name: None if child.closed_itself else child.text for child in element.children}
