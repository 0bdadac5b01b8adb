"""Lanes and names of budgets."""

from __future__ import annotations

from gateway.exchange.line.errand import EgressRule, Lane, Ticket
from tests.exchange.gates import ACME, errand


def test_what_costs_nothing_of_the_day_waits_in_a_lane_of_its_own_for_the_same_budget() -> None:
    bound, free = Lane(ACME, free_of_day=False), Lane(ACME, free_of_day=True)
    assert bound != free
    assert bound.budget == free.budget == "account:acme"
    assert EgressRule("office", 100, 60.0).budget == "egress:office"


async def test_patience_runs_from_joining() -> None:
    ticket = Ticket.of(errand(patience=30.0, free_of_day=True), joined=100.0)
    assert ticket.account == Lane(ACME, free_of_day=True)
    assert ticket.patience_left(110.0) == 20.0
    ticket.lease.cancel()
