"""The answer of the API, free of its format: what the cache stores and both writers print.

A document is the envelope in its order, scalars and payload alike:
`{"personid": 1, "status": "OK", "code": 200, "listcount": 2, "client": [{"id": "1", "name": None}]}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gateway.policy.translation.steps import Steps

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")  # RFC 8259 §6


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number by its characters, so that 1.10, 1e400 and thirty digits are printed as they came."""

    text: str

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.text):
            raise ValueError(f"{self.text!r} is not a JSON number")


Scalar: TypeAlias = str | int | Number | None
"""`bool` is an `int`. Integers of up to 15 characters are `int`, all other numbers are `Number`."""

Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"

Fields: TypeAlias = dict[str, Value]

Body: TypeAlias = list[Value] | Fields
"""What a caller sends for a resource: one object, or a list of them."""


class Untranslatable(ValueError):
    """A value that the other format cannot carry. `name` is that of its field."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """One answer. `fields` is the whole envelope; treat it as immutable, entries share it."""

    fields: Fields

    @property
    def payload_name(self) -> str | None:
        """The key that holds the records or the error: the first whose value is a list or an object."""
        return next((name for name, value in self.fields.items() if isinstance(value, list | dict)), None)

    @property
    def payload(self) -> Body | None:
        """The records, the record or the error; None when the envelope holds scalars only."""
        return next((value for value in self.fields.values() if isinstance(value, list | dict)), None)

    def stamped(self, scalars: Mapping[str, Scalar]) -> Document:
        """Put other scalars in the places of those the envelope has; what it does not have is not added."""
        return Document({name: scalars.get(name, value) for name, value in self.fields.items()})


def discarding(document: Document) -> Steps[None]:
    """Take apart, in steps, a large document that nobody else holds: freeing 10 MB at once takes 15 ms."""
    rows = document.payload
    while rows and isinstance(rows, list):
        del rows[-256:]
        yield
