"""An entry as bytes that a store outside this process may keep, and back.

What comes back is believed only with its tag: a file or a server that others can write to must neither change an
answer nor run code here (so JSON and HMAC-SHA256, RFC 2104; never pickle). The body stays bytes:

    "IG1" · tag (32 bytes) · length of the head (4 bytes, big-endian) · head (JSON) · body

The tag covers all that follows it. Reading anything else, or with another secret, gives None: a miss.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import fields
from typing import Any

from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import CacheKey

_MAGIC = b"IG1"
_TAG = len(_MAGIC)
_HEAD = _TAG + 32
_START = _HEAD + 4

_PLAIN = tuple(field.name for field in fields(Entry) if field.name not in {"response", "vary"})


def seal(entry: Entry, secret: bytes) -> bytes:
    """Write an entry; `secret` is any length, and the same for all who share the store."""
    head = {name: getattr(entry, name) for name in _PLAIN}
    head["vary"] = entry.vary
    head["status"] = entry.response.status
    head["headers"] = list(entry.response.headers)
    written = json.dumps(head, separators=(",", ":")).encode()
    sealed = b"".join((len(written).to_bytes(4, "big"), written, entry.response.body))
    return b"".join((_MAGIC, hmac.digest(secret, sealed, "sha256"), sealed))


def unseal(sealed: bytes, secret: bytes, key: CacheKey) -> Entry | None:
    """Read the entry that was sealed under `key`, or None where the bytes are not that.

    An entry moved under another key is refused as well: it could be another account's answer.
    """
    tag = hmac.digest(secret, sealed[_HEAD:], "sha256")
    if sealed[:_TAG] != _MAGIC or not hmac.compare_digest(tag, sealed[_TAG:_HEAD]):
        return None
    end = _START + int.from_bytes(sealed[_HEAD:_START], "big")
    try:
        entry = _entry(json.loads(sealed[_START:end]), sealed[end:])
    except (KeyError, TypeError, ValueError):  # sealed by another version, whose entries have other fields
        return None
    return entry if entry.key == key else None


def useful_until(entry: Entry) -> float:
    """Until when (epoch seconds) an entry can answer anything, stale or not; a store may then forget it."""
    return entry.received_at + entry.lifetime + max(entry.stale_while_revalidate, entry.stale_if_error)


def _entry(head: dict[str, Any], body: bytes) -> Entry:
    vary = tuple((name, value) for name, value in head.pop("vary"))
    headers = Headers((name, value) for name, value in head.pop("headers"))
    response = Response(head.pop("status"), headers, body)
    return Entry(**head, response=response, vary=vary)
