"""The listener that tools talk to: an aiohttp request in, a walk, an aiohttp response out, one trace."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable, Sequence
from email.utils import formatdate
from functools import lru_cache

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.http_exceptions import HttpProcessingError

from gateway.exchange.walk import Walk
from gateway.policy import negotiation
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AccountName
from gateway.policy.negotiation import NotAcceptable, Representation
from gateway.policy.trace import Outcome, Trace
from gateway.web.identity import Identity
from gateway.web.problems import problem
from gateway.web.wire import Wire

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_SERVER = "intervals-gateway"
_WRITTEN_HERE = frozenset({"connection", "content-length", "server"})

_IDLE = 75.0
"""Seconds a kept-alive connection may be idle: longer than the usual client or proxy keeps it."""

_CLIENT_GONE = 499
"""Logged for a caller who hung up; nobody reads it on the wire."""

Observe = Callable[[Trace, Request | None, Response | None], None]
RateLimits = Callable[[AccountName], Sequence[tuple[str, str]]]
OnError = Callable[[BaseException, Trace], None]


class Proxy:
    """Handles every request of the callers' listener."""

    def __init__(
        self, *, identity: Identity, walk: Walk, rate_limits: RateLimits, observe: Observe, on_error: OnError
    ) -> None:
        self._identity = identity
        self._walk = walk
        self._rate_limits = rate_limits
        self._observe = observe
        self._on_error = on_error

    async def __call__(self, raw: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; whatever happens, the caller gets a response and the trace is observed once."""
        clock = asyncio.get_running_loop().time
        began = clock()
        trace = _trace(raw)
        request: Request | None = None
        response: Response | None = None
        try:
            request = await _request(raw)
            caller = self._identity.recognise(request.headers)
            trace.app, trace.account = caller.app, caller.account
            response = await self._walk.handle(request, caller, trace)
        except Fault as fault:
            response = _refused(fault, raw, trace)
        except asyncio.CancelledError:
            trace.status, trace.spent = _CLIENT_GONE, clock() - began
            self._observe(trace, request, None)
            raise
        except Exception as error:
            self._on_error(error, trace)
            response = _refused(Fault(Kind.INTERNAL, "see the gateway's log by the request id"), raw, trace)
        trace.status, trace.spent = response.status, clock() - began
        self._observe(trace, request, response)
        return self._outgoing(response, trace)

    def _outgoing(self, response: Response, trace: Trace) -> Wire:
        fields = [item for item in response.headers if item[0].lower() not in _WRITTEN_HERE]
        if (status := trace.cache_status()) is not None:
            fields.append(("Cache-Status", status))
        if "date" not in response.headers:
            fields.append(("Date", _now()))
        fields += (
            ("Quota-Cost", str(trace.cost)),
            ("Server-Timing", trace.server_timing()),
            ("X-Request-Id", trace.request_id),
            ("traceparent", trace.traceparent),
            ("Server", _SERVER),
        )
        if trace.account is not None:
            fields += self._rate_limits(trace.account)
        if trace.replaced_characters:
            fields.append(("Content-Replaced-Characters", str(trace.replaced_characters)))
        return Wire(response.status, fields, response.body)


def listener(proxy: Proxy, *, max_body: int) -> web.Server:
    """Make the callers' listener: no router, no access log of its own, and a caller who leaves is noticed."""

    def request(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=max_body)

    return web.Server(
        proxy, request_factory=request, handler_cancellation=True, access_log=None, keepalive_timeout=_IDLE
    )


def _refused(fault: Fault, raw: web.BaseRequest, trace: Trace) -> Response:
    trace.outcome, trace.refusal = Outcome.REFUSED, fault.kind.value
    chosen = negotiation.choose(raw.headers.get("Accept"))
    representation = Representation.JSON if isinstance(chosen, NotAcceptable) else chosen
    return problem(fault, representation, trace.request_id)


async def _request(raw: web.BaseRequest) -> Request:
    target = _target(raw)
    try:
        body = await raw.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Fault(Kind.TOO_LARGE, "the body is longer than server.max_body allows") from error
    except (HttpProcessingError, web.HTTPException, ValueError) as error:
        raise Fault(Kind.MALFORMED, f"the body cannot be read: {error}") from error
    headers = Headers(raw.headers.items())
    if "content-encoding" in headers:  # aiohttp has inflated the body
        headers = headers.without({"content-encoding", "content-length"})
    return Request(raw.method, target, headers, body)


def _target(raw: web.BaseRequest) -> str:
    """The origin-form of the target (RFC 9112 §3.2): the absolute-form's authority says nothing here."""
    target = raw.raw_path
    if found := _ABSOLUTE.match(target):
        target = target[found.end() :]
        target = target if target.startswith("/") else f"/{target}"
    if not target.startswith("/"):
        raise Fault(Kind.MALFORMED, f"{target!r:.100} is no target here; a path such as /client/ is")
    return target


def _trace(raw: web.BaseRequest) -> Trace:
    """Keep the caller's request id and trace context, or mint them (W3C Trace Context §3.2)."""
    sent = raw.headers.get("X-Request-Id", "")
    request_id = sent if _REQUEST_ID.fullmatch(sent) else f"{random.getrandbits(128):032x}"
    parent = raw.headers.get("traceparent", "").strip()
    if not _TRACEPARENT.fullmatch(parent):
        parent = f"00-{random.getrandbits(128) or 1:032x}-{random.getrandbits(64) or 1:016x}-01"
    return Trace(request_id=request_id, traceparent=parent, method=raw.method)


def _now() -> str:
    return _date(int(time.time()))


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
