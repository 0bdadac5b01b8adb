"""The API's messages in XML: answers are `<intervals>`, request bodies an element named like the resource."""

from __future__ import annotations

import re

from gateway.policy.translation.document import Body, Document, Fields, Value
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.shapes import BLANK, ITEM, ROOT, join_envelope, split_envelope
from gateway.policy.translation.steps import Rendered, Steps, encoding, finish
from gateway.policy.translation.xml_reader import XmlReader
from gateway.policy.translation.xml_writer import Replacing, Strict, XmlWriter

_declared = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_WIDE = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
"""How a body of two bytes a character begins (XML 1.0 appendix F)."""

_SINGLE_BYTE = {"iso-8859-1", "latin1", "windows-1252"}
_UTF_8 = "utf-8"
_AS_IT_IS = {_UTF_8, "utf8", "us-ascii", "ascii", "utf-16"}
"""Declared encodings whose bytes are read as UTF-8: .NET writes `utf-16` before text that is sent as UTF-8."""


def reading(body: bytes, *, limits: Limits) -> Steps[Document]:
    """Read an answer in steps. Raises `Malformed`, also for XML that is no `<intervals>`."""
    limits.check_size(body)
    reader = XmlReader(_utf8(body), limits)
    value = yield from reader.steps()
    if reader.root != ROOT:
        raise Malformed(f"an answer is <{ROOT}>, not <{reader.root}>", 1, 1)
    children = _children(value, "an answer holds elements")
    twice = children.keys() & reader.attributes.keys()
    if twice:
        raise Malformed(f"{min(twice)} is an attribute and an element", 1, 1)
    return join_envelope(reader.attributes, children)


def writing(document: Document) -> Steps[Rendered]:
    """Write an answer in steps. Raises `Untranslatable` for a name that is no XML name."""
    fidelity = Replacing()
    attributes, children = split_envelope(document)
    body = yield from encoding(XmlWriter(fidelity).root(ROOT, attributes, children))
    return Rendered(body, fidelity.count)


def read(body: bytes, *, limits: Limits) -> Document:
    """Read an answer at once."""
    return finish(reading(body, limits=limits))


def write(document: Document) -> bytes:
    """Write an answer at once."""
    return finish(writing(document)).body


def reading_body(body: bytes, *, limits: Limits) -> Steps[Body]:
    """Read what a caller sends in steps: an object, or a list of objects. Raises `Malformed`.

    The root's name is not looked at: the service knows the resource by its path, and tools name it as they like.
    """
    limits.check_size(body)
    reader = XmlReader(_utf8(body), limits)
    value = yield from reader.steps()
    if reader.attributes:
        raise Malformed(f"the attribute {next(iter(reader.attributes))} on <{reader.root}> is not accepted", 1, 1)
    if isinstance(value, list):
        if not all(isinstance(row, dict) for row in value):
            raise Malformed(f"each <{ITEM}> of a body holds elements", 1, 1)
        return value
    return _children(value, "a body holds elements")


def writing_body(value: Body, resource: str) -> Steps[bytes]:
    """Write a request body in steps, under its resource's name.

    Raises `Untranslatable` for what XML cannot carry: nothing that a caller writes is silently changed.
    """
    fidelity = Strict()
    if value == [] or (isinstance(value, dict) and value.keys() == {ITEM}):
        fidelity.ambiguous(resource)
    return encoding(XmlWriter(fidelity).root(resource, {}, value))


def read_body(body: bytes, *, limits: Limits) -> Body:
    """Read what a caller sends at once."""
    return finish(reading_body(body, limits=limits))


def write_body(value: Body, resource: str) -> bytes:
    """Write a request body at once."""
    return finish(writing_body(value, resource))


def _children(value: Value, otherwise: str) -> Fields:
    """Take the root's children as fields; a root that holds nothing has none."""
    if isinstance(value, dict):
        return value
    if value is None or (isinstance(value, str) and not value.strip(BLANK)):
        return {}
    raise Malformed(otherwise, 1, 1)


def is_utf8(body: bytes) -> bool:
    """Whether a body is in UTF-8, as far as its beginning tells."""
    return _encoding(body) == _UTF_8


def _encoding(body: bytes) -> str:
    """Name the encoding that a body begins with, or declares; UTF-8 for those that are read as such."""
    if (wide := _WIDE.get(body[:2])) is not None:
        return wide
    found = _declared.match(body, 3 if body.startswith(b"\xef\xbb\xbf") else 0, 256)
    name = found[1].decode("ascii").lower() if found else _UTF_8
    return _UTF_8 if name in _AS_IT_IS else name


def _utf8(body: bytes) -> bytes:
    """Bring a body into UTF-8, the only encoding the reader knows. Raises `Malformed` for encodings not accepted."""
    name = _encoding(body)
    if name == _UTF_8:
        return body
    if name not in _SINGLE_BYTE and body[:2] not in _WIDE:
        raise Malformed(f"the encoding {name} is not accepted, UTF-8 is", 1, 1)
    try:
        return body.decode(name).encode()
    except UnicodeError as error:
        raise Malformed(f"text that is not {name}, as its beginning says", 1, 1) from error
