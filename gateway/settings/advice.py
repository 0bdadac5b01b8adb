"""What an operator can do when the system refuses: mostly a setting."""

from __future__ import annotations

import errno
import socket


def advice(failure: OSError) -> str:
    """Say what the system refused, and what can be done about it."""
    if isinstance(failure, socket.gaierror):
        told = failure.strerror or str(failure)
        return f"{told}\nThis machine cannot resolve that name; set server.host and operations.host to an address."
    told = f"{failure.strerror or failure}" + (f": {failure.filename}" if failure.filename else "")
    match failure.errno:
        case errno.EADDRINUSE:
            return (
                f"{told}\nAnother program listens there; stop it, or set another port (server.port, operations.port)."
            )
        case errno.EADDRNOTAVAIL:
            return f"{told}\nThis machine has no such address; set server.host and operations.host to one it has."
        case errno.EACCES if not failure.filename:
            return f"{told}\nPorts below 1024 need a privilege; set a higher port."
        case _:
            return told
