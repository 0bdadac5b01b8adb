"""A gate, its reconciler, and an upstream that counts an account's day by a clock of its own; on virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gateway.exchange.fetch import Arrival, Order
from gateway.exchange.line.gate import AccountRule, Gate
from gateway.exchange.line.reconcile import APP, Reconciler
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName
from gateway.policy.outcome import Answer
from gateway.policy.quota.backlog import Priority
from tests.exchange.gates import ACME, NOON, House
from tests.fakes.exchange import caller
from tests.fakes.watch import FakeWatch

DAY = 86_400.0


class Day:
    """The upstream's count of one account's day, by a clock that may differ from the ledger's."""

    def __init__(self, house: House, limit: int) -> None:
        self.house, self.limit = house, limit
        self.skew = 0.0
        self.asked: list[float] = []
        self.foreign: list[float] = []
        self.answer: Callable[[], Response] | None = None

    @property
    def today(self) -> int:
        return int((self.house.clock() + self.skew) // DAY)

    def of_today(self, moments: list[float]) -> int:
        return sum(int((at + self.skew) // DAY) == self.today for at in moments)

    @property
    def used(self) -> int:
        offset = self.house.clock() - asyncio.get_running_loop().time()
        return self.of_today([at + offset for at, _ in self.house.upstream.arrivals]) + self.of_today(self.foreign)

    def spend(self, requests: int) -> None:
        """A program that knows nothing of the gateway."""
        self.foreign += [self.house.clock()] * requests

    def document(self) -> Response:
        reset = datetime.fromtimestamp((self.today + 1) * DAY, UTC)
        record = {
            "quota": str(self.limit),
            "used": str(self.used),
            "next_reset": reset.strftime("%Y-%m-%d %H:%M:%S"),
            "exceeded": "t" if self.used >= self.limit else "f",
        }
        return Response(200, Headers([("Content-Type", "application/json")]), json.dumps({"quota": record}).encode())


LEARNING = AccountRule(6000, learns=True)


class Scene:
    """A gate, its reconciler and the upstream's count."""

    def __init__(self, *, start: float = NOON, limit: int = 6000) -> None:
        self.house = House(start=start)
        self.day = Day(self.house, limit)
        self.watch = FakeWatch()
        self.opened = 0
        self.wake: Callable[[AccountName], None] = lambda _: None
        self.events: list[tuple[str, dict[str, Any]]] = []

    def woken(self, account: AccountName) -> None:
        self.wake(account)

    async def open(self, rule: AccountRule = LEARNING, **options: Any) -> Gate:
        gate = await self.house.gate(accounts={ACME: rule}, on_day_spent=self.woken, **options)

        async def fetch(order: Order, _: object) -> Arrival:
            assert (order.caller.app, order.errand.priority, order.errand.free_of_day) == (APP, Priority.BATCH, True)
            lease = await gate.line_up(order.errand).lease
            try:
                self.day.asked.append(self.house.clock())
                await asyncio.sleep(0.2)
                response = (self.day.answer or self.day.document)()
                await asyncio.sleep(0.2)
            finally:
                await gate.settle(lease)
            return Arrival(response, Answer(), None, 0.0, 0.0, lease.waited, 0.4)

        def tell(name: str, /, *, level: str = "info", **fields: Any) -> None:
            self.events.append((name, fields))

        reconciler = Reconciler(
            gate=gate,
            fetch=fetch,
            callers={ACME: caller("gateway", priority="batch")},
            foreign_shares={ACME: 0.05},
            interval=600.0,
            watch=self.watch,
            tell=tell,
            later=float(self.opened * 7),
        )
        self.opened += 1
        self.wake = reconciler.wake
        self.task = asyncio.ensure_future(reconciler.run())
        await asyncio.sleep(2)
        return gate

    async def end(self, gate: Gate) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])
        await self.house.end(gate)
