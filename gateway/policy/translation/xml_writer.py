"""Write values as XML in pieces, exactly as the API prints them: no white space between elements.

Text that holds & < or > goes into CDATA. A carriage return is written as a character reference, outside CDATA,
because a parser turns a bare one into a line feed (XML 1.0 §2.11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from gateway.policy.translation.document import Body, Number, Untranslatable, Value
from gateway.policy.translation.shapes import ITEM, scalar_text

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

_FLAT = 256
"""Containers of scalars up to this length are written at once; longer ones one member at a time."""

_EXCLUDED = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # XML 1.0 §2.2, Char
_excluded = re.compile(_EXCLUDED)
_special = re.compile(f"[&<>\r]|{_EXCLUDED}")
_name = re.compile("[A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\xff][A-Za-z0-9_.\xc0-\xd6\xd8-\xf6\xf8-\xff-]*")
"""Names that every XML parser knows, whichever edition's tables it has; without a colon, which would be a prefix."""


class Fidelity(Protocol):
    """What to make of a value that XML cannot carry as it is; `name` is that of its element or attribute."""

    def text(self, name: str, text: str) -> str:
        """Return a text without excluded characters."""

    def ambiguous(self, name: str) -> None:
        """Allow a list or object that would be read back as something else (see `shapes`), by returning."""


class Strict:
    """For request bodies: nothing that a caller writes is changed without a word. Raises `Untranslatable`."""

    def text(self, name: str, text: str) -> str:
        found = _excluded.search(text)
        if found is None:
            return text
        raise Untranslatable(name, f"the character U+{ord(found[0]):04X} cannot be written in XML")

    def ambiguous(self, name: str) -> None:
        raise Untranslatable(name, f"nothing in it, or {ITEM} alone: in XML that would be another value")


class Replacing:
    """For answers, which are worth more than one character of them: U+FFFD for each excluded one, and counted."""

    def __init__(self) -> None:
        self.count = 0

    def text(self, _name: str, text: str) -> str:
        repaired, replaced = _excluded.subn("\ufffd", text)
        self.count += replaced
        return repaired

    def ambiguous(self, _name: str) -> None:
        return


class XmlWriter:
    """Turn names and values into pieces of text of bounded length (a single string is never divided)."""

    def __init__(self, fidelity: Fidelity) -> None:
        self._fidelity = fidelity
        self._tags: dict[str, tuple[str, str, str]] = {}

    def root(self, name: str, attributes: dict[str, str], value: Body) -> Iterator[str]:
        """Write a whole XML document whose root has attributes."""
        opening, closing, _ = self._tag(name)
        written = "".join(f' {_checked(key)}="{self._attribute(key, text)}"' for key, text in attributes.items())
        yield f"{DECLARATION}{opening[:-1]}{written}>"
        for key, member in _members(value):
            yield from self.element(key, member)
        yield closing

    def element(self, name: str, value: Value) -> Iterator[str]:
        """Write one element with all that is in it."""
        if not isinstance(value, list | dict):
            yield self._leaf(name, value)
            return
        if not value or (len(value) == 1 and isinstance(value, dict) and ITEM in value):
            self._fidelity.ambiguous(name)
        at_once = self._flat(name, value) if len(value) <= _FLAT else None
        if at_once is not None:
            yield at_once
            return
        opening, closing, _ = self._tag(name)
        yield opening
        for key, member in _members(value):
            yield from self.element(key, member)
        yield closing

    def _flat(self, name: str, container: Body) -> str | None:
        """Write a container of scalars, or return None if it holds another container."""
        opening, closing, _ = self._tag(name)
        parts = [opening]
        tags, special = self._tags, _special.search
        for key, value in _members(container):
            if isinstance(value, str):
                tag = tags.get(key) or self._tag(key)
                parts += (tag[0], self._text(key, value) if special(value) else value, tag[1])
            elif isinstance(value, list | dict):
                return None
            else:
                parts.append(self._leaf(key, value))
        parts.append(closing)
        return "".join(parts)

    def _leaf(self, name: str, value: str | int | Number | None) -> str:
        opening, closing, empty = self._tag(name)
        if value is None:
            return empty
        text = scalar_text(value)
        return f"{opening}{self._text(name, text) if _special.search(text) else text}{closing}"

    def _tag(self, name: str) -> tuple[str, str, str]:
        tag = self._tags.get(name)
        if tag is None:
            tag = self._tags[name] = (f"<{_checked(name)}>", f"</{name}>", f"<{name}/>")
        return tag

    def _text(self, name: str, text: str) -> str:
        return "&#13;".join(map(_section, self._fidelity.text(name, text).split("\r")))

    def _attribute(self, name: str, text: str) -> str:
        written = self._fidelity.text(name, text).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        return written.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _members(value: Body) -> Iterable[tuple[str, Value]]:
    return value.items() if isinstance(value, dict) else ((ITEM, member) for member in value)


def _section(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
    return text


def _checked(name: str) -> str:
    if not _name.fullmatch(name):
        raise Untranslatable(name, "this is not a name in XML")
    return name
