"""A caller's conditions on what is stored (RFC 9110 §13, RFC 9111 §4.3.2)."""

from __future__ import annotations

from gateway.policy import httpdate
from gateway.policy.caching import validation
from gateway.policy.messages import Headers, Response

FOR_THE_ORIGIN = frozenset({"if-match", "if-unmodified-since"})
"""Conditions that only the origin may judge (RFC 9111 §4.3.2): such a request is not answered from the store."""

FOR_CACHES = frozenset({"if-none-match", "if-modified-since"})

_OF_THE_BODY = frozenset(
    {
        "content-digest",
        "content-encoding",
        "content-language",
        "content-length",
        "content-md5",
        "content-range",
        "content-type",
    }
)
"""Fields about a body that a 304 does not have (RFC 9110 §15.4.5)."""


def answered(asked: Headers, stored: Response) -> Response:
    """Answer a GET or HEAD from a stored response: 304 where the caller has it already."""
    if not 200 <= stored.status < 300 or not _unchanged(asked, stored.headers):
        return stored
    return Response(304, stored.headers.without(_OF_THE_BODY))


def _unchanged(asked: Headers, stored: Headers) -> bool:
    if_none_match = asked.get("if-none-match")
    if if_none_match is not None:  # it takes precedence (RFC 9110 §13.2.2)
        tag = stored.get("etag")
        return validation.matches(if_none_match, *([] if tag is None else [tag]))
    since = httpdate.read(asked.get("if-modified-since"))
    if since is None:
        return False
    changed = httpdate.read(stored.get("last-modified"))
    if changed is None:
        changed = httpdate.read(stored.get("date"))  # RFC 9111 §4.3.2
    return changed is not None and changed <= since
