"""Write values as JSON in pieces, as PHP's json_encode does for the API: compact, ASCII only, slashes escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring_ascii

from gateway.policy.translation.document import Number, Value

_FLAT = 256
"""Containers of scalars up to this length are written at once; longer ones one member at a time."""

_escaped_delete = re.compile(r"(?<!\\)((?:\\\\)*)\\u007f")


class JsonWriter:
    """Turn values into pieces of text of bounded length (a single string is never divided)."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def value(self, value: Value) -> Iterator[str]:
        """Write one value with all that is in it."""
        if not isinstance(value, list | dict):
            yield _scalar(value)
            return
        at_once = self._flat(value) if len(value) <= _FLAT else None
        if at_once is not None:
            yield at_once
            return
        yield "{" if isinstance(value, dict) else "["
        separator = ""
        for key, member in self._members(value):
            yield separator + key
            yield from self.value(member)
            separator = ","
        yield "}" if isinstance(value, dict) else "]"

    def _flat(self, value: list[Value] | dict[str, Value]) -> str | None:
        """Write a container of scalars, or return None if it holds another container."""
        parts: list[str] = []
        for key, member in self._members(value):
            if isinstance(member, str):
                parts.append(key + _quoted(member))
            elif isinstance(member, list | dict):
                return None
            else:
                parts.append(key + _scalar(member))
        text = ",".join(parts)
        return f"{{{text}}}" if isinstance(value, dict) else f"[{text}]"

    def _members(self, value: list[Value] | dict[str, Value]) -> Iterable[tuple[str, Value]]:
        if isinstance(value, list):
            return (("", member) for member in value)
        return ((self._keys.get(key) or self._key(key), member) for key, member in value.items())

    def _key(self, name: str) -> str:
        key = self._keys[name] = f"{_quoted(name)}:"
        return key


def _scalar(value: str | int | Number | None) -> str:
    match value:
        case None:
            return "null"
        case str():
            return _quoted(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Number(text):
            return text


def _quoted(text: str) -> str:
    quoted = encode_basestring_ascii(text)
    if "/" in quoted:
        quoted = quoted.replace("/", "\\/")
    # Python escapes DEL, PHP does not
    return _escaped_delete.sub("\\1\x7f", quoted) if "\x7f" in text else quoted
