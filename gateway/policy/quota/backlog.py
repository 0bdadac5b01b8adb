"""The fair line: who may send next.

Three levels take turns, each by stride scheduling (Waldspurger and Weihl, 1995): priority classes at 16 : 4 : 1, in
a class the accounts as equals, in an account the apps by weight; within an app, first come first served. Every child
of a level carries a virtual time, `passed`: what it was served so far, divided by its share. The one that is least
far goes next and moves on by its stride. So batch work advances by one for every sixteen interactive requests,
and nobody starves.

* The level's own virtual time, `clock`, is where the last one served started. Who joins after being idle starts there,
  never before: idling banks no credit. Who comes back too soon still has to make up for what it had.
* Who may not send now (its day is spent) is passed over. Its time counts as `clock` at least, so when it may send
  again it is next, once, and does not catch up with what it missed.
* Strides are whole numbers, so that the number of tickets ahead can be calculated instead of played through: a ticket
  that is the n-th of its flow goes when that flow has moved n strides, and by then every sibling has been served
  as often as its own strides fit in. The same holds one level up, and again.

Nothing here waits or knows the time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heapify, heappop, heappush
from itertools import count, pairwise
from typing import Any, Generic, TypeVar


class Priority(StrEnum):
    """How urgent a request is; a class of the line."""

    INTERACTIVE = "interactive"
    NORMAL = "normal"
    BATCH = "batch"


SHARES: dict[Priority, int] = {Priority.INTERACTIVE: 16, Priority.NORMAL: 4, Priority.BATCH: 1}

_STRIDE = 1_000_000_000


K = TypeVar("K", bound=Hashable)


@dataclass(eq=False)
class Ticket(Generic[K]):
    """A place in the line. `account` is whatever may be passed over as a whole; `weight` is above 0."""

    account: K
    app: str
    priority: Priority
    weight: float


T = TypeVar("T", bound=Ticket[Any])
Eligible = Callable[[K], bool]


def everyone(_: object) -> bool:
    """The line when every account may send."""
    return True


@dataclass(eq=False, slots=True)
class _Turn(Generic[T]):
    """One child at one level: a class, an account or an app; only an app has a queue."""

    stride: int = _STRIDE
    passed: int = 0
    rank: int = 0
    waiting: int = 0
    clock: int = 0
    children: dict[Hashable, _Turn[T]] = field(default_factory=dict)
    queue: OrderedDict[T, None] = field(default_factory=OrderedDict)

    def start(self, parent: _Turn[T]) -> int:
        return max(self.passed, parent.clock)


class Line(Generic[T, K]):
    """The line itself: join, leave at any time, serve the next. `limit` may be set anew: who waits is not put out."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._root: _Turn[T] = _Turn()
        self._ranks = count()

    def __len__(self) -> int:
        return self._root.waiting

    def __contains__(self, ticket: T) -> bool:
        path = self._path(ticket)
        return path is not None and ticket in path[-1].queue

    @property
    def full(self) -> bool:
        return self._root.waiting >= self.limit

    def join(self, ticket: T) -> bool:
        """Stand at the end of the app's own queue; False when the line is full."""
        if self.full:
            return False
        turns = self._root.children
        group = turns.setdefault(ticket.priority, _Turn(_STRIDE // SHARES[ticket.priority]))
        account = group.children.setdefault(ticket.account, _Turn())
        app = account.children.setdefault(ticket.app, _Turn())
        app.stride = max(1, round(_STRIDE / ticket.weight))
        for child in (group, account, app):
            if child.waiting == 0:
                child.rank = next(self._ranks)
            child.waiting += 1
        self._root.waiting += 1
        app.queue[ticket] = None
        return True

    def leave(self, ticket: T) -> bool:
        """Give up the place, free of charge; False when the ticket does not wait (any more)."""
        path = self._path(ticket)
        if path is None or ticket not in path[-1].queue:
            return False
        del path[-1].queue[ticket]
        for turn in path:
            turn.waiting -= 1
        if self._root.waiting == 0:
            self._root = _Turn()
        return True

    def serve(self, ticket: T) -> bool:
        """Take the ticket out of the line and charge its turn; False when it does not wait (any more)."""
        path = self._path(ticket)
        if path is None or ticket not in path[-1].queue:
            return False
        for parent, child in pairwise(path):
            parent.clock = child.start(parent)
            child.passed = parent.clock + child.stride
        return self.leave(ticket)

    def next(self, eligible: Eligible[K] = everyone) -> T | None:
        """Serve the ticket whose turn it is among the accounts that may send."""
        ticket = next(self.order(eligible), None)
        if ticket is not None:
            self.serve(ticket)
        return ticket

    def order(self, eligible: Eligible[K] = everyone) -> Iterator[T]:
        """Tell in which order the tickets would be served if nobody joined; ends at the next change of the line."""
        return _order(self._root, 0, eligible)

    def ahead(self, ticket: T, eligible: Eligible[K] = everyone) -> int:
        """Count the tickets that would be served before this one, which waits, if nobody joined."""
        path = self._path(ticket)
        if path is None or ticket not in path[-1].queue:
            raise ValueError("the ticket does not wait in this line")
        before = _position(path[-1].queue, ticket)
        for level, (parent, child) in reversed(list(enumerate(pairwise(path)))):
            before += sum(
                _served_before(child.start(parent) + before * child.stride, child.rank, sibling, parent, room)
                for key, sibling in parent.children.items()
                if sibling is not child and (room := _sendable(sibling, key, level, eligible))
            )
        return before

    def waiting(self, priority: Priority) -> int:
        """Tickets of one class."""
        turn = self._root.children.get(priority)
        return turn.waiting if turn else 0

    def accounts(self) -> set[K]:
        """The accounts somebody waits for."""
        apps = (
            app
            for group in self._root.children.values()
            for turn in group.children.values()
            for app in turn.children.values()
        )
        return {next(iter(app.queue)).account for app in apps if app.waiting}

    def tickets(self, account: K) -> list[T]:
        """Everybody who waits for an account."""
        accounts = [group.children.get(account) for group in self._root.children.values()]
        return [ticket for turn in accounts if turn for app in turn.children.values() for ticket in app.queue]

    def flows(self, account: K) -> list[tuple[str, Priority, int]]:
        """The apps that wait for an account, in which class, and with how many tickets."""
        groups = [group.children.get(account) for group in self._root.children.values()]
        apps = (app for turn in groups if turn for app in turn.children.values() if app.waiting)
        return [(first.app, first.priority, app.waiting) for app in apps for first in [next(iter(app.queue))]]

    def place(self, ticket: T) -> int:
        """Count the tickets of its own flow that are before this one, which waits."""
        path = self._path(ticket)
        if path is None or ticket not in path[-1].queue:
            raise ValueError("the ticket does not wait in this line")
        return _position(path[-1].queue, ticket)

    def _path(self, ticket: T) -> list[_Turn[T]] | None:
        path = [self._root]
        for key in (ticket.priority, ticket.account, ticket.app):
            child = path[-1].children.get(key)
            if child is None:
                return None
            path.append(child)
        return path


_ACCOUNTS = 1
_APPS = 3


def _order(turn: _Turn[T], level: int, eligible: Eligible[Any]) -> Iterator[T]:
    if level == _APPS:
        yield from turn.queue
        return
    heap = [
        (child.start(turn), child.rank, child.stride, _order(child, level + 1, eligible))
        for key, child in turn.children.items()
        if child.waiting and (level != _ACCOUNTS or eligible(key))
    ]
    heapify(heap)
    while heap:
        at, rank, stride, tickets = heappop(heap)
        ticket = next(tickets, None)
        if ticket is not None:
            yield ticket
            heappush(heap, (at + stride, rank, stride, tickets))


def _sendable(turn: _Turn[T], key: Hashable, level: int, eligible: Eligible[Any]) -> int:
    """Tickets below a turn that may be served."""
    if level == 0:
        return sum(child.waiting for account, child in turn.children.items() if eligible(account))
    return turn.waiting if level != _ACCOUNTS or eligible(key) else 0


def _served_before(at: int, rank: int, sibling: _Turn[T], parent: _Turn[T], room: int) -> int:
    """How often a sibling is served before the turn that starts `at`; the lower rank goes first at a tie."""
    lead = at - sibling.start(parent)
    times = lead // sibling.stride + 1 if sibling.rank < rank else -(-lead // sibling.stride)
    return min(room, max(0, times))


def _position(queue: OrderedDict[T, None], ticket: T) -> int:
    if next(reversed(queue)) is ticket:
        return len(queue) - 1
    return next(place for place, waiting in enumerate(queue) if waiting is ticket)
