"""Faults that wait for the next requests, and how a connection is broken off."""

import socket
import struct
from asyncio import Transport
from collections import deque
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    RESET = "reset"
    """The connection is aborted before anything happens."""
    APPLY_THEN_RESET = "apply_then_reset"
    """The request takes effect, then the connection is aborted instead of an answer."""
    TIMEOUT = "timeout"
    """The request takes effect, but no answer comes; the connection stays open."""
    TRUNCATED = "truncated"
    """The answer breaks off in the middle of its body."""
    ERROR = "error"
    """500 with code 1."""
    DATABASE = "database"
    """500 with code 19."""
    OFFLINE = "offline"
    """502 with code 20."""


FAULT_CODES = {FaultKind.ERROR: 1, FaultKind.DATABASE: 19, FaultKind.OFFLINE: 20}


class FaultQueue(deque[FaultKind]):
    """Faults in the order they will strike, one a request."""

    def add(self, kind: FaultKind | str, times: int = 1) -> None:
        """Let a fault strike `times` requests. Raises ValueError for an unknown kind."""
        self.extend([FaultKind(kind)] * times)

    def strike(self) -> FaultKind | None:
        """The fault meant for the request at hand."""
        return self.popleft() if self else None


def abort(transport: Transport | None) -> None:
    """Reset a connection: what was not sent is lost, and the peer learns it at once (RST, not FIN)."""
    if transport is None:
        return
    peer = transport.get_extra_info("socket")
    if peer is not None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
