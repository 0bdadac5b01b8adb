"""A gate before a pretended upstream, on virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import pytest

from gateway.exchange.line.gate import AccountRule, EgressRule, Errand, Gate, Lease, Ticket
from gateway.policy.faults import Fault
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.budget import State, load
from tests.fakes.ledger import FakeLedger

NOON = 20_000 * 86_400.0 + 43_200.0
"""Some day, 12:00 GMT."""

ACME = AccountName("acme")


def now() -> float:
    return asyncio.get_running_loop().time()


def errand(app: str = "tool", **changes: Any) -> Errand:
    return Errand(**{"account": ACME, "app": AppName(app), "patience": 30.0, **changes})


@dataclass
class Upstream:
    """Takes requests: each arrives at some moment between leaving and ending."""

    random: Random
    longest: float = 1.0
    arrivals: list[tuple[float, str]] = field(default_factory=list)

    async def request(self, app: str = "tool") -> None:
        latency = self.random.random() * self.longest
        before = self.random.random() * latency
        await asyncio.sleep(before)
        self.arrivals.append((now(), app))
        await asyncio.sleep(latency - before)

    def worst(self, period: float) -> int:
        """The most arrivals in any (t - period, t]."""
        times = [at for at, _ in self.arrivals]
        return max((sum(at - period < other <= at for other in times) for at in times), default=0)

    def shares(self) -> Counter[str]:
        return Counter(app for _, app in self.arrivals)


class House:
    """A ledger with its clock, any number of gates on it, and the upstream."""

    def __init__(self, *, start: float = NOON, seed: int = 1, latency: float = 0.0) -> None:
        began = now()
        self.clock: Callable[[], float] = lambda: start + now() - began
        self.ledger = FakeLedger(self.clock, latency=latency)
        self.upstream = Upstream(Random(seed))
        self.tasks: list[asyncio.Task[Any]] = []
        self.away: list[str | None] = []
        self._ids = count()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.append(task)
        return task

    async def gate(self, *, limit: int = 100, period: float = 60.0, per_day: int | None = 6000, **changes: Any) -> Gate:
        options: dict[str, Any] = {"backlog": 1000, "hold": 60.0, **changes}
        accounts = options.pop("accounts", {ACME: AccountRule(per_day)})
        gate = Gate(
            self.ledger,
            EgressRule("office", limit, period),
            accounts,
            new_lease_id=lambda: f"l{next(self._ids)}",
            spawn=self.spawn,
            on_ledger=self.away.append,
            **options,
        )
        await gate.open()
        return gate

    async def send(self, gate: Gate, wanted: Errand) -> float:
        """Send one errand as a fetch would; returns the seconds it waited."""
        ticket = gate.line_up(wanted)
        try:
            lease = await ticket.lease
            try:
                await self.upstream.request(wanted.app)
            finally:
                await gate.settle(lease)
            return lease.waited
        finally:
            gate.leave(ticket)

    def state(self, budget: str) -> State:
        return load(self.ledger.states.get(budget))

    async def end(self, *gates: Gate) -> None:
        for gate in gates:
            await gate.close(30.0)


async def refusal(work: Awaitable[Any]) -> Fault:
    with pytest.raises(Fault) as caught:
        await work
    return caught.value


def refused(gate: Gate, **changes: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        gate.line_up(errand(**changes))
    return caught.value


async def granted(ticket: Ticket) -> Lease:
    async with asyncio.timeout(300):
        return await ticket.lease
