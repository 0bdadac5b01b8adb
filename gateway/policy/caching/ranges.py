"""One range of a complete response (RFC 9110 §14).

Several ranges, other units and whatever cannot be read are ignored, as §14.2 allows: the whole is a right answer too.
"""

from __future__ import annotations

import re

from gateway.policy import httpdate
from gateway.policy.messages import Headers, Response

_BYTES = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.IGNORECASE | re.ASCII)

_OF_THE_CONTENT = frozenset({"content-digest", "content-md5"})
"""Digests of exactly what is sent (RFC 9530 §2); one of the whole (Repr-Digest) is as true of a part."""

_STRONG_AFTER = 1.0
"""Seconds between Last-Modified and Date from which the first is a strong validator (RFC 9110 §8.8.2.2)."""


def answered(asked: Headers, whole: Response) -> Response:
    """Answer a GET from the complete 200: 206, 416, or the whole where Range or If-Range says so."""
    found = _BYTES.fullmatch(asked.get("range") or "")
    if found is None or whole.status != 200 or not _unchanged(asked.get("if-range"), whole.headers):
        return whole
    if found[2] and int(found[2]) < int(found[1]):
        return whole  # §14.1.1: a last position before the first is no range at all
    length = len(whole.body)
    if not length and (found[3] or "").strip("0"):
        return whole  # §14.1.2: there are last octets of nothing, but no Content-Range to tell them by
    first, last = _span(found, length)
    if first >= length:
        return Response(416, Headers([("Content-Range", f"bytes */{length}")]))
    headers = whole.headers.without(_OF_THE_CONTENT).put("Content-Range", f"bytes {first}-{last}/{length}")
    return Response(206, headers, whole.body[first : last + 1])


def _span(found: re.Match[str], length: int) -> tuple[int, int]:
    if found[3] is not None:
        suffix = int(found[3])
        return (max(0, length - suffix) if suffix else length), length - 1
    return int(found[1]), min(int(found[2]), length - 1) if found[2] else length - 1


def _unchanged(if_range: str | None, stored: Headers) -> bool:
    """Is the stored response the one of which the caller has a part? Only a strong match counts (§13.1.5)."""
    if if_range is None:
        return True
    condition = if_range.strip()
    if condition.startswith('"'):
        return condition == stored.get("etag")
    modified, dated = httpdate.read(stored.get("last-modified")), httpdate.read(stored.get("date"))
    if modified is None or dated is None or httpdate.read(condition) != modified:
        return False
    return dated - modified >= _STRONG_AFTER
