"""The listener that tools talk to: an aiohttp request in, a walk, an aiohttp response out, one trace."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.exchange.walk import Walk
from gateway.policy import contentcoding, negotiation, wellformed
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.negotiation import NotAcceptable, Representation
from gateway.policy.trace import Outcome, Trace
from gateway.web import correlation, head
from gateway.web.connection import Connection, Listener
from gateway.web.express import Express, ObserveAgain
from gateway.web.identity import Identity
from gateway.web.jobs import JobPages
from gateway.web.known import RateLimits
from gateway.web.problems import problem
from gateway.web.wire import Wire

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")

_BODY = 60.0
"""Seconds in which the body of a request has to arrive."""

_CLIENT_GONE = 499
"""Logged for a caller who hung up; nobody reads it on the wire."""

Observe = Callable[[Trace, Request | None, Response | None], None]
"""Is told of each finished request that the express lane has not answered, once."""

OnError = Callable[[BaseException, Trace], None]


class Proxy:
    """Handles every request of the callers' listener."""

    def __init__(
        self,
        *,
        identity: Identity,
        walk: Walk,
        rate_limits: RateLimits,
        observe: Observe,
        observe_again: ObserveAgain,
        on_error: OnError,
        max_body: int,
        jobs: JobPages | None = None,
    ) -> None:
        self._identity = identity
        self._walk = walk
        self._rate_limits = rate_limits
        self._observe = observe
        self._on_error = on_error
        self._jobs = jobs
        self.max_body = max_body
        self.express = Express(rate_limits=rate_limits, observe=observe_again)

    def follow(self, identity: Identity) -> None:
        """Recognise other callers from now on; who was recognised before is still answered."""
        self._identity = identity
        self.express.forget()

    async def __call__(self, raw: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; whatever happens, the caller gets a response and the trace is observed once."""
        if (found := _misread(raw)) is not None:
            answer = self.misread(raw, *found)
            answer.force_close()
            return answer
        clock = asyncio.get_running_loop().time
        began = clock()
        trace = _trace(raw)
        request: Request | None = None
        response: Response | None = None
        caller: Caller | None = None
        identity: Identity | None = None
        try:
            request = await _request(raw, max_body=self.max_body)
            identity = self._identity
            caller = identity.recognise(request.headers)
            trace.app, trace.account = caller.app, caller.account
            if self._jobs is not None and self._jobs.covers(request.path):
                response = await self._jobs(request, caller)
            else:
                response = await self._walk.handle(request, caller, trace)
        except Fault as fault:
            response = _refused(fault, _accept(raw), trace)
        except asyncio.CancelledError:
            trace.status, trace.spent = _CLIENT_GONE, clock() - began
            self._observe(trace, request, None)
            raise
        except Exception as error:
            self._on_error(error, trace)
            response = _refused(Fault(Kind.INTERNAL, "see the gateway's log by the request id"), _accept(raw), trace)
        trace.status, trace.spent = response.status, clock() - began
        self._observe(trace, request, response)
        written = partial(self._written, raw, request, caller, response, trace, identity=identity)
        outgoing = self._outgoing(response, trace, written, length=_unsent(raw, response))
        if "Transfer-Encoding" in raw.headers:
            outgoing.force_close()  # aiohttp's parser adds the last trailer field to the request that follows
        return outgoing

    def misread(self, raw: web.BaseRequest, status: int, wrong: str) -> web.StreamResponse:
        """Answer what is no HTTP request, as clearly as any other mistake."""
        trace = _trace(raw)
        response = _refused(Fault(Kind.MALFORMED, f"this is no HTTP request: {wrong}", status=status), "*/*", trace)
        trace.status = response.status
        self._observe(trace, None, response)
        return self._outgoing(response, trace, lambda: None, length=None)

    def _outgoing(self, response: Response, trace: Trace, written: Callable[[], None], *, length: int | None) -> Wire:
        limits = () if trace.account is None else self._rate_limits(trace.account)
        passing = (
            head.ageing(response.headers.get("age"), trace)
            + head.current(limits, dated="date" in response.headers)
            + head.own(trace.server_timing(), trace.request_id, trace.traceparent)
        )
        return Wire(
            response.status, head.lasting(response, trace), passing, response.body, written=written, length=length
        )

    def _written(
        self,
        raw: web.BaseRequest,
        request: Request | None,
        caller: Caller | None,
        response: Response,
        trace: Trace,
        *,
        identity: Identity | None,
    ) -> None:
        """Remember a hit for the express lane, once its answer has left, if its caller would still be recognised."""
        octets = raw.protocol.boundary(raw) if isinstance(raw.protocol, Connection) else None
        if octets is None or request is None or caller is None or identity is not self._identity:
            return
        self.express.remember(octets, partial(self._walk.repeat, request, caller, trace), response, trace)


def listener(proxy: Proxy) -> Listener:
    """Make the callers' listener, with the proxy's express lane in front."""
    return Listener(proxy, lane=proxy.express, refuse=proxy.misread, max_body=proxy.max_body)


def _misread(raw: web.BaseRequest) -> wellformed.Misread | None:
    hosts, codings = (raw.headers.getall(name, ()) for name in ("Host", "Transfer-Encoding"))
    fields = sum(len(name) + len(value) for name, value in raw.raw_headers)
    return wellformed.misread(version=raw.version, target=raw.raw_path, hosts=hosts, codings=codings, fields=fields)


def _accept(raw: web.BaseRequest) -> str | None:
    return ", ".join(raw.headers.getall("Accept", ())) or None


def _unsent(raw: web.BaseRequest, response: Response) -> int | None:
    """The length that an answer to HEAD tells of a body which nobody here has seen (RFC 9110 §8.6)."""
    told = response.headers.get("content-length") or ""
    return int(told) if raw.method == "HEAD" and not response.body and told.isascii() and told.isdigit() else None


def _refused(fault: Fault, accept: str | None, trace: Trace) -> Response:
    trace.outcome, trace.refusal = Outcome.REFUSED, fault.kind.value
    chosen = negotiation.choose(accept)
    representation = Representation.JSON if isinstance(chosen, NotAcceptable) else chosen
    return problem(fault, representation, trace.request_id)


async def _request(raw: web.BaseRequest, *, max_body: int) -> Request:
    target, headers = _target(raw), Headers(raw.headers.items())
    await _expected(raw, headers)
    if not raw.body_exists:  # as of most reads: there is nothing to wait for
        return Request(raw.method, target, headers)
    try:
        async with asyncio.timeout(_BODY):
            body = await raw.read()
    except TimeoutError as error:
        raise Fault(Kind.MALFORMED, f"the body did not arrive within {_BODY:.0f} s", status=408) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise Fault(Kind.TOO_LARGE, f"the body is longer than the {max_body} bytes of server.max_body") from error
    except (web.RequestPayloadError, HttpProcessingError, web.HTTPException, ValueError) as error:
        raise Fault(Kind.MALFORMED, f"the body cannot be read: {error}") from error
    return _decoded(Request(raw.method, target, headers, body), max_body=max_body)


async def _expected(raw: web.BaseRequest, headers: Headers) -> None:
    """Answer `Expect` (RFC 9110 §10.1.1): .NET and curl wait for it before they send a body."""
    expectation = headers.get("expect")
    if expectation is None or raw.version < HttpVersion11:
        return
    if expectation.strip().lower() != "100-continue":
        raise Fault(Kind.EXPECTATION_FAILED, f"{expectation!r:.100} is not met here; 100-continue is")
    await raw.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _decoded(request: Request, *, max_body: int) -> Request:
    """Undo the codings of a body, last first (RFC 9110 §8.4): what goes on has none."""
    codings = [name.strip().lower() for name in (request.headers.get("content-encoding") or "").split(",")]
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
    trace = Trace(*correlation.mint(), method=raw.method, minted=True)
    if correlation.is_request_id(sent := raw.headers.get(correlation.REQUEST_ID, "")):
        trace.request_id, trace.minted = sent, False
    if correlation.is_traceparent(sent := raw.headers.get(correlation.TRACEPARENT, "").strip()):
        trace.traceparent, trace.minted = sent, False
    return trace
