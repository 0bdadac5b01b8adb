"""What names a request across programs: the caller's request id and trace context are kept, or minted here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

REQUEST_ID = "X-Request-Id"
TRACEPARENT = "traceparent"

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]*)?"
)


def is_request_id(sent: str) -> bool:
    return _REQUEST_ID.fullmatch(sent) is not None


def is_traceparent(sent: str) -> bool:
    """W3C Trace Context §3.2; members that a later version adds are taken as they are."""
    return _TRACEPARENT.fullmatch(sent) is not None


def _pairs() -> Iterator[tuple[str, str]]:
    """Random octets of the system, fetched for many at once: one fetch for each would cost five times as much.

    An id of zeros, which W3C Trace Context forbids, comes once in 2^64: not worth a look at each.
    """
    while True:
        digits = os.urandom(40 * 256).hex()
        for at in range(0, len(digits), 80):
            it = digits[at : at + 80]
            yield it[:32], f"00-{it[32:64]}-{it[64:]}-01"


mint = _pairs().__next__
"""Mint a request id and a sampled traceparent."""
