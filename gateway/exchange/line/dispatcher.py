"""The one loop that takes leases: when the next trip to the ledger is worth making, and what it asks for.

It wakes when somebody joins, when a lease ends, and at one timer; while a line is empty it polls nothing but a ledger
that is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import replace

from gateway.exchange.line.budgets import Budgets, ticks
from gateway.exchange.line.door import Door
from gateway.exchange.line.draft import Draft
from gateway.exchange.line.errand import EgressRule, Lane, Lease, Ticket
from gateway.policy.quota import arithmetic, closure
from gateway.policy.quota.backlog import Line
from gateway.policy.quota.budget import State
from gateway.policy.quota.closure import Reason

_BATCH = 5
"""Leases taken at once: few, so that replicas share."""

_FLUSH = 0.1
"""Seconds until a change is written that nobody waits for."""

_BREATH = 0.01
"""Seconds after a trip that granted nothing: a clock or a race may deny what the mirror promised."""


class Dispatcher:
    """Grants leases in the order of the line: `deliver` hands one over, `tell` passes on what the ledger says."""

    def __init__(
        self,
        line: Line[Ticket, Lane],
        budgets: Budgets,
        door: Door,
        egress: EgressRule,
        *,
        new_lease_id: Callable[[], str],
        deliver: Callable[[Ticket, Lease], None],
        tell: Callable[[], None],
    ) -> None:
        self._line = line
        self._budgets = budgets
        self._door = door
        self._egress = egress
        self._new_lease_id = new_lease_id
        self._deliver = deliver
        self._tell = tell
        self._wake = asyncio.Event()
        self._not_before = 0.0
        self._news_wanted = False

    def wake(self) -> None:
        """Something has changed that may let somebody leave."""
        self._wake.set()

    def ask(self) -> None:
        """Somebody was refused by what the mirror says: look soon whether it still holds."""
        self._news_wanted = True
        self._wake.set()

    async def run(self, finished: Callable[[], bool]) -> None:
        """Dispatch until told that all is done."""
        while not finished():
            self._wake.clear()
            due = self._due()
            if due is not None and due <= ticks():
                await self._trip()
            else:
                await self._sleep(due)

    def lease(self, ticket: Ticket, *, since: float, budgets: tuple[str, ...] = (), probe: bool = False) -> Lease:
        """Make out a lease; its time runs from `since`, the moment before the ledger was asked."""
        now = ticks()
        return Lease(
            id=self._new_lease_id(),
            account=ticket.errand.account,
            budgets=budgets,
            granted=now,
            deadline=since + self._budgets.hold,
            waited=now - ticket.joined,
            probe=probe,
        )

    def _due(self) -> float | None:
        """When the next trip is worth making, in ticks; None when nothing is to be done."""
        # Another replica may have freed what this one believes to be taken, so look now and then.
        news = self._budgets.last_trip + min(1.0, self._egress.period / 60)
        # So does a ledger that was away: else the first who comes when it is back would still be refused.
        moments = [news] if self._news_wanted or self._budgets.away else []
        if len(self._line):
            lanes = (self._door.turn_wait(lane) for lane in self._line.accounts())
            wait = max(self._door.egress_wait(), min(lanes, default=0.0))
            moments.append(max(self._not_before, min(news, ticks() + wait) if wait > 0 else 0.0))
        if self._budgets.owed_since is not None:
            moments.append(self._budgets.owed_since + _FLUSH)
        return min(moments, default=None)

    async def _sleep(self, until: float | None) -> None:
        timer = None if until is None else asyncio.get_running_loop().call_at(until, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _trip(self) -> None:
        self._news_wanted = False
        since = ticks()
        budgets = {lane.budget for lane in self._line.accounts()} | {self._egress.budget}
        grants = await self._budgets.trip(budgets, lambda draft: self._plan(draft, since))
        for ticket, lease in grants:
            self._deliver(ticket, replace(lease, granted=ticks(), waited=ticks() - ticket.joined))
        if not grants:
            self._not_before = ticks() + _BREATH
        self._tell()

    def _plan(self, draft: Draft, since: float) -> list[tuple[Ticket, Lease]]:
        """Choose who leaves, on states as just read; runs again when another replica was faster."""
        grants: list[tuple[Ticket, Lease]] = []
        if arithmetic.pause_left(draft.states[self._egress.budget], draft.now) > 0:
            return grants
        spent: set[Hashable] = set()
        for ticket in self._line.order(lambda lane: _may_leave(draft, lane)):
            lane = ticket.account
            if lane in spent or _passed_over(draft, ticket, spent):
                continue
            probe = _barred(draft, lane)
            lease = self.lease(ticket, since=since, budgets=self._charged(lane), probe=probe)
            in_the_way = draft.take(lease.budgets, lease.id, ticket.errand.app)
            if in_the_way == self._egress.budget:
                break
            if in_the_way is not None:
                spent.add(lane)
                continue
            if probe:
                draft.change(lane.budget, _probed)
            grants.append((ticket, lease))
            if len(grants) == _BATCH:
                break
        return grants

    def _charged(self, lane: Lane) -> tuple[str, ...]:
        budgets = (self._egress.budget,) if lane.free_of_day else (self._egress.budget, lane.budget)
        return tuple(budget for budget in budgets if self._budgets.limited(budget))


def _barred(draft: Draft, lane: Lane) -> bool:
    shut = draft.states[lane.budget].closed
    return shut is not None and shut.bars(free_of_day=lane.free_of_day, now=draft.now)


def _may_leave(draft: Draft, lane: Lane) -> bool:
    """May an errand of this account leave, or one that finds out whether it is open again?"""
    if lane.budget not in draft.states:  # joined while the ledger was read
        return False
    shut = draft.states[lane.budget].closed
    return not _barred(draft, lane) or (shut is not None and shut.probe_due(draft.now))


def _passed_over(draft: Draft, ticket: Ticket, spent: set[Hashable]) -> bool:
    """Does a ticket stay in line, because its account is closed or its app may not spend what is left of the day?"""
    lane, errand = ticket.account, ticket.errand
    flow = (lane, errand.app, errand.interactive)
    if flow in spent or not _may_leave(draft, lane):
        return True
    if lane.free_of_day or draft.may_spend(lane.budget, errand.app, interactive=errand.interactive):
        return False
    spent.add(flow)
    return True


def answered(state: State, _: float) -> State:
    """The upstream answered a probe: the account is open again, unless its day is spent."""
    spent = state.closed is not None and state.closed.reason is Reason.DAY_SPENT
    return state if spent else replace(state, closed=None)


def _probed(state: State, at: float) -> State:
    return replace(state, closed=state.closed and closure.probed(state.closed, now=at))
