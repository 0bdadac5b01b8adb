"""What an operator is told when the system refuses."""

from __future__ import annotations

import errno
import socket

import pytest

from gateway.settings.advice import advice


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(errno.EADDRINUSE, "in use"), "in use\nAnother program listens there"),
        (OSError(errno.EADDRNOTAVAIL, "no such"), "no such\nThis machine has no such address"),
        (PermissionError(errno.EACCES, "denied"), "denied\nPorts below 1024"),
        (PermissionError(errno.EACCES, "denied", "gateway.db"), "denied: gateway.db"),
        (socket.gaierror(socket.EAI_NONAME, "not known"), "not known\nThis machine cannot resolve that name"),
        (OSError("odd"), "odd"),
    ],
)
def test_it_begins_with_what_was_refused(failure: OSError, told: str) -> None:
    assert advice(failure).startswith(told)
