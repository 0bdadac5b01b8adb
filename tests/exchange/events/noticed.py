"""An exchange before a whole simulated account, to whose changes somebody subscribes; on virtual time."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from gateway.simulator.service import Service
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes.exchange import NOON, Exchange, Heard, caller
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox, posted
from tests.fakes.records import FakeRecords
from tests.fakes.service import ServiceUpstream
from tests.simulator.asking import ask, small

TOKEN = "acmeadmin01"
ADMIN = caller(token=TOKEN)
HOUR, INTERVAL = 3_600.0, 300.0


class Account(ServiceUpstream):
    """A simulated account whose calendar is the virtual one, and whose rows people change in the browser."""

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(asyncio.get_running_loop(), VirtualTimeLoop)
        began = asyncio.get_running_loop().time()
        clock = lambda: NOON + asyncio.get_running_loop().time() - began  # noqa: E731
        self.service = Service(small(now=clock, epoch=datetime.fromtimestamp(NOON, UTC).date()))

    def browser(self, method: str, target: str, **row: str) -> dict[str, str]:
        """Change a row past the gateway; gives the row."""
        reply = ask(self.service, target, method=method, token=TOKEN, body=row or None, address="192.0.2.1")
        assert reply.status < 300, reply.body
        element: dict[str, str] = json.loads(reply.body).get(target.split("/")[1], {})
        return element

    def first(self, table: str) -> str:
        """The id of the first row of a table."""
        return next(iter(self.service.world("acme").tables[table]))


class Told:
    """One or more replicas before one account, and what their subscribers are told."""

    def __init__(self, *subscriptions: str, interval: str = "0s", share: float = 1.0, per_day: int = 6000) -> None:
        self.account = Account()
        self.outbox = FakeOutbox(*subscriptions)
        began = asyncio.get_running_loop().time()
        clock = lambda: NOON + asyncio.get_running_loop().time() - began  # noqa: E731
        self.records, self.ledger = FakeRecords(clock), FakeLedger(clock)
        self.events = {"interval": interval, "share": share}
        self.per_day = per_day

    def replica(self, **changes: Any) -> Exchange:
        return Exchange(
            service=self.account,
            outbox=self.outbox,
            records=self.records,
            ledger=self.ledger,
            per_day=self.per_day,
            more={"accounts": {"acme": {"token": TOKEN}}, "events": self.events, **changes},
        )

    async def notices(self) -> list[dict[str, Any]]:
        return await posted(self.records)

    async def told(self) -> list[str]:
        """What was told, such as `client.updated 7 by poll`, in the order of delivery."""
        return [
            f"{it['type'].removeprefix('intervals.')} {it['data']['id']} by {it['data']['seen']['by']}"
            for it in await self.notices()
        ]


async def listed(it: Exchange, resource: str = "client") -> Heard:
    """Have the whole list fetched anew for a caller, and compared."""
    heard = await it.get(f"/{resource}/", by=ADMIN, cache_control="no-cache")
    await asyncio.sleep(1)
    return heard


async def put(it: Exchange, target: str, by: Any = ADMIN, **row: str) -> Heard:
    return await it.ask("PUT", target, json.dumps(row).encode(), by=by, content_type="application/json")
