"""Records as text: JSON, quickly where its text is plain Unicode, and also where it is not.

A field of a request may hold any octets, which are kept as lone surrogates; the quick writer refuses those.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import orjson


def pack(record: dict[str, Any]) -> str:
    """Write a record; the same record gives the same text. A member that says nothing (None, 0, "") is left out."""
    told = {name: value for name, value in record.items() if value not in (None, 0, "")}
    try:
        return orjson.dumps(told).decode()
    except TypeError:
        return json.dumps(told)


def unpack(text: str) -> Any:
    """Read what `pack` has written. Raises `ValueError`."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


def pack_body(body: bytes) -> dict[str, str]:
    """A body as a member of a record: as text where it is text."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def unpack_body(record: dict[str, Any]) -> bytes:
    """Read the body that `pack_body` has put into a record."""
    return base64.b64decode(record["base64"]) if "base64" in record else str(record.get("text", "")).encode()
