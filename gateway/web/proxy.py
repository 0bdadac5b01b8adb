"""The listener that tools talk to: an aiohttp request in, a walk, an aiohttp response out, one trace."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from functools import partial

from aiohttp import web

from gateway.exchange.walk import Walk
from gateway.policy import negotiation, wellformed
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.trace import Outcome, Trace
from gateway.web import body, correlation, head
from gateway.web.connection import Connection, Listener
from gateway.web.express import Express, ObserveAgain
from gateway.web.identity import Identity
from gateway.web.jobs import JobPages
from gateway.web.known import RateLimits
from gateway.web.problems import problem
from gateway.web.wire import Wire

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")

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
            request = Request(raw.method, _target(raw), Headers(raw.headers.items()))
            identity = self._identity
            caller = identity.recognise(request.headers)
            trace.app, trace.account = caller.app, caller.account
            request = await body.read(raw, request, max_body=self.max_body)  # of nobody unknown
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
        if _ends_the_connection(raw):
            outgoing.force_close()
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


def listener(proxy: Proxy, *, room: int = sys.maxsize) -> Listener:
    """Make the callers' listener, with the proxy's express lane in front, for so many connections."""
    return Listener(proxy, lane=proxy.express, refuse=proxy.misread, max_body=proxy.max_body, room=room)


def _misread(raw: web.BaseRequest) -> wellformed.Misread | None:
    hosts, codings = (raw.headers.getall(name, ()) for name in ("Host", "Transfer-Encoding"))
    fields = sum(len(name) + len(value) for name, value in raw.raw_headers)
    return wellformed.misread(version=raw.version, target=raw.raw_path, hosts=hosts, codings=codings, fields=fields)


def _ends_the_connection(raw: web.BaseRequest) -> bool:
    """May what follows on the connection be something else than the next request?

    aiohttp's parser adds the last trailer field of a chunked body to the head that follows, and loses what came along
    with a request to upgrade.
    """
    if "Transfer-Encoding" in raw.headers or body.unread(raw):
        return True
    return "Upgrade" in raw.headers and not (isinstance(raw.protocol, Connection) and raw.protocol.alone(raw))


def _accept(raw: web.BaseRequest) -> str | None:
    return ", ".join(raw.headers.getall("Accept", ())) or None


def _unsent(raw: web.BaseRequest, response: Response) -> int | None:
    """The length that an answer to HEAD tells of a body which nobody here has seen (RFC 9110 §8.6)."""
    told = response.headers.get("content-length") or ""
    return int(told) if raw.method == "HEAD" and not response.body and told.isascii() and told.isdigit() else None


def _refused(fault: Fault, accept: str | None, trace: Trace) -> Response:
    trace.outcome, trace.refusal = Outcome.REFUSED, fault.kind.value
    return problem(fault, negotiation.in_any_case(accept), trace.request_id)


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
