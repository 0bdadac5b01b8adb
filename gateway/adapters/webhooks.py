"""Posts deliveries over aiohttp, to addresses that were checked, and to no other.

A name is looked up here; every address it has must be allowed (`policy/webhooks/receivers.py`). aiohttp then gets the
checked addresses instead of the name, so that no second look-up can give another, and each socket is made only for one
of them: an address written in the URL itself, in whatever spelling, is met there. The host of the URL stays what TLS
checks.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from ipaddress import ip_address
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from typing_extensions import override
from yarl import URL

from gateway import __version__
from gateway.policy.webhooks import receivers, retries
from gateway.policy.webhooks.attempt import Answered, Attempt, Unanswered
from gateway.policy.webhooks.receivers import Receivers

_READ_AT_MOST = 64 * 1024
_SHORTEST = 0.001  # aiohttp takes 0 for no limit
_FIELDS = {"Content-Type": "application/json", "User-Agent": f"intervals-gateway/{__version__}"}

_checked: ContextVar[Sequence[str]] = ContextVar("_checked")


class Forbidden(OSError):
    """A host or address that no delivery may go to; its text says why."""


LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""Tell the addresses of a host and a port. Raises OSError when it has none."""


async def addresses(host: str, port: int) -> Sequence[str]:
    """Ask the system, which also reads addresses, in all their spellings (`LookUp`)."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class Webhooks:
    """Posts to receivers, each time over a connection of its own. `timeout` is of one attempt in all, in seconds."""

    def __init__(
        self,
        allowed: Receivers,
        *,
        timeout: float,
        look_up: LookUp = addresses,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._look_up = look_up
        self._timeout = timeout
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    def follow(self, allowed: Receivers) -> None:
        """Go by this list from now on."""
        self._allowed = allowed

    async def __aenter__(self) -> Webhooks:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # bounded for each receiver, by its lane
                force_close=True,  # an address is checked each time, and nothing is sent twice by aiohttp itself
                use_dns_cache=False,
                resolver=_Checked(),
                socket_factory=_socket,
                ssl=self._trust or ssl.create_default_context(),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding"),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, body: bytes, fields: Sequence[tuple[str, str]]) -> Attempt:
        """Post once and read the status; what the receiver says beside it is dropped (the port `Post`)."""
        assert self._session is not None, "used outside of its context"
        clock = asyncio.get_running_loop().time
        end = clock() + self._timeout
        try:
            async with asyncio.timeout_at(end):
                _checked.set(await self.check(url))
            # Then aiohttp keeps to what is left: a status that came is not lost with a body that does not.
            left = aiohttp.ClientTimeout(total=max(_SHORTEST, end - clock()))
            headers = CIMultiDict([*_FIELDS.items(), *fields])
            async with self._session.post(
                URL(url, encoded=True), data=body, headers=headers, allow_redirects=False, timeout=left
            ) as answer:
                await _drop(answer)
                return Answered(answer.status, retries.asked(answer.headers.get("Retry-After"), time.time()))
        except (aiohttp.ClientError, OSError, ValueError) as failure:  # a time-out is an OSError
            return Unanswered(_why(failure, self._timeout))

    async def check(self, url: str) -> Sequence[str]:
        """Look a URL's host up and tell its addresses. Raises `Forbidden` unless all of them are allowed."""
        target = URL(url)
        host = target.host or ""
        if target.user is not None or target.scheme not in ("http", "https"):
            raise Forbidden(f"{host} is not addressed by http or https without a user name")
        if not receivers.could_be_right(self._allowed, host):
            raise Forbidden(f"{host} is not on the list of receivers")
        async with asyncio.timeout(self._timeout):
            found = await self._look_up(host, target.port or 0)
        for address in found:
            why = receivers.refusal(self._allowed, host, address)
            if why is not None:
                raise Forbidden(why)
        return found


async def _drop(answer: aiohttp.ClientResponse) -> None:
    """Let a short answer end in peace; one that is long, slow or broken is cut off, for its status is known."""
    left = _READ_AT_MOST
    try:
        while left > 0 and (chunk := await answer.content.read(left)):
            left -= len(chunk)
    except (aiohttp.ClientError, OSError):
        answer.close()


class _Checked(AbstractResolver):
    """Answers a name with the addresses that were checked for this attempt."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in _checked.get()
        ]

    @override
    async def close(self) -> None:
        """Nothing is kept."""


def _socket(place: tuple[Any, ...]) -> socket.socket:
    """Make a socket for an address that was checked for this attempt."""
    family, kind, protocol, _, address = place
    if ip_address(address[0]) not in map(ip_address, _checked.get()):
        raise Forbidden(f"{address[0]} was not checked")
    return socket.socket(family=family, type=kind, proto=protocol)


def _why(failure: Exception, timeout: float) -> str:
    """Say briefly what went wrong; never with more of the URL than its host."""
    match failure:
        case TimeoutError():
            return f"no answer within {timeout:g} s"
        case Forbidden():
            return str(failure)
        case aiohttp.ClientConnectorCertificateError():
            return f"its certificate is not trusted: {failure.certificate_error}"
        case aiohttp.ClientConnectorError():
            number = failure.os_error.errno
            return f"no connection: {os.strerror(number) if number else failure.os_error}"
        case socket.gaierror():
            return f"its host is not found: {failure.strerror}"
        case _:
            return f"the connection broke: {type(failure).__name__}"
