"""Which requests an answer is for: Vary, and the fields it names, brought into one form (RFC 9111 §4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.policy.messages import Headers

_MEMBER = re.compile(r'((?:"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[^,"])+)')
"""A member of a list. A quoted string that does not end takes all that follows, so that each octet is read once."""

_ANY_ORDER_AND_CASE = frozenset({"accept-encoding", "accept-language"})
"""Lists whose members mean the same in any order and case (RFC 9110 §12.5.3, §12.5.4)."""

Selecting = tuple[tuple[str, str | None], ...]
"""The selecting fields of a request: lower-case names, values in one form (None: not sent)."""


def names(headers: Headers) -> tuple[str, ...] | None:
    """The fields that Vary names, lower-case and in order; None for `*`, which no request matches."""
    named = {name.strip().lower() for name in (headers.get("vary") or "").split(",")} - {""}
    return None if "*" in named else tuple(sorted(named))


def selecting(names: Iterable[str], asked: Headers) -> Selecting:
    """What a request says in the fields that Vary names."""
    return tuple((name, _one_form(name, asked.get(name))) for name in names)


def _one_form(name: str, value: str | None) -> str | None:
    """Join lines and drop white space between members: what a recipient of the list would do first."""
    if value is None:
        return None
    members = [member for part in _MEMBER.findall(value) if (member := part.strip())]
    if name in _ANY_ORDER_AND_CASE:
        members = sorted(re.sub(r"\s", "", member).lower() for member in members)
    return ",".join(members)
