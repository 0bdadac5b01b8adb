"""What a caller prefers (RFC 7240), as far as the gateway heeds it: `respond-async`; `wait` is in `caller.py`."""

from __future__ import annotations


def wants_async(prefer: str | None) -> bool:
    """Would the caller rather be answered 202 now than wait (RFC 7240 §4.1)? A value given to it says nothing."""
    if prefer is None:
        return False
    return any(it.partition(";")[0].partition("=")[0].strip().lower() == "respond-async" for it in prefer.split(","))
