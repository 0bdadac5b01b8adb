"""Virtual time for every async test of this directory: what would wait, has waited.

The loop's clock stands still while anything can run and jumps to the next timer when nothing can. A test that would
wait for ever fails instead. Real servers cannot hurry, and real work takes no virtual time: tests of those are
named in `_REAL_TIME`.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Mapping

import pytest
from typing_extensions import override

_REAL_TIME = frozenset({"test_pace.py"})


class _Skipping(selectors.SelectSelector):
    """A selector that lets time pass at once when nothing is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            ready = super().select(5)  # a thread may have something to say
            if not ready:
                raise RuntimeError("everything waits, and no timer will ever end it")
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that sleeps through a day in no time."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    @override
    def time(self) -> float:
        return self._skipping.now


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"real": asyncio.new_event_loop} if item.path.name in _REAL_TIME else {"virtual": VirtualTimeLoop}
