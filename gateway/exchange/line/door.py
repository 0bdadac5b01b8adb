"""Who may line up, how long the wait is, and what a refusal says.

A refusal's time to come back is a promise. Callers who are refused together would all be told the same moment and
meet again at it, so each promise made is remembered until its time and counts as one more send ahead of the next.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from gateway.exchange.line.budgets import Budgets, ticks
from gateway.exchange.line.errand import Lane, Ticket
from gateway.exchange.line.lending import Lending
from gateway.exchange.line.promises import Promises
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import AccountName
from gateway.policy.quota import arithmetic
from gateway.policy.quota.backlog import Line
from gateway.policy.quota.closure import Closure, Reason

_FIRST_LATENCY = 1.0
"""Seconds a request is expected to take before one was seen."""

_WINDOWS_PROMISED = 10
"""Windows ahead whose places are promised to who was refused. Beyond that a promise could be broken; with more, tools
that come back sooner than told would send all others away for longer."""


class Door:
    """Judges by the line and the mirror of the ledger; waits for nothing."""

    def __init__(self, line: Line[Ticket, Lane], budgets: Budgets, egress: str, *, limit: int) -> None:
        self._line = line
        self._budgets = budgets
        self._egress = egress
        self._latency = min(_FIRST_LATENCY, budgets.hold)
        self._probes: dict[AccountName, Ticket] = {}
        self._lending = Lending(line, budgets)
        self._promises = Promises(limit * _WINDOWS_PROMISED)

    def took(self, seconds: float) -> None:
        """Learn how long a request takes: at once when it takes longer, slowly when it gets quicker."""
        self._latency = min(self._budgets.hold, max(seconds, self._latency * 0.9))

    def free(self, lane: Lane) -> bool:
        """May an errand pass by, because nobody waits and neither budget has a limit or is held back?"""
        limited = self._budgets.limited(self._egress) or self._budgets.limited(lane.budget)
        return not limited and not len(self._line) and self.untroubled(lane)

    def enter(self, ticket: Ticket) -> None:
        """Let a ticket into the line, or raise the `Fault` that says why not."""
        account, patience = ticket.errand.account, ticket.errand.patience
        fault = self._closed(ticket.account, patience=patience)
        probing = self._probes.get(account)
        if fault is not None and (not self._probe_due(account) or (probing is not None and probing in self._line)):
            raise fault
        if not self._line.join(ticket):
            detail = f"{len(self._line)} requests wait in line, and no more are let in"
            raise Fault(Kind.BACKLOG_FULL, detail, retry_after=self._promise(len(self._line)))
        if fault is not None:
            self.probes(ticket)
        own, refused = self._own_wait(ticket), self._lending.newcomer(ticket)
        lent = refused.retry_after if refused else 0.0
        wait = max(own, lent, self._forecast(self._egress, self._ahead(ticket)))
        if wait > patience:
            if refused is not None and lent > patience >= own:
                fault = self._lending.fault(ticket, refused, place=self._line.place(ticket))
            else:
                fault = _day_spent(account, own) if own > patience else self._too_long(ticket, wait)
            self._line.leave(ticket)
            raise fault

    def probes(self, ticket: Ticket) -> None:
        """Remember whose errand finds out whether its account is open again."""
        self._probes[ticket.errand.account] = ticket

    def probe_over(self, account: AccountName) -> bool:
        """Forget the probe of an account; True if it had left."""
        probe = self._probes.get(account)
        if probe is None or probe in self._line:
            return False
        del self._probes[account]
        return probe.granted is not None

    def tell(self) -> None:
        """Refuse at once all whose patience cannot last, as the mirror now stands."""
        for lane in self._line.accounts():
            if self.untroubled(lane) and not self._lending.tight(lane):
                continue
            own, pause = self.lane_wait(lane), self.pause_left()  # the same for all, and there may be a thousand
            roomy, places = self._lending.roomy(lane), Counter[str]()
            for ticket in self._line.tickets(lane):
                probing = self._probes.get(lane.account) is ticket and self._probe_due(lane.account)
                place = None if roomy else places[ticket.app]
                fault = None if probing else self._bad_news(ticket, place, own=own, pause=pause)
                places[ticket.app] += fault is None
                if fault is not None:
                    self._refuse(ticket, fault)

    def shut(self) -> None:
        """Refuse all who wait: the gateway stops."""
        for lane in self._line.accounts():
            for ticket in self._line.tickets(lane):
                self._refuse(ticket, Fault(Kind.SHUTTING_DOWN, "the gateway is shutting down"))

    def untroubled(self, lane: Lane) -> bool:
        """Is there no bad news for anybody who waits for this account?"""
        return self._budgets.state(lane.budget).closed is None and self.sendable(lane) and self.pause_left() <= 0

    def sendable(self, lane: Lane) -> bool:
        """May this account send now, as far as its own budget goes?"""
        return self.lane_wait(lane) <= 0

    def lane_wait(self, lane: Lane, ahead: int = 0) -> float:
        """Seconds until an account's own budget lets a send leave, with so many of the account ahead."""
        state, now = self._budgets.state(lane.budget), self._budgets.now()
        shut = state.closed
        barred = 0.0
        if shut is not None and shut.bars(free_of_day=lane.free_of_day, now=now) and not shut.probe_due(now):
            barred = shut.retry_after(now) or 0.0
        return max(barred, 0.0 if lane.free_of_day else self._forecast(lane.budget, ahead))

    def turn_wait(self, lane: Lane) -> float:
        """Seconds until somebody who waits for an account may leave, the egress aside."""
        return max(self.lane_wait(lane), self._lending.lane_wait(lane))

    def egress_wait(self) -> float:
        """Seconds until the egress lets a send leave, if nothing under way ends before its time."""
        state, now = self._budgets.state(self._egress), self._budgets.now()
        return max(
            arithmetic.pause_left(state, now),
            arithmetic.retry_after(state, self._budgets.windows(self._egress), now=now),
        )

    def pause_left(self) -> float:
        return arithmetic.pause_left(self._budgets.state(self._egress), self._budgets.now())

    def newcomer_wait(self) -> float:
        """Seconds that the last one in line waits."""
        return self._forecast(self._egress, len(self._line))

    def wait(self, ticket: Ticket) -> float:
        """Seconds that somebody in line has yet to wait, by all who are ahead and both budgets."""
        if ticket not in self._line:
            return 0.0
        waits = self._own_wait(ticket), self._lending.wait(ticket)
        return max(*waits, self._forecast(self._egress, self._ahead(ticket)))

    def overdue(self, ticket: Ticket) -> Fault:
        """The answer to somebody whose patience has ended in line."""
        wait = self.wait(ticket)
        detail = f"waited {ticks() - ticket.joined:.1f} s, the patience; the turn would come in {wait:.1f} s"
        return Fault(Kind.TIMED_OUT, detail, retry_after=self._promise(self._ahead(ticket)))

    def _closed(self, lane: Lane, *, patience: float) -> Fault | None:
        now = self._budgets.now()
        shut = self._budgets.state(lane.budget).closed
        if shut is None or not shut.bars(free_of_day=lane.free_of_day, now=now):
            return None
        back = shut.retry_after(now)
        if shut.until is not None and back is not None and back <= patience:
            return None
        return closed(lane.account, shut, now=now)

    def _probe_due(self, account: AccountName) -> bool:
        shut = self._budgets.state(Lane(account, free_of_day=False).budget).closed
        return shut is not None and shut.probe_due(self._budgets.now())

    def _bad_news(self, ticket: Ticket, place: int | None, *, own: float, pause: float) -> Fault | None:
        """Say why who is at this place of its app cannot wait; `own` and `pause` are the waits of the whole lane.

        No place: the division of the day is in nobody's way.
        """
        patience = ticket.patience_left(ticks())
        if (fault := self._closed(ticket.account, patience=patience)) is not None:
            return fault
        if own > patience:
            return _day_spent(ticket.errand.account, own)
        if place is not None:
            refused = self._lending.refusal(ticket, place=place)
            if refused is not None and refused.retry_after > patience:
                return self._lending.fault(ticket, refused, place=place)
        # A ledger that is away may be back in a moment: who waits already goes on waiting.
        return self._too_long(ticket, pause) if pause > patience and not self._budgets.away else None

    def _refuse(self, ticket: Ticket, fault: Fault) -> None:
        self._line.leave(ticket)
        if not ticket.lease.done():
            ticket.lease.set_exception(fault)
            ticket.lease.exception()  # seen: nobody has to await it

    def _too_long(self, ticket: Ticket, wait: float) -> Fault:
        detail = f"the wait is {wait:.0f} s, the patience {ticket.errand.patience:.0f} s"
        kind, left = Kind.WAIT_TOO_LONG, self.pause_left()
        if self._budgets.away:
            kind = Kind.LEDGER_UNAVAILABLE
            detail += "; while the ledger is away only a safe share of the limit is used"
        elif left > 0 and not self._budgets.state(self._egress).pauses:
            kind = Kind.LEDGER_UNAVAILABLE
            detail += f"; the ledger has lost what was spent, so nothing is sent until that has passed, in {left:.0f} s"
        elif left > 0:
            kind = Kind.TOO_FAST
            detail += f"; the upstream said that requests come too fast, and the pause lasts {left:.0f} s more"
        return Fault(kind, detail, retry_after=max(self._own_wait(ticket), self._promise(self._ahead(ticket))))

    def _promise(self, ahead: int) -> float:
        return self._promises.make(self._forecast(self._egress, ahead + self._promises.standing()))

    def _ahead(self, ticket: Ticket) -> int:
        return self._line.ahead(ticket, cache(self.sendable)) if ticket in self._line else 0

    def _own_wait(self, ticket: Ticket) -> float:
        lane = ticket.account
        return self.lane_wait(
            lane, self._line.ahead(ticket, lambda other: other == lane) if ticket in self._line else 0
        )

    def _forecast(self, budget: str, ahead: int) -> float:
        return arithmetic.forecast(
            self._budgets.state(budget),
            self._budgets.windows(budget),
            ahead,
            hold=self._budgets.hold,
            latency=self._latency,
            now=self._budgets.now(),
        )


def closed(account: AccountName, shut: Closure, *, now: float) -> Fault:
    """Say that nothing is sent for an account, with the status the upstream gave as the reason."""
    back = shut.retry_after(now)
    if shut.reason is Reason.DAY_SPENT:
        return _day_spent(account, back or 0.0)
    told = f"status {shut.status}" + (f" and code {shut.api_code}" if shut.api_code else "")
    detail = f"the upstream answers {told} for account {account!r}: {shut.reason}"
    return Fault(Kind.ACCOUNT_CLOSED, detail, retry_after=back, status=shut.status)


def _day_spent(account: AccountName, wait: float) -> Fault:
    detail = f"the requests of account {account!r} for this day are spent; the next day begins at 00:00 GMT"
    return Fault(Kind.QUOTA_SPENT, detail, retry_after=wait)
