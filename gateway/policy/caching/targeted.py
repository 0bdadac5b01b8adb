"""What an answer says to this cache: a targeted field where there is one, else Cache-Control (RFC 9213).

The gateway stands where a CDN would, on the origin's side of its callers, and so obeys `CDN-Cache-Control`.
`Surrogate-Control` is no targeted field (another grammar, never standardised) and is passed on unread.
"""

from __future__ import annotations

from gateway.policy import structured
from gateway.policy.caching import cachecontrol
from gateway.policy.caching.cachecontrol import Directives
from gateway.policy.messages import Headers

TARGETS = ("cdn-cache-control",)
"""The target list (§2.2), the most specific first."""

_SECONDS = frozenset({"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"})


def of(headers: Headers) -> Directives | None:
    """The first valid, non-empty targeted field; None: Cache-Control and Expires hold (§2.1)."""
    for target in TARGETS:
        value = headers.get(target)
        if value is not None and (said := _read(value)):
            return said
    return None


def directives(headers: Headers) -> Directives:
    """What an answer says to this cache, from whichever field holds."""
    said = of(headers)
    return cachecontrol.of(headers) if said is None else said


def _read(value: str) -> dict[str, str | None] | None:
    members = structured.dictionary(value)
    if members is None:
        return None
    said: dict[str, str | None] = {}
    for name, argument in members.items():
        if name in _SECONDS and (isinstance(argument, bool) or not isinstance(argument, int)):
            return None  # a lifetime that is none: the field is broken
        if argument is not False:
            said[name] = None if argument is True else argument if isinstance(argument, str) else _text(argument)
    return said


def _text(argument: structured.Value) -> str:
    return argument.text if isinstance(argument, structured.Opaque) else str(argument)
