"""The upstream over aiohttp: one request in, one request out, never a second one by itself.

What had to be switched off, and why, is measured in `docs/decisions/`: aiohttp re-quotes URLs, follows redirects, keeps
cookies, inflates bodies without bound, and sends an idempotent request again when a kept-alive connection breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from typing_extensions import override
from yarl import URL

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import WITHOUT_BODY, Headers, Request, Response
from gateway.ports import CutOff, NeverSent

_CONNECTIONS = 256
_IDLE = 4.0
"""Seconds a connection is kept without use. Common servers close theirs after 5, and what is sent just then is lost."""

_CONNECTING = 10.0
"""Seconds for a connection to be made, so that one that is not is known to be none while there is time to try again."""

_FINAL = range(200, 600)
_CHUNK = 256 * 1024
_AUTOMATIC = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")

_attempts: ContextVar[list[bool]] = ContextVar("_attempts")
_used: ContextVar[list[ResponseHandler]] = ContextVar("_used")


class Upstream:
    """A pool of kept-alive connections to one origin. `timeout` is in seconds, `max_answer` in bytes."""

    def __init__(self, url: str, *, timeout: float, max_answer: int) -> None:
        self._base = url.rstrip("/")
        self._origin = URL(self._base, encoded=True)
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, _CONNECTING))
        self._max_answer = max_answer
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Upstream:
        self._session = aiohttp.ClientSession(
            connector=_Connector(limit=_CONNECTIONS, ttl_dns_cache=60, keepalive_timeout=_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=False,
            skip_auto_headers=_AUTOMATIC,
            middlewares=(_once,),
            max_line_size=65536,
            max_field_size=65536,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, request: Request) -> Response:
        """Send a request exactly once and read the whole answer (the port `Send`)."""
        assert self._session is not None, "used outside of its context"
        _attempts.set([])
        used: list[ResponseHandler] = []
        _used.set(used)
        with _faults(self._base):
            async with self._session.request(
                request.method,
                self._at(request.target),
                headers=CIMultiDict(request.headers),
                data=request.body or None,
                allow_redirects=False,
            ) as answer:
                if request.method == "HEAD" or answer.status in WITHOUT_BODY or answer.status not in _FINAL:
                    for protocol in used:
                        protocol.force_close()  # a body that comes all the same would be the next answer
                if answer.status not in _FINAL:  # RFC 9110 §15: nothing was asked that an interim answer could end
                    raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"the upstream's answer has the status {answer.status}")
                body = await self._read(answer)
                return Response(answer.status, Headers(answer.headers.items()).end_to_end(), body)

    def _at(self, target: str) -> URL:
        """The URL of a target, byte for byte: all of it as the path, because an empty query would be left out."""
        origin = self._origin
        path = origin.raw_path.rstrip("/") + target
        return URL.build(scheme=origin.scheme, authority=origin.raw_authority, path=path, encoded=True)

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        chunks = bytearray()
        try:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                chunks += chunk
                if len(chunks) > self._max_answer:
                    detail = f"the upstream's answer is larger than {self._max_answer} bytes"
                    raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, detail)
        except TimeoutError:
            raise
        except (aiohttp.ClientError, OSError) as error:
            detail = f"{self._base} broke off in the middle of its answer: {error}"
            raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, detail) from error
        return bytes(chunks)


class _Connector(aiohttp.TCPConnector):
    """Gives out no connection on which something came that nobody had asked for.

    aiohttp looks for it when a connection is given back, and never again; it would take it for the answer to the next
    request, and each later answer on that connection for that of the request behind it, whoever asks.
    """

    @override
    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol = connection.protocol
            if protocol is not None and not protocol.should_close:
                _used.get().append(protocol)
                return connection
            connection.close()


class _SentTwice(Exception):
    """aiohttp wanted to send a request again after a broken connection."""


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    # Runs once for every attempt on the wire (aiohttp issue 10790 has no other public switch).
    attempts = _attempts.get()
    if attempts:
        raise _SentTwice
    attempts.append(True)
    return await handler(request)


@contextmanager
def _faults(base: str) -> Iterator[None]:
    """Turn aiohttp's exceptions into faults, the most specific first.

    Only a failed connect is `NeverSent`; a connection that broke before the answer's head was read is `CutOff`.
    """
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Fault(Kind.UPSTREAM_UNREACHABLE, f"no connection to {base}: {error}") from NeverSent()
    except TimeoutError as error:
        detail = f"{base} did not answer in time; the request may have been done"
        raise Fault(Kind.UPSTREAM_TIMED_OUT, detail) from error
    except _SentTwice as error:
        detail = f"{base} closed the connection; the request may have been done"
        raise Fault(Kind.UPSTREAM_UNREACHABLE, detail) from CutOff(error)
    except (aiohttp.ClientPayloadError, aiohttp.ClientResponseError) as error:
        raise Fault(Kind.UPSTREAM_UNINTELLIGIBLE, f"{base} sent an answer that cannot be read: {error}") from error
    except (aiohttp.ClientError, OSError) as error:
        detail = f"{base} broke the connection ({error}); the request may have been done"
        raise Fault(Kind.UPSTREAM_UNREACHABLE, detail) from CutOff(error)
    except (ValueError, UnicodeError) as error:
        raise Fault(Kind.MALFORMED, f"the request cannot be sent on: {error}") from NeverSent()
