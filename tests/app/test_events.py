from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.adapters.memory import MemoryLedger, MemoryRecords
from gateway.app.events import Eventing, Hearing
from gateway.exchange.line.gate import AccountRule, EgressRule, Gate
from gateway.exchange.line.outlook import Outlook
from gateway.policy import catalogue
from gateway.policy.names import AccountName
from gateway.settings import Settings
from tests.app.configured import settings
from tests.app.test_walking import unheard
from tests.fakes.outbox import FakeOutbox
from tests.fakes.watch import FakeWatch


def put_together(of: Settings, outbox: FakeOutbox) -> Eventing:
    gate = Gate(
        MemoryLedger(),
        EgressRule("office", 0, 60.0),
        {AccountName("acme"): AccountRule()},
        backlog=10,
        hold=5.0,
        new_lease_id=lambda: "id",
        spawn=lambda work, name: asyncio.get_running_loop().create_task(work, name=name),
    )
    return Eventing(
        of,
        Hearing(outbox, Outlook(gate, unheard), FakeWatch().noticed, unheard),
        rows=catalogue.load(),
        records=MemoryRecords(),
        gate=gate,
        spawn=lambda work, name: asyncio.get_running_loop().create_task(work, name=name),
    )


@pytest.mark.parametrize("resource", sorted(catalogue.load().resources))
async def test_every_resource_can_be_subscribed_to(tmp_path: Path, resource: str) -> None:
    events = put_together(settings(tmp_path), FakeOutbox(f"intervals.{resource}.deleted"))
    scope = events.noticing.scope(AccountName("acme"), resource)
    assert scope is not None
    assert scope.rules.resource == resource
    other = "client" if resource != "client" else "task"
    assert events.noticing.scope(AccountName("acme"), other) is None
