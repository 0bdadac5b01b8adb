"""Reads the configuration anew beside the event loop, and not for ever: it can be a pipe, or on a disk that is away.

A thread that hangs in a read cannot be stopped. So there are few at the most, and they keep neither the next reload nor
the end of the program waiting, as threads of asyncio's own pool would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from gateway.settings import Mistake, Settings, SettingsError

Read = Callable[[], Settings]
"""Read the configuration as the program was told to at its start; raises `SettingsError`. May block."""

PATIENCE = 10.0
"""Seconds a reload waits for the configuration and the secrets it names."""


MOST = 4
"""Reads that may hang at the same time."""


class Rereading:
    """Reads when asked; what hangs is left behind."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._under_way: list[Future[Settings]] = []

    async def __call__(self) -> Settings:
        """Read. Raises `SettingsError`, also where that takes too long."""
        self._under_way = [it for it in self._under_way if not it.done()]
        if len(self._under_way) >= MOST:
            raise _endless(f"is still being read since the last {MOST} times")
        told = Future[Settings]()
        self._under_way.append(told)
        told.set_running_or_notify_cancel()  # so that who stops waiting for it cannot cancel it
        Thread(target=self._into, args=(told,), name="reading", daemon=True).start()
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.wrap_future(told)
        except TimeoutError:
            raise _endless(f"was not read within {PATIENCE:.0f} s") from None

    def _into(self, told: Future[Settings]) -> None:
        try:
            told.set_result(self._read())
        except BaseException as error:  # noqa: BLE001 - it belongs to who asked, whatever it is
            told.set_exception(error)


def _endless(wrong: str) -> SettingsError:
    right = "look whether it, or a secret it names, is a pipe or lies on a disk that is away"
    return SettingsError((Mistake("the configuration", "", wrong, right),))
