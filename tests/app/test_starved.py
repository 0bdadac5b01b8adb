"""That no descriptor is left is told once a minute; everything else as ever."""

from __future__ import annotations

import asyncio
import errno
from typing import Any

from gateway.app.starved import Starved


class Loop:
    """Stands in for the loop: keeps what its own handler is given."""

    def __init__(self) -> None:
        self.handled: list[dict[str, Any]] = []

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.handled.append(context)


def told(handler: Starved, failure: BaseException | None, loop: Any) -> None:
    handler(loop, {"message": "socket.accept() out of system resource", "exception": failure})


def test_a_thousand_failed_attempts_are_told_once_a_minute() -> None:
    heard: list[tuple[str, str]] = []
    now = 100.0
    handler = Starved(lambda name, /, *, level="info", **fields: heard.append((name, fields["detail"])), lambda: now)
    loop = Loop()
    for _ in range(1000):
        told(handler, OSError(errno.EMFILE, "Too many open files"), loop)
    assert [name for name, _ in heard] == ["descriptors_spent"]
    assert heard[0][1].startswith("Too many open files; callers wait to be let in. Raise the limit")
    now += 60
    told(handler, OSError(errno.ENFILE, "Too many open files in system"), loop)
    assert len(heard) == 2
    assert not loop.handled


def test_everything_else_is_the_loops_own_to_tell() -> None:
    loop = Loop()
    handler = Starved(lambda *_, **__: None, lambda: 0.0)
    for failure in (OSError(errno.EPIPE, "Broken pipe"), ValueError("odd"), None):
        told(handler, failure, loop)
    assert len(loop.handled) == 3


async def test_it_is_a_handler_of_a_real_loop() -> None:
    heard: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(
        Starved(lambda name, /, *, level="info", **_: heard.append(f"{level} {name}"), loop.time)
    )
    loop.call_exception_handler({"message": "accept", "exception": OSError(errno.EMFILE, "Too many open files")})
    loop.set_exception_handler(None)
    assert heard == ["error descriptors_spent"]
