"""How the gate stands: one value for gauges, RateLimit fields and the status page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.exchange.line.budgets import Budgets
from gateway.exchange.line.door import Door
from gateway.exchange.line.errand import EgressRule, Lane, Ticket
from gateway.policy.names import AccountName
from gateway.policy.quota import arithmetic, shares
from gateway.policy.quota.backlog import Line, Priority
from gateway.policy.quota.closure import Closure


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """One limit: `name` is the egress's or the account's, `reset` in seconds until all of it is free again.

    `wait` is in seconds until one more may leave, as far as this limit goes.
    """

    name: str
    window: Literal["minute", "day"]
    limit: int
    used: int
    remaining: int
    reset: float
    wait: float


@dataclass(frozen=True, slots=True)
class DayStanding:
    """An account's GMT day number `day` and whose it is. Counts are requests; `left` in seconds until it ends.

    `foreign` were made past the gateway, `foreign_ahead` are expected to be; `spent`, `guaranteed` and `lent` are by
    app; `reserve` is for interactive requests. The upstream's word: `told` used (None: not asked today), `plan` a day
    (0: never told), `asked_at` epoch seconds.
    """

    day: int
    limit: int
    used: int
    left: float
    foreign: int
    foreign_ahead: int
    spent: Mapping[str, int]
    guaranteed: Mapping[str, int]
    lent: Mapping[str, int]
    reserve: int
    told: int | None
    plan: int
    asked_at: float


@dataclass(frozen=True, slots=True)
class GateSnapshot:
    """The gate at `now` (the ledger's epoch seconds): who waits, what is spent, what is closed. Spans in seconds.

    `wait` is what somebody who joined at the end of the line would wait.
    """

    now: float
    waiting: Mapping[Priority, int]
    wait: float
    leases_out: int
    egress: BudgetStanding
    accounts: Mapping[AccountName, BudgetStanding]
    days: Mapping[AccountName, DayStanding]
    closures: Mapping[AccountName, Closure]
    pause_left: float
    ledger_away: bool


def snapshot(
    line: Line[Ticket, Lane],
    budgets: Budgets,
    door: Door,
    egress: EgressRule,
    accounts: Iterable[AccountName],
    *,
    out: int,
) -> GateSnapshot:
    """Read the mirror; limits are those this process keeps to now."""
    now = budgets.now()
    days = {name: Lane(name, free_of_day=False).budget for name in accounts}
    closures = {name: budgets.state(budget).closed for name, budget in days.items()}
    return GateSnapshot(
        now=now,
        waiting={priority: line.waiting(priority) for priority in Priority},
        wait=door.newcomer_wait(),
        leases_out=out,
        egress=_standing(budgets, egress.budget, egress.name, "minute"),
        accounts={name: _standing(budgets, budget, name, "day") for name, budget in days.items()},
        days={name: _day(budgets, budget) for name, budget in days.items()},
        closures={name: shut for name, shut in closures.items() if shut is not None and shut.in_force(now)},
        pause_left=door.pause_left(),
        ledger_away=budgets.away,
    )


def _standing(budgets: Budgets, budget: str, name: str, window: Literal["minute", "day"]) -> BudgetStanding:
    state, now = budgets.state(budget), budgets.now()
    windows = budgets.windows(budget)
    (rule,) = windows
    return BudgetStanding(
        name=name,
        window=window,
        limit=rule.limit,
        used=arithmetic.used(state, rule, now=now),
        remaining=arithmetic.remaining(state, rule, now=now),
        reset=arithmetic.reset(state, rule, now=now),
        wait=arithmetic.retry_after(state, windows, now=now),
    )


def _day(budgets: Budgets, budget: str) -> DayStanding:
    state, day, rule = (
        arithmetic.turned(budgets.state(budget), budgets.now()),
        budgets.day(budget),
        budgets.sharing(budget),
    )
    return DayStanding(
        day=state.day,
        limit=day.limit,
        used=day.used,
        left=day.left,
        foreign=day.foreign,
        foreign_ahead=math.ceil(day.foreign_ahead),
        spent=day.spent,
        guaranteed={app: shares.guaranteed(rule, app, day) for app in rule.shares},
        lent=day.lent,
        reserve=int(rule.reserve * day.limit),
        told=state.told,
        plan=state.plan,
        asked_at=state.asked_at,
    )
