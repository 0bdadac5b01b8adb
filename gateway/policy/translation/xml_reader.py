"""Read XML as plain values, fed in slices: one reader for answers and for what callers send.

Children named `item` make a list, other children an object, none a string; `<a/>` is null and `<a></a>` is "".
What has no place in that is refused with its line and column: text beside children, a name twice in one object, an
attribute below the root. There is no DTD, so no entity but the five predefined ones, and nothing is ever fetched.
"""

from __future__ import annotations

from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Final, NoReturn

from gateway.policy.translation.document import Value
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.shapes import BLANK, ITEM
from gateway.policy.translation.steps import Steps

SLICE = 16 * 1024
"""Bytes a step, about a millisecond."""

_PENDING = 64 * 1024
"""Bytes that expat may hold back for the end of one tag, comment or instruction; it accepts 16 KiB of them for sure.

Before 2.6 it rescans them with every slice; since then it puts off doing so, and holds up to twice as many.
"""

_NIL: Final[list[Value]] = []
"""Stands for the children of an element marked `xsi:nil`; compared by identity."""


class XmlReader:
    """Builds the value of one document; `root` and `attributes` tell the outermost element's name and scalars."""

    def __init__(self, body: bytes, limits: Limits) -> None:
        self._body = body
        self._limits = limits
        self._open: list[list[Value] | dict[str, Value] | None] = []
        self._children: list[Value] | dict[str, Value] | None = None
        self._text: list[str] = []
        self._value: Value = None
        self.root = ""
        self.attributes: dict[str, str] = {}
        self._parser = parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append

    def steps(self) -> Steps[Value]:
        """Read to the end; the result is the value of the root element. Raises `Malformed`."""
        parser, body = self._parser, self._body
        try:
            for begin in range(0, max(len(body), 1), SLICE):
                parser.Parse(body[begin : begin + SLICE], begin + SLICE >= len(body))
                if begin - parser.CurrentByteIndex > _PENDING:
                    self._refuse("a tag, comment or instruction is too long")
                yield
        except ExpatError as error:
            raise Malformed(ErrorString(error.code), error.lineno, error.offset + 1) from None
        finally:  # the parser and its handlers hold each other, and with them the body
            parser.StartElementHandler = parser.EndElementHandler = None
            parser.StartDoctypeDeclHandler = parser.CharacterDataHandler = None
        return self._value

    def _start(self, name: str, attributes: list[str]) -> None:
        if self._text:
            self._drop_blank()
        self._open.append(self._children)
        self._children = None
        if len(self._open) > self._limits.depth:
            self._refuse(f"elements are nested deeper than {self._limits.depth}")
        if len(name) > self._limits.name:
            self._refuse(f"a name is longer than {self._limits.name} characters")
        if attributes or len(self._open) == 1:
            self._attributes(name, dict(zip(attributes[::2], attributes[1::2], strict=True)))

    def _end(self, name: str) -> None:
        value: Value = self._children
        if value is None:
            value = self._leaf()
        elif self._text:
            self._drop_blank()
        if value is _NIL:
            value = None
        parent = self._children = self._open.pop()
        if parent is None:
            self._value = value
            self._children = [value] if name == ITEM else {name: value}
        elif isinstance(parent, dict):
            if name in parent:
                self._refuse(f"<{name}> stands a second time in one object")
            parent[name] = value
        else:
            self._extend(parent, name, value)

    def _leaf(self) -> str | None:
        if self._text:
            text = "".join(self._text)
            self._text.clear()
            return text
        # expat tells an empty tag and an empty pair alike; only the bytes before the end event differ
        index = self._parser.CurrentByteIndex
        return None if self._body[index - 2 : index] == b"/>" else ""

    def _extend(self, parent: list[Value], name: str, value: Value) -> None:
        if parent is _NIL:
            self._refuse("an element marked xsi:nil is not empty")
        if name == ITEM:
            parent.append(value)
        elif len(parent) == 1:
            self._children = {ITEM: parent[0], name: value}
        else:
            self._refuse(f"<{name}> stands in a list of <{ITEM}>")

    def _attributes(self, name: str, attributes: dict[str, str]) -> None:
        if len(attributes) > self._limits.attributes:
            self._refuse(f"an element has more than {self._limits.attributes} attributes")
        if any(len(key) > self._limits.name for key in attributes):
            self._refuse(f"a name is longer than {self._limits.name} characters")
        if attributes.get("xsi:nil") in {"true", "1"}:
            self._children = _NIL
        told = {key: text for key, text in attributes.items() if not _is_markup(key)}
        if len(self._open) == 1:
            self.root, self.attributes = name, told
        elif told:
            self._refuse(f"<{name}> has the attribute {next(iter(told))}; a value belongs between the tags")

    def _doctype(self, *_declaration: object) -> None:
        self._refuse("a document type declaration is not accepted")

    def _drop_blank(self) -> None:
        if self._children is _NIL:
            self._refuse("an element marked xsi:nil is not empty")
        if "".join(self._text).strip(BLANK):
            self._refuse("text stands beside elements")
        self._text.clear()

    def _refuse(self, reason: str) -> NoReturn:
        raise Malformed(reason, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)


def _is_markup(attribute: str) -> bool:
    """Tell attributes that serialisers add and that say nothing about the value (.NET writes xmlns:xsi and xsi:nil)."""
    return attribute == "xmlns" or attribute.startswith(("xmlns:", "xsi:", "xml:"))
