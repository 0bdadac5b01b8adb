"""What a program gets from whoever starts it: descriptors and signals, put in order before anything else is done."""

from __future__ import annotations

import os
import resource
import signal
import sys

_STANDARD = 3
_ENOUGH = 65536
"""Descriptors that suffice for one gateway. Some systems allow a billion, and what counts them up is slow then."""

_OWN = 384
"""Descriptors kept from callers: connections to the upstream and to receivers, the store, operators."""


def open_standard_streams() -> None:
    """Put nothing in the place of standard streams that are closed.

    Else the next file or socket would get such a number, and what is printed would end up in it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < _STANDARD:
        pass
    os.close(number)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def hold_hangups() -> None:
    """Let a SIGHUP wait until somebody takes it: before that it would end the program that is to be reloaded."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})


def release_hangups() -> None:
    """Take what waited, and what comes."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})


def allow_descriptors() -> int:
    """Raise the limit of open descriptors as far as it may be raised; tells what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return _ENOUGH if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def room_for_callers(descriptors: int) -> int:
    """How many connections of callers fit, so that enough is left for what they ask for."""
    return max(descriptors // 2, descriptors - _OWN)
