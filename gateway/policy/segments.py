"""The segments of a path as a lenient service may read them.

Servers and frameworks differ in what they undo before they take out dot segments (RFC 3986 §5.2.4): percent-encoding,
also twice, backslashes, parameters behind a semicolon. So a path that may be read as another one is none of those that
it looks like: it has no rules of a resource, and no pattern of paths covers it.
"""

from __future__ import annotations

from urllib.parse import unquote

_DOTS = (".", "..")


def climbs(path: str) -> bool:
    """Might somebody read a dot segment in it?"""
    if "." not in path and "%" not in path:  # as in most paths, and this is asked for each request
        return False
    return any(segment in _DOTS for segment in _read(path))


def resolved(path: str) -> list[str]:
    """The segments that are left when dot segments and empty ones are taken out."""
    left: list[str] = []
    for segment in _read(path):
        if segment == "..":
            del left[-1:]
        elif segment not in ("", "."):
            left.append(segment)
    return left


def _read(path: str) -> list[str]:
    return [part.partition(";")[0] for part in unquote(unquote(path)).replace("\\", "/").split("/")]
