"""One upstream request for many equal callers (golang/sync singleflight, with patience).

The flight belongs to the coalescer, not to the caller who asked first: any caller may leave, and the others are
served. When all have left before it was sent, it leaves the line; once sent, it completes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeAlias, TypeVar

from gateway.exchange.background import Background
from gateway.policy.faults import Fault, Kind
from gateway.policy.trace import Call, Trace

T = TypeVar("T")


_AT_ONCE = 1.0
"""Seconds that a turn which is due may take to come (a trip to the ledger): no patience is needed for them."""


class Flight(Generic[T]):
    """One request to the upstream, waiting in line (`sent` is false) or under way; `cost` counts those that left,
    and `calls` tells of each.

    `lined_up`: it got into the line. `patience` is that of the caller who launched it, in seconds.
    """

    def __init__(self) -> None:
        self.sent = False
        self.lined_up = False
        self.riders = 0
        self.cost = 0
        self.calls: tuple[Call, ...] = ()
        self.patience = 0.0
        self.task: asyncio.Task[T | Fault]
        self.forecast: Callable[[], float] = lambda: 0.0

    @property
    def over(self) -> bool:
        return self.task.done() or self.task.cancelling() > 0


Launch: TypeAlias = Callable[[Flight[T]], Coroutine[Any, Any, T | Fault]]
"""Flies a flight; a `Fault` is returned, so that each of those who ride gets its own."""


class Coalescer(Generic[T]):
    """Flights by key. The key must hold all that makes two answers differ."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._flights: dict[Hashable, Flight[T]] = {}

    def board(self, key: Hashable | None, launch: Launch[T]) -> tuple[Flight[T], bool]:
        """Join the flight of this key, or launch one; True when it was joined. No key: never shared."""
        if key is not None and (flight := self._flights.get(key)) is not None and not flight.over:
            return flight, True
        flight = Flight[T]()
        flight.task = self._background.spawn(launch(flight), f"flight {key}")
        if key is not None:
            self._flights[key] = flight
            flight.task.add_done_callback(lambda _: self._landed(key, flight))
        return flight, False

    async def ride(self, flight: Flight[T], patience: float, *, bill: Trace | None = None) -> T:
        """Wait for the flight; at most `patience` seconds for it to leave the line, then to its end.

        Its cost goes on the `bill`, also when it ends by a fault: that of the caller who launched it.
        Raises the flight's `Fault`, WAIT_TOO_LONG or TIMED_OUT. Cancelling this wait never harms the other riders.
        """
        flight.riders += 1
        began = asyncio.get_running_loop().time()
        try:
            await _until_landed(flight, patience)
        finally:
            flight.riders -= 1
            if bill is not None:
                bill.cost += flight.cost
                bill.calls += flight.calls
                if flight.lined_up and not flight.sent:  # all of it was a wait in line
                    bill.queued = (bill.queued or 0.0) + asyncio.get_running_loop().time() - began
            if flight.riders == 0 and not flight.sent:
                flight.task.cancel()
        landing = flight.task.result()
        if isinstance(landing, Fault):
            raise landing.again()
        return landing

    def _landed(self, key: Hashable, flight: Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


async def _until_landed(flight: Flight[T], patience: float) -> None:
    if flight.task.done():
        return
    if not flight.sent and (ahead := flight.forecast()) > patience:
        raise Fault(Kind.WAIT_TOO_LONG, f"the wait is {ahead:.0f} s, the patience {patience:.0f} s", retry_after=ahead)
    await asyncio.wait((flight.task,), timeout=max(patience, _AT_ONCE))
    if flight.task.done():
        return
    if not flight.sent:
        raise Fault(Kind.TIMED_OUT, f"no turn came in the {patience:.0f} s of patience", retry_after=flight.forecast())
    await asyncio.wait((flight.task,))
