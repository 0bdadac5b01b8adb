"""Undo content codings (RFC 9110 §8.4) within a bound: a small body can hold a very large one."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response

SUPPORTED = ("gzip", "deflate")

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


_WINDOW = 4096
"""Bytes given to zlib at a time: it copies what lies behind the end of a member, once for each of them."""

_MEMBERS = 4096
"""Members of the longest gzip body, of 20 bytes each at least: block compressors make one for each 64 KiB or more."""


_ANY_RATIO = 64 * 1024 * 1024
_RATIO = 100
"""Beyond so many bytes, an answer holds at most so many times those it came in; lists come in a tenth, bombs in a
thousandth."""


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
    at, left = 0, limit
    for _ in range(_MEMBERS):
        try:
            for part, read in _member(memoryview(body)[at:], _WINDOWS[coding], limit=left):
                at, left = at + read, left - len(part)
                if left < 0:
                    raise Swollen(f"the {coding} body holds more than {limit} bytes")
                parts.append(part)
        except zlib.error as error:
            raise Undecodable(f"the {coding} body is damaged: {error}") from error
        except EOFError as error:
            raise Undecodable(f"the {coding} body is cut short") from error
        if at >= len(body):
            return b"".join(parts)
    raise Undecodable(f"the {coding} body has more than {_MEMBERS} members")


def _member(coded: memoryview, window: int, *, limit: int) -> Iterator[tuple[bytes, int]]:
    """Inflate what begins here up to its end, in parts: what came out, and how many bytes were read for it.

    The last part may go beyond the limit by a byte. Raises `EOFError` where the end is missing.
    """
    inflater = zlib.decompressobj(window)
    for begin in range(0, len(coded), _WINDOW):
        piece = coded[begin : begin + _WINDOW]
        part = inflater.decompress(piece, limit + 1)
        limit -= len(part)
        yield part, len(piece) - len(inflater.unused_data)
        if inflater.eof:
            return
    raise EOFError


def decoded(answer: Response, *, limit: int) -> Response:
    """Give an upstream's answer without its coding; raises `Fault` where that cannot be."""
    coding = (answer.headers.get("content-encoding") or "identity").strip().lower()
    if coding in ("", "identity"):
        return answer
    try:
        body = inflated(answer.body, coding, limit=min(limit, max(_ANY_RATIO, _RATIO * len(answer.body))))
    except Undecodable as error:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's answer: {error}") from error
    return replace(answer, body=body, headers=answer.headers.without({"content-encoding", "content-length"}))
