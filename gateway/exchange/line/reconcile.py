"""Truth from the upstream: `GET /quota/` at start, after midnight, now and then, and when the day is spent too soon.

It is free of the day but takes a place of the minute, so it lines up behind the callers, asks only where the account
has a token, and now and then means: while there is traffic, and not when another replica has just asked. The rule of
what the answer changes is in policy/quota/reconciling.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.exchange.coalescer import Flight
from gateway.exchange.fetch import Arrival, Order
from gateway.exchange.line.budgets import ticks
from gateway.exchange.line.gate import Gate
from gateway.exchange.line.standing import DayStanding, GateSnapshot
from gateway.policy import contentcoding, outgoing
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault
from gateway.policy.names import AccountName, AppName
from gateway.policy.negotiation import Representation
from gateway.policy.quota import reconciling
from gateway.policy.quota.arithmetic import turned
from gateway.policy.quota.budget import State
from gateway.policy.quota.closure import DAY, SKEW, Reason
from gateway.policy.quota.reconciling import Plan
from gateway.ports import Tell, Watch

APP = AppName("gateway")
"""Whose requests these are in the metrics."""

_PATIENCE = 300.0
_AFTER_MIDNIGHT = 10.0
"""Seconds after our midnight at which the upstream's has most likely come too."""

_JUST_ASKED = 5.0
"""Seconds in which an answer is not asked for again, whatever happens."""

_RETRY = 60.0
"""Seconds until an answer that did not come, or told of the day before, is asked for again."""

_WRITTEN = 0.5
"""Seconds after which a change has been written on what the ledger holds."""

_LONGEST = 65_536


@dataclass(slots=True)
class _Account:
    caller: Caller
    foreign_share: float
    asked: float = float("-inf")
    used: int = -1
    failures: int = 0
    wanted: bool = True
    alarmed: int = -1


class Reconciler:
    """Asks for every account that has a token."""

    def __init__(
        self,
        *,
        gate: Gate,
        fetch: Callable[[Order, Flight[Any]], Awaitable[Arrival]],
        callers: Mapping[AccountName, Caller],
        foreign_shares: Mapping[AccountName, float],
        interval: float,
        watch: Watch,
        tell: Tell,
        later: float,
    ) -> None:
        """`callers` act with the accounts' own tokens; `interval` in seconds.

        `later`: seconds by which this process asks later than it might, different for each, so that one of several
        replicas asks and the others see its answer.

        Foreign requests are told when they first exceed the account's part `foreign_shares` of a day.
        """
        self._gate = gate
        self._fetch = fetch
        self._accounts = {name: _Account(caller, foreign_shares[name]) for name, caller in callers.items()}
        self._interval = interval
        self._watch = watch
        self._tell = tell
        self._later = later
        self._woken = asyncio.Event()

    def wake(self, account: AccountName) -> None:
        """Ask at once: the upstream says that the day is spent, and the ledger did not expect it."""
        if account in self._accounts:
            self._accounts[account].wanted = True
            self._woken.set()

    async def run(self) -> None:
        """Ask whenever it is due, until cancelled."""
        while self._accounts:
            self._woken.clear()
            await asyncio.gather(*(self._visit(name) for name in self._accounts if self._due(name) <= ticks()))
            await self._sleep(min(map(self._due, self._accounts)))

    def _due(self, name: AccountName) -> float:
        """When to ask next, in ticks; while there is no traffic, when to look again."""
        it, now = self._accounts[name], self._gate.snapshot()
        day = now.days[name]
        if it.failures:
            return it.asked + min(self._interval, _RETRY * 2.0 ** min(it.failures - 1, 10))
        if it.wanted:
            return max(it.asked + _JUST_ASKED, ticks() + day.asked_at + _JUST_ASKED - now.now)
        if day.told is None:
            begun = DAY - day.left
            pause = _RETRY if begun < SKEW else self._interval
            return max(it.asked + pause, ticks() + _AFTER_MIDNIGHT + self._later - begun)
        midnight = ticks() + day.left + _AFTER_MIDNIGHT + self._later
        regular = max(it.asked, ticks() + day.asked_at - now.now) + self._interval + self._later
        if regular <= ticks() and day.used == it.used and not _spent(name, now):
            it.asked = ticks()  # nothing was spent since: look again after another interval
            regular = ticks() + self._interval
        return min(regular, midnight)

    async def _visit(self, name: AccountName) -> None:
        """Read the account anew, since another replica may have asked (a change of nothing does that); else ask."""
        self._gate.correct(name, lambda state, _: state)
        await asyncio.sleep(_WRITTEN)
        if self._due(name) <= ticks():
            await self._ask(name)

    async def _sleep(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _ask(self, name: AccountName) -> None:
        it = self._accounts[name]
        it.wanted = False
        request = outgoing.read("/quota/", it.caller, Representation.JSON)
        order = Order(caller=it.caller, request=request, resource="quota", patience=_PATIENCE)
        try:
            arrival = await self._fetch(order, Flight())
            plan = _plan(arrival)
        except (Fault, ValueError) as error:
            if not it.failures:
                self._tell("reconcile_failed", level="warning", account=name, detail=str(error))
            it.failures += 1
        else:
            it.failures = 0
            await self._correct(name, plan)
        it.asked = ticks()

    async def _correct(self, name: AccountName, plan: Plan) -> None:
        before = self._gate.snapshot().days[name]
        grown: list[int] = []

        def change(state: State, at: float) -> State:
            state = turned(state, at)
            after = reconciling.corrected(state, plan, now=at)
            grown.append(after.foreign - state.foreign if after.day == state.day else after.foreign)
            return after

        self._gate.correct(name, change)
        await asyncio.sleep(_WRITTEN)
        day = self._gate.snapshot().days[name]
        self._accounts[name].used = day.used
        if grown[-1] > 0:
            self._watch.foreign(name, grown[-1])
        if day.plan != before.plan:
            self._tell("quota_learnt", account=name, per_day=day.plan, before=before.plan or None)
        self._alarm(name, day)

    def _alarm(self, name: AccountName, day: DayStanding) -> None:
        it = self._accounts[name]
        if day.foreign > it.foreign_share * day.limit and it.alarmed != day.day:
            it.alarmed = day.day
            self._tell(
                "foreign_traffic",
                level="warning",
                account=name,
                requests=day.foreign,
                expected=day.foreign_ahead,
                per_day=day.limit,
            )


def _spent(name: AccountName, now: GateSnapshot) -> bool:
    """Is an account's day spent? Then nothing more will be, and only asking finds out that the plan has grown."""
    day, closed = now.days[name], now.closures.get(name)
    return 0 < day.limit <= day.used or (closed is not None and closed.reason is Reason.DAY_SPENT)


def _plan(arrival: Arrival) -> Plan:
    answer = contentcoding.decoded(arrival.response, limit=_LONGEST)
    if answer.status != 200:
        raise ValueError(f"GET /quota/ is answered with status {answer.status}")
    return reconciling.read(answer.body)
