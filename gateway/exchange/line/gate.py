"""The only way to the upstream: a fair line before it, and one dispatcher that grants leases.

An errand is refused at the door, with a true time to come back, or gets a ticket whose `lease` is a future. The
dispatcher takes a few leases at a time from the ledger, writes their stamps, and then resolves the futures in the
order of the line. Every lease ends in one of `settle`, `give_back` or `leave`; to call any of them again, or late,
changes nothing, and none of them waits: what they change is written with the next trip to the ledger.

    ticket = gate.line_up(errand)           # raises Fault
    try:
        lease = await ticket.lease          # raises Fault; cancelling it is leaving
        ... send, to end before lease.deadline ...
        await gate.settle(lease)            # give_back(lease) if not one byte has left
    finally:
        gate.leave(ticket)                  # changes nothing, unless the lease was not put to use

Two clocks: what is compared with stamps is the ledger's time (`Budgets.now`), what is waited for is the loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from gateway.exchange.background import Spawn
from gateway.exchange.line.budgets import Budgets, ticks
from gateway.exchange.line.dispatcher import Dispatcher, answered
from gateway.exchange.line.door import Door, closed
from gateway.exchange.line.draft import Change
from gateway.exchange.line.errand import AccountRule, EgressRule, Errand, Lane, Lease, Ticket
from gateway.exchange.line.standing import BudgetStanding, GateSnapshot, snapshot
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import AccountName
from gateway.policy.outcome import AccountClosed
from gateway.policy.quota import arithmetic, closure
from gateway.policy.quota.arithmetic import Sliding, Window
from gateway.policy.quota.backlog import Line
from gateway.policy.quota.closure import Closure
from gateway.ports import Ledger

__all__ = ["AccountRule", "BudgetStanding", "EgressRule", "Errand", "Gate", "GateSnapshot", "Lease", "Ticket"]

_DRIFT = 1.001
"""Periods are kept a little longer than told: the upstream's clock may run slower than the ledger's."""


class Gate:
    """Owns the line, the leases that are out, and the only dispatcher."""

    def __init__(
        self,
        ledger: Ledger,
        egress: EgressRule,
        accounts: Mapping[AccountName, AccountRule],
        *,
        backlog: int,
        hold: float,
        new_lease_id: Callable[[], str],
        spawn: Spawn,
        safe_share: float = 0.25,
        settling: float = 0.0,
        on_ledger: Callable[[str | None], None] = lambda _: None,
        on_day_spent: Callable[[AccountName], None] = lambda _: None,
    ) -> None:
        """Set up without asking the ledger.

        `hold` is the longest time in seconds from a grant to the end of a request; `safe_share` the part of each limit
        used while the ledger is away; `settling` the seconds others need to look at an empty one; `on_ledger` is told
        why it is away, and None when it is back; `on_day_spent` of an account whose day the upstream calls spent.
        """
        windows: dict[str, list[Window]] = {egress.budget: [Sliding(egress.limit, egress.period * _DRIFT)]}
        windows |= {_budget(name): [rule.window] for name, rule in accounts.items()}
        sharing = {_budget(name): rule.sharing for name, rule in accounts.items()}
        self._egress = egress
        self._accounts = tuple(accounts)
        self._budgets = Budgets(
            ledger, windows, sharing, hold=hold, safe_share=safe_share, settling=settling, on_ledger=on_ledger
        )
        self._line: Line[Ticket, Lane] = Line(backlog)
        self._door = Door(self._line, self._budgets, egress.budget, limit=egress.limit)
        self._dispatcher = Dispatcher(
            self._line,
            self._budgets,
            self._door,
            egress,
            new_lease_id=new_lease_id,
            deliver=self._deliver,
            tell=self._door.tell,
        )
        self._spawn = spawn
        self._out: dict[str, Lease] = {}
        self._on_day_spent = on_day_spent
        self._closing = False
        self._dispatch: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Learn what was spent before, so that the door knows the truth, and start to dispatch."""
        await self._budgets.trip([self._egress.budget, *map(_budget, self._accounts)], lambda _: ())
        self._dispatch = self._spawn(self._run(), "gate")

    def follow(self, accounts: Mapping[AccountName, AccountRule], *, backlog: int) -> None:
        """Keep to other rules from now on. Who waits or is under way for an account that is gone is still served."""
        self._accounts = tuple(accounts)
        for name, rule in accounts.items():
            self._budgets.follow(_budget(name), [rule.window], rule.sharing)
        self._line.limit = backlog
        self._dispatcher.ask()

    async def close(self, grace: float) -> None:
        """Refuse all who wait, let what was sent settle for at most `grace` seconds, write what is owed, stop."""
        self._shut()
        self._dispatcher.wake()
        if self._dispatch is not None:
            await asyncio.wait((self._dispatch,), timeout=grace)
            self._dispatch.cancel()
            await asyncio.wait((self._dispatch,))

    def line_up(self, errand: Errand) -> Ticket:
        """Join the line, or raise the `Fault` that says why not and when to come back."""
        if self._closing:
            raise Fault(Kind.SHUTTING_DOWN, "the gateway is shutting down and sends nothing new")
        ticket = Ticket.of(errand, joined=ticks())
        try:
            if self._door.free(ticket.account):
                self._deliver(ticket, self._dispatcher.lease(ticket, since=ticket.joined))
                return ticket
            self._door.enter(ticket)
        except Fault:
            self._dispatcher.ask()
            raise
        ticket.lease.add_done_callback(lambda lease: self.leave(ticket) if lease.cancelled() else None)
        self._dispatcher.wake()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give up the place in line, or the lease if it was granted and has not ended."""
        if self._line.leave(ticket):
            ticket.lease.cancel()
        elif ticket.granted is not None:
            self._ended(ticket.granted, _given_back(ticket.granted))

    def wait_ahead(self, ticket: Ticket) -> float:
        """Seconds this ticket is expected to wait from now; 0 when it does not wait."""
        return self._door.wait(ticket)

    def overdue(self, ticket: Ticket) -> Fault:
        """Leave the line because the patience has ended: the `Fault` to raise, with the time to come back."""
        fault = self._door.overdue(ticket)
        self.leave(ticket)
        return fault

    async def settle(self, lease: Lease) -> None:
        """The request of this lease has ended, in whichever way. Never waits, so that no cancellation comes between."""
        if lease.id in self._out:
            self._door.took(ticks() - lease.granted)
        self._ended(lease, lambda state, at: arithmetic.settle(state, lease.id, ended=at, hold=self._budgets.hold))

    async def give_back(self, lease: Lease) -> None:
        """The request of this lease never left; not one byte."""
        self._ended(lease, _given_back(lease))

    def answered(self, account: AccountName) -> None:
        """The upstream answered: if a probe of ours was out, the account is open again."""
        if self._door.probe_over(account):
            self._change(_budget(account), answered)

    def pause(self, seconds: float | None = None) -> None:
        """The upstream says "too fast": send nothing for a period, longer on repetition, at least `seconds`."""
        first = self._egress.period
        self._change(self._egress.budget, lambda state, at: arithmetic.pause(state, asked=seconds, first=first, now=at))

    def pause_left(self) -> float:
        """Seconds for which nothing is sent because the upstream said "too fast"."""
        return self._door.pause_left()

    def day_spent(self, account: AccountName) -> Fault:
        """The upstream says that the account's day is spent: tell all who wait; returns the `Fault` to raise."""
        fault = self._close(account, closure.spent)
        self._on_day_spent(account)
        return fault

    def close_account(self, account: AccountName, state: AccountClosed, *, status: int, api_code: int | None) -> Fault:
        """The upstream closed the account: tell all who wait; returns the `Fault` to raise."""
        shut = partial(closure.shut, state.reason, status=status, api_code=api_code, can_pass=state.can_pass)
        return self._close(account, lambda at: shut(now=at))

    def reopen(self, account: AccountName) -> None:
        """An operator says that the account is open again, whatever closed it."""
        self.correct(account, lambda state, _: replace(state, closed=None))

    def correct(self, account: AccountName, change: Change) -> None:
        """Change what is known of an account. The change may run several times; its last run is what is written."""
        self._change(_budget(account), change)

    def snapshot(self) -> GateSnapshot:
        """What stands now, from the mirror; asks nobody."""
        return snapshot(self._line, self._budgets, self._door, self._egress, self._accounts, out=len(self._out))

    async def _run(self) -> None:
        try:
            await self._dispatcher.run(self._finished)
        finally:
            self._shut()

    def _finished(self) -> bool:
        return self._closing and not self._out and (self._budgets.owed_since is None or self._budgets.away)

    def _shut(self) -> None:
        self._closing = True
        self._door.shut()

    def _deliver(self, ticket: Ticket, lease: Lease) -> None:
        self._out[lease.id] = ticket.granted = lease
        self._line.serve(ticket)
        if lease.probe:
            self._door.probes(ticket)
        if ticket.lease.done():  # its taker went while the ledger was asked
            self.leave(ticket)
        else:
            ticket.lease.set_result(lease)

    def _ended(self, lease: Lease, change: Change) -> None:
        if self._out.pop(lease.id, None) is None:
            return
        for budget in lease.budgets:
            self._budgets.owe(budget, change)
        self._dispatcher.wake()

    def _close(self, account: AccountName, made: Callable[[float], Closure]) -> Fault:
        self._door.probe_over(account)
        self._change(
            _budget(account),
            lambda state, at: replace(state, closed=closure.holding(state.closed, made(at), now=at)),
        )
        now = self._budgets.now()
        return closed(account, self._budgets.state(_budget(account)).closed or made(now), now=now)

    def _change(self, budget: str, change: Change) -> None:
        self._budgets.owe(budget, change)
        self._door.tell()
        self._dispatcher.wake()


def _budget(account: AccountName) -> str:
    return Lane(account, free_of_day=False).budget


def _given_back(lease: Lease) -> Change:
    return lambda state, _: arithmetic.give_back(state, lease.id)
