"""The API's messages in JSON: answers are one envelope object, request bodies a bare object or a list of objects."""

from __future__ import annotations

from gateway.policy.translation.document import Body, Document
from gateway.policy.translation.json_reader import JsonReader
from gateway.policy.translation.json_writer import JsonWriter
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.steps import Rendered, Steps, encoding, finish


def reading(body: bytes, *, limits: Limits) -> Steps[Document]:
    """Read an answer in steps. Raises `Malformed`, also for JSON that is no envelope."""
    limits.check_size(body)
    value = yield from JsonReader(body, limits).steps()
    if not isinstance(value, dict):
        raise Malformed("an answer is an object", 1, 1)
    return Document(value)


def writing(document: Document) -> Steps[Rendered]:
    """Write an answer in steps, as the service prints it."""
    body = yield from encoding(JsonWriter().value(document.fields))
    return Rendered(body)


def read(body: bytes, *, limits: Limits) -> Document:
    """Read an answer at once."""
    return finish(reading(body, limits=limits))


def write(document: Document) -> bytes:
    """Write an answer at once."""
    return finish(writing(document)).body


def reading_body(body: bytes, *, limits: Limits) -> Steps[Body]:
    """Read what a caller sends in steps: an object, or a list of objects. Raises `Malformed`."""
    limits.check_size(body)
    value = yield from JsonReader(body, limits).steps()
    if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(row, dict) for row in value)):
        return value
    raise Malformed("a body is an object or a list of objects", 1, 1)


def writing_body(value: Body) -> Steps[bytes]:
    """Write a request body in steps: bare, without an envelope."""
    return encoding(JsonWriter().value(value))


def read_body(body: bytes, *, limits: Limits) -> Body:
    """Read what a caller sends at once."""
    return finish(reading_body(body, limits=limits))


def write_body(value: Body) -> bytes:
    """Write a request body at once."""
    return finish(writing_body(value))
