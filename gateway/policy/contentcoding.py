"""Undo the upstream's content coding (RFC 9110 §8.4), within a bound: a small body can hold a very large one."""

from __future__ import annotations

import zlib
from dataclasses import replace

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def decoded(answer: Response, *, limit: int) -> Response:
    """Give an answer without its gzip or deflate coding; raises `Fault` for others and above `limit` bytes."""
    coding = (answer.headers.get("content-encoding") or "identity").strip().lower()
    if coding in ("", "identity"):
        return answer
    if coding not in _WINDOWS:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"nobody asked the upstream for the coding {coding}")
    inflater = zlib.decompressobj(_WINDOWS[coding])
    try:
        body = inflater.decompress(answer.body, limit)
    except zlib.error as error:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's {coding} body is damaged: {error}") from error
    if inflater.unconsumed_tail:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's {coding} body holds more than {limit} bytes")
    if not inflater.eof:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's {coding} body is cut short")
    return replace(answer, body=body, headers=answer.headers.without({"content-encoding", "content-length"}))
