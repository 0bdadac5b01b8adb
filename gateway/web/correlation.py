"""What names a request across programs: the caller's request id and trace context are kept, or minted here."""

from __future__ import annotations

import random
import re

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


def mint() -> tuple[str, str]:
    """A request id and a sampled traceparent, which has no id of zeros."""
    bits = f"{random.getrandbits(320) | 1 << 64 | 1:080x}"
    return bits[:32], f"00-{bits[32:64]}-{bits[64:]}-01"
