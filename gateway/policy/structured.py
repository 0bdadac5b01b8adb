"""Structured field values (RFC 9651): the dictionaries and lists that cache fields are made of.

Only what a cache reads: values of members, without their parameters. A field that breaks the grammar anywhere is
no field at all (§4.2), so reading gives None then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = r"(?P<key>[a-z*][a-z0-9_.*-]*)"
_BARE = (
    r'(?:(?P<string>"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*")'
    r"|(?P<decimal>-?\d{1,12}\.\d{1,3})|(?P<integer>-?\d{1,15})(?![\d.])"
    r"|(?P<boolean>\?[01])|(?P<token>[A-Za-z*][\w!#$%&'*+.^`|~:/-]*)"
    r'|(?P<other>:[A-Za-z0-9+/=]*:|@-?\d{1,15}|%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"))'
)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _BARE)
_PARAMETERS = rf"(?:; *[a-z*][a-z0-9_.*-]*(?:={_UNNAMED})?)*"
_INNER = rf"(?P<inner>\( *(?:{_UNNAMED}{_PARAMETERS}(?: +{_UNNAMED}{_PARAMETERS})* *)?\))"
_VALUE = rf"(?:{_BARE}|{_INNER})"
_MEMBER = re.compile(rf"{_KEY}(?:={_VALUE})?{_PARAMETERS}", re.ASCII)
_ITEM = re.compile(rf"{_VALUE}{_PARAMETERS}", re.ASCII)
_COMMA = re.compile(r"[ \t]*,[ \t]*")


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value of a type that no cache field uses: token, decimal, bytes, date, inner list."""

    text: str


Value = str | int | bool | Opaque
"""A string, an integer, a boolean, or something else."""


def dictionary(value: str) -> dict[str, Value] | None:
    """Read a Dictionary (§3.2); of a repeated key the last counts. None: malformed."""
    members = _members(value, _MEMBER)
    return None if members is None else {member["key"]: _value(member) for member in members}


def items(value: str) -> list[Value] | None:
    """Read a List (§3.1). None: malformed."""
    members = _members(value, _ITEM)
    return None if members is None else [_value(member) for member in members]


def _members(value: str, form: re.Pattern[str]) -> list[re.Match[str]] | None:
    text, position, found = value.strip(" \t"), 0, []
    while position < len(text):
        member = form.match(text, position)
        if member is None:
            return None
        found.append(member)
        position = member.end()
        if position == len(text):
            break
        comma = _COMMA.match(text, position)
        if comma is None or comma.end() == len(text):
            return None
        position = comma.end()
    return found


def _value(found: re.Match[str]) -> Value:
    if (string := found["string"]) is not None:
        return re.sub(r"\\(.)", r"\1", string[1:-1])
    if found["integer"] is not None:
        return int(found["integer"])
    if found["boolean"] is not None:
        return bool(found["boolean"] == "?1")
    opaque = found["decimal"] or found["token"] or found["other"] or found["inner"]
    return True if opaque is None else Opaque(opaque)
