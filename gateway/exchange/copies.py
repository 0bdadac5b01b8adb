"""Memory whose content other replicas can make untrue: it is served and added to only while their drops are heard."""

from __future__ import annotations

from collections.abc import Callable

from gateway.exchange.cache import Memory
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import CacheKey


class Copies:
    """A `Memory` that is as if empty while `current` is false; that is asked for every hit, and asks nobody."""

    def __init__(self, memory: Memory, current: Callable[[], bool]) -> None:
        self.changes = memory.changes
        self.changes.current = current
        self._memory = memory
        self._current = current

    def peek(self, key: CacheKey) -> HeldAnswer | None:
        return self._memory.peek(key) if self._current() else None

    def keep(self, entry: Entry) -> HeldAnswer | None:
        return self._memory.keep(entry) if self._current() else None

    def discard(self, selector: Selector) -> int:
        return self._memory.discard(selector)

    def covered(self, selector: Selector) -> list[HeldAnswer]:
        return self._memory.covered(selector) if self._current() else []

    def grew(self, held: HeldAnswer, by: int) -> None:
        self._memory.grew(held, by)
