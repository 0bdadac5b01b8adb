"""What a caller prefers (RFC 7240), as far as the gateway heeds it: `respond-async` and `wait`."""

from __future__ import annotations

from collections.abc import Iterator


def wants_async(prefer: str | None) -> bool:
    """Would the caller rather be answered 202 now than wait (RFC 7240 §4.1)? A value given to it says nothing."""
    return any(name == "respond-async" for name, _ in _preferences(prefer))


def patience(prefer: str | None, granted: float) -> float:
    """The wait this caller accepts: the shorter of `wait=N` (RFC 7240 §4.3, seconds) and what is granted."""
    for name, value in _preferences(prefer):
        if name == "wait" and value.isascii() and value.isdigit():
            return min(float(value[:9]), granted)
    return granted


def _preferences(prefer: str | None) -> Iterator[tuple[str, str]]:
    """Each preference in small letters with its value, without parameters."""
    for preference in (prefer or "").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        yield name.strip().lower(), value.strip().strip('"')
