"""XML bodies of PUT and POST as plain values: a field that closes itself is null, an open and close pair is ""."""

from dataclasses import dataclass, field
from xml.parsers import expat

from gateway.simulator.errors import Refused

_DEPTH = 8


@dataclass(slots=True)
class Element:
    """One element. `closed_itself` tells `<a/>` from `<a></a>`."""

    name: str
    children: list["Element"] = field(default_factory=list)
    text: str = ""
    closed_itself: bool = False


def read_xml(body: bytes) -> Element:
    """The root element. Raises Refused 18 with line and column if the body is not well formed or has a DTD."""
    parser = expat.ParserCreate("utf-8")
    outermost = Element("")
    opened = [outermost]

    def start(name: str, _attributes: dict[str, str]) -> None:
        element = Element(name)
        opened[-1].children.append(element)
        opened.append(element)
        if len(opened) > _DEPTH:
            raise Refused(18, "The XML is nested too deeply.")

    def end(_name: str) -> None:
        element = opened.pop()
        # expat reports the end of <a/> behind the tag, and that of <a></a> before its closing tag.
        empty = not element.children and not element.text
        element.closed_itself = empty and body[parser.CurrentByteIndex - 2 : parser.CurrentByteIndex] == b"/>"

    def characters(text: str) -> None:
        opened[-1].text += text

    def doctype(*_declaration: object) -> None:
        raise Refused(18, "A document type declaration is not accepted.")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    final = True
    try:
        parser.Parse(body, final)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise Refused(18, f"The XML cannot be read: {expat.ErrorString(error.code)}, {place}.") from error
    return outermost.children[0]
