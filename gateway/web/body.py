"""The body of a request, read whole, within bounds, and without its codings."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.policy import contentcoding
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request
from gateway.web.connection import broken, length

_PATIENCE = 60.0
"""Seconds in which the body of a request has to arrive."""

_CODINGS = 4
"""Content codings of one body: each is as much work as the first, and a thousand of them fit into a field."""


async def read(raw: web.BaseRequest, request: Request, *, max_body: int) -> Request:
    """Read the body of a request whose head was read; raises `Fault`."""
    if length(raw) > max_body:
        raise _too_large(max_body)
    await _expected(raw, request.headers)
    if not raw.body_exists:  # as of most reads: there is nothing to wait for
        return request
    try:
        async with asyncio.timeout(_PATIENCE):
            body = await raw.read()
        if (wrong := broken(raw)) is not None:
            raise web.RequestPayloadError(wrong)
    except TimeoutError as error:
        raise Fault(Kind.MALFORMED, f"the body did not arrive within {_PATIENCE:.0f} s", status=408) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise _too_large(max_body) from error
    except (web.RequestPayloadError, HttpProcessingError, web.HTTPException, ValueError) as error:
        raise Fault(Kind.MALFORMED, f"the body cannot be read: {error}") from error
    return _decoded(replace(request, body=body), max_body=max_body)


def unread(raw: web.BaseRequest) -> bool:
    """Is there a body that has not come, or was not asked for? Its sender may go on with it, or with a request."""
    return raw.body_exists and not raw.content.is_eof()


async def _expected(raw: web.BaseRequest, headers: Headers) -> None:
    """Answer `Expect` (RFC 9110 §10.1.1): .NET and curl wait for it before they send a body."""
    expectation = headers.get("expect")
    if expectation is None or raw.version < HttpVersion11:
        return
    if expectation.strip().lower() != "100-continue":
        raise Fault(Kind.EXPECTATION_FAILED, f"{expectation!r:.100} is not met here; 100-continue is")
    await raw.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _too_large(max_body: int) -> Fault:
    return Fault(Kind.TOO_LARGE, f"the body is longer than the {max_body} bytes of server.max_body")


def _decoded(request: Request, *, max_body: int) -> Request:
    """Undo the codings of a body, last first (RFC 9110 §8.4): what goes on has none."""
    codings = [name.strip().lower() for name in (request.headers.get("content-encoding") or "").split(",")]
    if len(codings) > _CODINGS:
        raise Fault(Kind.UNSUPPORTED_MEDIA_TYPE, f"a body with more than {_CODINGS} content codings is not read here")
    body = request.body
    try:
        for coding in reversed(codings):
            if body and coding not in ("", "identity"):
                body = contentcoding.inflated(body, coding, limit=max_body)
    except contentcoding.UnknownCoding as error:
        raise Fault(Kind.UNSUPPORTED_MEDIA_TYPE, str(error)) from error
    except contentcoding.Swollen as error:
        raise Fault(Kind.TOO_LARGE, str(error)) from error
    except contentcoding.Undecodable as error:
        raise Fault(Kind.MALFORMED, f"the body cannot be read: {error}") from error
    if body is request.body:
        return request
    return replace(request, body=body, headers=request.headers.without({"content-encoding", "content-length"}))
