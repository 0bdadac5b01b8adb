"""How the division of an account's day meets the line: who waits for a share to be lent, and who is told to come back.

The rule itself is in policy/quota/shares.py. Here it is asked for tickets: requests that compete for the same rest of
the day, in line or promised to come back, count as ahead.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.exchange.line.budgets import Budgets
from gateway.exchange.line.errand import Lane, Ticket
from gateway.exchange.line.promises import Promises
from gateway.policy.faults import Fault, Kind
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota import shares
from gateway.policy.quota.backlog import Line, Priority
from gateway.policy.quota.shares import Kept, Refused

_PROMISED = 100


class Lending:
    """Judges by the line and the mirror of the ledger; waits for nothing."""

    def __init__(self, line: Line[Ticket, Lane], budgets: Budgets) -> None:
        self._line = line
        self._budgets = budgets
        self._promises: dict[tuple[AccountName, AppName], Promises] = {}

    def refusal(self, ticket: Ticket, *, place: int, promised: int = 0) -> Refused | None:
        """Say why a ticket cannot leave now, the `place` of its app's that are before it having left, or None."""
        lane, errand = ticket.account, ticket.errand
        if lane.free_of_day or not self._budgets.divided(lane.budget):
            return None
        rule, day = self._budgets.sharing(lane.budget), self._budgets.day(lane.budget)
        if shares.kept(rule, errand.app, day) > place:
            return None
        others = (
            max(0, waiting - shares.kept(rule, app, day))
            for app, _, waiting in self._line.flows(lane)
            if app != errand.app
        )
        verdict = self._budgets.may_spend(
            lane.budget, errand.app, interactive=errand.interactive, ahead=place + sum(others) + promised
        )
        return verdict if isinstance(verdict, Refused) else None

    def newcomer(self, ticket: Ticket) -> Refused | None:
        """Judge a ticket that has just joined."""
        return self.refusal(ticket, place=self._line.place(ticket))

    def wait(self, ticket: Ticket) -> float:
        """Seconds until a ticket in line may leave, as far as the division goes."""
        refused = self.refusal(ticket, place=self._line.place(ticket))
        return refused.retry_after if refused else 0.0

    def lane_wait(self, lane: Lane) -> float:
        """Seconds until anybody who waits in a lane may leave, as far as the division goes."""
        return min(self._waits(lane), default=0.0)

    def roomy(self, lane: Lane) -> bool:
        """May all who wait in this lane leave, whoever is last? Then nobody in it needs to be judged one by one."""
        if lane.free_of_day or not self._budgets.divided(lane.budget):
            return True
        flows = self._line.flows(lane)
        ahead = sum(waiting for _, _, waiting in flows) - 1
        verdicts = (
            self._budgets.may_spend(lane.budget, app, interactive=priority is Priority.INTERACTIVE, ahead=ahead)
            for app, priority, _ in flows
        )
        return not any(isinstance(verdict, Refused) for verdict in verdicts)

    def tight(self, lane: Lane) -> bool:
        """Is there an app in this lane whose next request cannot leave now?"""
        return any(self._waits(lane))

    def fault(self, ticket: Ticket, refused: Refused, *, place: int) -> Fault:
        """Make the refusal of a ticket at its place among its app's, and promise its time to come back."""
        errand, lane = ticket.errand, ticket.account
        rule, day = self._budgets.sharing(lane.budget), self._budgets.day(lane.budget)
        share, spent = rule.shares.get(errand.app, 0.0), day.spent.get(errand.app, 0)
        own = f"its share of {share:g}, {shares.guaranteed(rule, errand.app, day)} requests" if share else "no share"
        amount = f" ({rule.reserve:.0%} of the day)" if refused.kept is Kept.RESERVE else ""
        detail = (
            f"app {errand.app!r} has spent {spent} requests of account {errand.account!r} today and has {own}; "
            f"what is left of the day is kept for {refused.kept}{amount}"
        )
        # Kept by app: one that does not wait as told delays only itself.
        promises = self._promises.setdefault((errand.account, errand.app), Promises(_PROMISED))
        later = self.refusal(ticket, place=place, promised=promises.standing()) or refused
        return Fault(Kind.QUOTA_SPENT, detail, retry_after=promises.make(later.retry_after))

    def _waits(self, lane: Lane) -> Iterator[float]:
        """How long the first of each app in a lane waits."""
        if lane.free_of_day or not self._budgets.divided(lane.budget):
            return
        for app, priority, _ in self._line.flows(lane):
            interactive = priority is Priority.INTERACTIVE
            verdict = self._budgets.may_spend(lane.budget, app, interactive=interactive, ahead=0)
            yield verdict.retry_after if isinstance(verdict, Refused) else 0.0
