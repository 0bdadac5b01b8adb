"""What a caller gets who connects when there is room for no more: an answer, where hanging up would tell nothing."""

from __future__ import annotations

import asyncio

from typing_extensions import override

from gateway.policy import negotiation
from gateway.policy.faults import Fault, Kind
from gateway.web import correlation
from gateway.web.problems import problem
from gateway.web.wire import opening

_PATIENCE = 1.0
"""Seconds for a request to begin; an answer before it may be lost with the octets that nobody reads (RFC 9112 §9.6)."""

_COME_BACK = 5.0

_AT_ONCE = 8
"""Connections that may be waited for so; any more are hung up on, since they take what is kept for other use."""


class Full(asyncio.Protocol):
    """One connection beyond what there is room for; `others` are those of its kind."""

    def __init__(self, room: int, others: set[Full]) -> None:
        self._room = room
        self._others = others
        self._transport: asyncio.Transport | None = None
        self._end: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._others) >= _AT_ONCE:
            transport.abort()
            return
        self._others.add(self)
        self._end = asyncio.get_running_loop().call_later(_PATIENCE, transport.abort)

    @override
    def data_received(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_answer(self._room))
            self._transport.close()

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._others.discard(self)
        if self._end is not None:
            self._end.cancel()


def _answer(room: int) -> bytes:
    detail = f"{room} connections are open, and there is room for no more; close those that are idle"
    fault = Fault(Kind.TOO_MANY_CONNECTIONS, detail, retry_after=_COME_BACK)
    request_id, _ = correlation.mint()
    answer = problem(fault, negotiation.in_any_case(None), request_id)  # nothing of the request is read
    lasting = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    return f"{opening(answer.status, lasting, len(answer.body))}Connection: close\r\n\r\n".encode() + answer.body
