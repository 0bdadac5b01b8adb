"""The only place tasks are born: each has a name, its death is told, and a stop waits for those that matter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

Run: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""What runs beside the requests until it is cancelled."""


class Spawn(Protocol):
    """Starts a named task that is kept and whose death is told (`Background.spawn`)."""

    def __call__(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]: ...


class Background:
    """Owns every task of the gateway that outlives the request it was born in.

    `on_death(name, error)` is told of every task that ends by an exception nobody awaits.
    """

    def __init__(self, on_death: Callable[[str, BaseException], None]) -> None:
        self._on_death = on_death
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start a named task and keep it alive until it ends."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def drain(self, patience: float) -> None:
        """Wait for what runs, at most `patience` seconds, then cancel the rest and wait for that."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_death(task.get_name(), error)
