"""Undo content codings (RFC 9110 §8.4) within a bound: a small body can hold a very large one."""

from __future__ import annotations

import zlib
from dataclasses import replace

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response

SUPPORTED = ("gzip", "deflate")

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class Undecodable(ValueError):
    """A coded body that cannot be read."""


class UnknownCoding(Undecodable):
    """A coding that is not undone here."""


class Swollen(Undecodable):
    """A body that holds more than the bound."""


def inflated(body: bytes, coding: str, *, limit: int) -> bytes:
    """Undo one coding; at most `limit` bytes come out. Raises `Undecodable`.

    A gzip body may have several members one after the other (RFC 1952 §2.2): all of them are read.
    """
    if coding not in _WINDOWS:
        raise UnknownCoding(f"the content coding {coding!r:.50} is not undone here; {' and '.join(SUPPORTED)} are")
    parts: list[bytes] = []
    length, rest = 0, body
    while rest or not parts:
        inflater = zlib.decompressobj(_WINDOWS[coding])
        try:
            part = inflater.decompress(rest, limit - length + 1)
        except zlib.error as error:
            raise Undecodable(f"the {coding} body is damaged: {error}") from error
        length += len(part)
        if length > limit:
            raise Swollen(f"the {coding} body holds more than {limit} bytes")
        if not inflater.eof:
            raise Undecodable(f"the {coding} body is cut short")
        parts.append(part)
        rest = inflater.unused_data
    return b"".join(parts)


def decoded(answer: Response, *, limit: int) -> Response:
    """Give an upstream's answer without its coding; raises `Fault` where that cannot be."""
    coding = (answer.headers.get("content-encoding") or "identity").strip().lower()
    if coding in ("", "identity"):
        return answer
    try:
        body = inflated(answer.body, coding, limit=limit)
    except Undecodable as error:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's answer: {error}") from error
    return replace(answer, body=body, headers=answer.headers.without({"content-encoding", "content-length"}))
