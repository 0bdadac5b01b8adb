"""What each format says in its own way, as tables: the same answer as an XML tree and as a JSON object.

In XML the envelope's scalars are attributes of the root `<intervals>`, a list's members are elements named `item`,
`<a/>` is null and `<a></a>` is "". Reading back what was written gives the same document, except where XML has no
word for the difference:
- numbers and booleans come back as strings (booleans as t or f), but for `INTEGERS` and an error's code;
- a string that looks like an integer comes back as one under the names in `INTEGERS`;
- an empty list or object comes back as "", but for the payload, which is [] then, and for `LISTS`;
- a payload of null comes back as [] beside a listcount;
- an object whose only field is `item` comes back as a list of one;
- the envelope's order: its scalars come first, those of `JSON_ORDER` before others;
- characters that XML 1.0 excludes are replaced in answers (and counted) and refused in request bodies.
"""

from __future__ import annotations

import re

from gateway.policy.translation.document import Document, Fields, Number, Value

ROOT = "intervals"
ITEM = "item"

ATTRIBUTE_ORDER = ("status", "code", "personid", "listcount")
JSON_ORDER = ("personid", "status", "code", "listcount")
INTEGERS = frozenset({"code", "personid", "listcount"})

LISTS = {"projectteam": frozenset({"personid"})}
"""Fields that hold a list inside one record, by resource: empty, they are [] and not ""."""

BLANK = " \t\r\n"
"""White space of both formats (XML 1.0 §2.3, RFC 8259 §2)."""

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")


def scalar_text(value: str | int | Number) -> str:
    """Write a scalar as the API does in a record: booleans are t or f, numbers keep their characters."""
    match value:
        case str():
            return value
        case bool():
            return "t" if value else "f"
        case int():
            return str(value)
        case Number(text):
            return text


def split_envelope(document: Document) -> tuple[dict[str, str], Fields]:
    """Divide the envelope into the root's attributes, in their order, and its child elements.

    A null scalar becomes an element: an attribute cannot say null.
    """
    names = [name for name in ATTRIBUTE_ORDER if name in document.fields]
    names += [name for name in document.fields if name not in ATTRIBUTE_ORDER]
    attributes: dict[str, str] = {}
    children: Fields = {}
    for name in names:
        value = document.fields[name]
        if value is None or isinstance(value, list | dict):
            children[name] = value
        else:
            attributes[name] = scalar_text(value)
    return attributes, children


def join_envelope(attributes: dict[str, str], children: Fields) -> Document:
    """Build the document that `split_envelope` would divide so."""
    names = [name for name in JSON_ORDER if name in attributes]
    names += [name for name in attributes if name not in JSON_ORDER]
    fields: Fields = {name: _integer(attributes[name]) if name in INTEGERS else attributes[name] for name in names}
    counted = "listcount" in fields
    for name, value in children.items():
        fields[name] = _payload(name, value, counted=counted)
    return Document(fields)


def _payload(name: str, value: Value, *, counted: bool) -> Value:
    if value is None:
        return [] if counted else None
    if isinstance(value, str):
        return value if value.strip(BLANK) else []
    if isinstance(value, dict):
        for field in LISTS.get(name, frozenset()):
            if value.get(field) == "":
                value[field] = []
        code = value.get("code")
        if name == "error" and isinstance(code, str):
            value["code"] = _integer(code)
    return value


def _integer(text: str) -> str | int:
    return int(text) if _INTEGER.fullmatch(text) else text
