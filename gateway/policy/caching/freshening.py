"""A stored response and the upstream's word on it: what to ask, and what the answer makes of it (RFC 9111 §4.3)."""

from __future__ import annotations

from enum import StrEnum

from gateway.policy.caching.conditional import FOR_CACHES
from gateway.policy.messages import Headers, Response

_NEVER_UPDATED = frozenset({"content-digest", "content-encoding", "content-length", "content-range"})
"""Fields that tell how to read the stored body, or what is in it (§3.2): a 304 has none to tell about."""

_TELLING = ("etag", "last-modified", "content-length")
"""Fields by which a HEAD's answer describes a content (§4.3.5); without any, each time it would renew what is stored
for another lifetime, however long ago that changed."""

_ABOUT_THE_REQUEST = frozenset({412, 416, 429})
"""Statuses that say nothing of what is stored."""


class Bearing(StrEnum):
    """What an answer means for the stored response it was asked about."""

    NONE = "none"  # nothing: it says nothing of the stored response
    FRESHENS = "freshens"  # it is still good, with new fields
    REPLACES = "replaces"  # another one takes its place, stored or not
    STANDS = "stands"  # a 304 that names another: good for this once, but not to be updated by it (§4.3.4)


def asking(sent: Headers, stored: Response) -> Headers:
    """Put the stored validators in place of the caller's (§4.3.1), whose conditions are judged by what comes of it.

    Both could be sent (§4.3.2), but a 304 that names no tag might then be about either, and one about the caller's
    would leave nothing to answer the next with.
    """
    if not _has_validator(stored):
        return sent
    tag, modified = stored.headers.get("etag"), stored.headers.get("last-modified")
    fields = list(sent.without(FOR_CACHES))
    if tag is not None:
        fields.append(("If-None-Match", tag))
    if modified is not None:
        fields.append(("If-Modified-Since", modified))
    return Headers(fields)


def bearing(method: str, sent: Headers, stored: Response | None, answer: Response) -> Bearing:
    """Judge an answer to GET or HEAD; `sent` are the caller's own fields, without the stored validators."""
    if stored is None:
        return Bearing.NONE
    if answer.status == 304:
        theirs = _conditional(sent) and not _has_validator(stored)
        if _identifies(stored.headers, answer.headers) and not (theirs and "if-none-match" in sent):
            return Bearing.FRESHENS
        return Bearing.REPLACES if theirs else Bearing.STANDS
    if answer.status >= 500 or answer.status in _ABOUT_THE_REQUEST:
        return Bearing.NONE
    if method == "HEAD":
        if answer.status != 200 or not any(name in answer.headers for name in _TELLING):
            return Bearing.NONE
        return Bearing.FRESHENS if _same(stored, answer.headers) else Bearing.REPLACES
    return Bearing.REPLACES


def updated(stored: Response, newer: Headers) -> Response:
    """Lay the fields of a 304, or of a HEAD's answer, over a stored response (§3.2)."""
    fields = [field for field in newer if field[0].lower() not in _NEVER_UPDATED]
    replaced = {name.lower() for name, _ in fields} | {"age"}
    return Response(stored.status, Headers([*stored.headers.without(replaced), *fields]), stored.body)


def _has_validator(stored: Response) -> bool:
    return "etag" in stored.headers or "last-modified" in stored.headers


def _conditional(sent: Headers) -> bool:
    return any(name in sent for name in FOR_CACHES)


def _identifies(stored: Headers, newer: Headers) -> bool:
    """Is the stored response the one that a 304 is about? (§4.3.4)"""
    tag, mine = newer.get("etag"), stored.get("etag")
    if tag is not None:
        return tag == mine or (mine is not None and _weak(tag) and tag[2:] == mine.removeprefix("W/"))
    modified = newer.get("last-modified")
    return modified is None or modified == stored.get("last-modified")


def _same(stored: Response, newer: Headers) -> bool:
    """Does a HEAD's answer describe the stored response? (§4.3.5)"""
    length = newer.get("content-length")
    return all(newer.get(name) in (None, stored.headers.get(name)) for name in ("etag", "last-modified")) and (
        length is None or length.strip() == str(len(stored.body))
    )


def _weak(tag: str) -> bool:
    return tag.startswith("W/")
