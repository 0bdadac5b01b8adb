"""What of a target may be shown to others than its caller, in logs and on pages: no value, and no name of a person."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 512
"""Characters of a text of a caller's own that are shown at most."""

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]-]{0,39}")
_HIDDEN = "*"


@lru_cache(maxsize=4096)
def parts(target: str) -> tuple[str, tuple[str, ...]]:
    """Split a target into its path and the names of its parameters; hide whatever looks like more than a name.

    A segment or parameter that is not made of the usual characters may be an address or a name of a person.
    """
    path, _, query = target[: 8 * LONGEST].partition("?")
    segments = (part if not part or _SEGMENT.fullmatch(part) else _HIDDEN for part in path[:LONGEST].split("/"))
    pairs = (pair.partition("=") for pair in query.split("&")[:50] if pair)
    names = (name if equals and _NAME.fullmatch(name) else _HIDDEN for name, equals, _ in pairs)
    return "/".join(segments), tuple(dict.fromkeys(names))


def target(whole: str) -> str:
    """The same as one text."""
    path, names = parts(whole)
    return f"{path}?{'&'.join(names)}" if names else path
