"""What the loop is told of that nobody awaits: that no descriptor is left is said once a minute, not at every attempt.

asyncio reports each attempt to accept a connection, hundreds a second while there is no descriptor, with a trace each:
a log of that would fill the disk before anybody reads it.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Any

from gateway.ports import Tell

_SPENT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_AGAIN = 60.0


class Starved:
    """An exception handler for a loop; `clock` tells its seconds."""

    def __init__(self, tell: Tell, clock: Callable[[], float]) -> None:
        self._tell = tell
        self._clock = clock
        self._silent_until = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        failure = context.get("exception")
        if not isinstance(failure, OSError) or failure.errno not in _SPENT:
            loop.default_exception_handler(context)
            return
        if self._clock() >= self._silent_until:
            self._silent_until = self._clock() + _AGAIN
            detail = f"{failure.strerror}; callers wait to be let in. Raise the limit of open files (ulimit -n)"
            self._tell("descriptors_spent", level="error", detail=detail)
