"""Read Cache-Control (RFC 9111 §5.2) into a mapping; tolerant where the RFC says so, never generous.

A directive that is repeated with different values, or whose seconds cannot be read, is taken at its most
restrictive: zero seconds of freshness, and no permission to serve stale (RFC 9111 §4.2.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.policy.messages import Headers

_DIRECTIVE = re.compile(r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^,;"]*))?""")
_DELTA_CEILING = 2**31  # RFC 9111 §1.2.2: a larger number means "very long"
_DIGITS = 11  # int() itself refuses more than 4300

Directives = Mapping[str, str | None]
"""Lower-case directive names with their unquoted arguments (None: no argument)."""


def read(value: str | None) -> dict[str, str | None]:
    """Read one field value; the first of conflicting arguments is kept only when they agree."""
    found: dict[str, str | None] = {}
    if not value:
        return found
    for match in _DIRECTIVE.finditer(value):
        name = match[1].lower()
        argument = _unquote(match[2])
        if name in found and found[name] != argument:
            argument = ""
        found[name] = argument
    return found


def of(headers: Headers) -> dict[str, str | None]:
    """Read the Cache-Control of a message, with HTTP/1.0's `Pragma: no-cache` where there is none (§5.4)."""
    value = headers.get("cache-control")
    if value is None and "no-cache" in (headers.get("pragma") or "").lower():
        return {"no-cache": None}
    return read(value)


def seconds(directives: Directives, name: str) -> float | None:
    """The delta-seconds of a directive; 0 when it is there but unreadable, None when it is absent."""
    if name not in directives:
        return None
    spelled = delta(directives[name] or "")
    return 0.0 if spelled is None else spelled


def delta(text: str) -> float | None:
    """Read delta-seconds (RFC 9111 §1.2.2) however many digits they have; None when they are none."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")[:_DIGITS] or "0"  # so many digits are beyond the ceiling, whatever follows
    return float(min(int(digits), _DELTA_CEILING))


def unqualified(directives: Directives, name: str) -> bool:
    """Is `no-cache` or `private` said of the whole answer, not only of the fields it lists? (§5.2.2.4, §5.2.2.7)"""
    return name in directives and not directives[name]


def listed(directives: Directives, name: str) -> frozenset[str]:
    """The lower-case names of the fields that a qualified `no-cache` or `private` is about."""
    return frozenset(field.strip().lower() for field in (directives.get(name) or "").split(",") if field.strip())


def _unquote(argument: str | None) -> str | None:
    if argument is None:
        return None
    argument = argument.strip()
    if argument.startswith('"') and argument.endswith('"') and len(argument) > 1:
        return re.sub(r"\\(.)", r"\1", argument[1:-1])
    return argument
