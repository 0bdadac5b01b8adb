"""Times to come back that were told: whoever comes back then meets all who were told the same."""

from __future__ import annotations

from collections import deque

from gateway.exchange.line.budgets import ticks


class Promises:
    """Counts the promises that stand, at most `most` of them; each takes one of the sends that are free by then."""

    def __init__(self, most: int) -> None:
        self._moments: deque[float] = deque(maxlen=max(1, most))

    def standing(self) -> int:
        """Promises whose time has not come."""
        while self._moments and self._moments[0] <= ticks():
            self._moments.popleft()
        return len(self._moments)

    def make(self, wait: float) -> float:
        """Promise that coming back in `wait` seconds helps; returns it."""
        self._moments.append(ticks() + wait)
        return wait
