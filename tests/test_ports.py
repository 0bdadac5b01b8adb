"""Every adapter and every fake fits the port it stands for: the type checker compares signatures, the test names."""

from __future__ import annotations

import inspect

import pytest

from gateway.adapters.memory import MemoryEntries, MemoryLedger, MemoryRecords, MemoryUsage
from gateway.adapters.prometheus import Metrics
from gateway.adapters.redis import RedisChannel, RedisEntries, RedisFills, RedisLedger, RedisRecords, RedisUsage
from gateway.adapters.sqlite import SqliteEntries, SqliteLedger, SqliteRecords, SqliteUsage
from gateway.adapters.upstream import Upstream
from gateway.app.counting import Counted
from gateway.exchange.background import Background, Spawn
from gateway.exchange.cache import Memory
from gateway.exchange.copies import Copies
from gateway.exchange.rendering import Rendition
from gateway.exchange.webhooks.outbox import RecordsOutbox
from gateway.ports import Elsewhere, EntryStore, Fills, Ledger, Outbox, Records, Send, UsageStore, Watch
from tests.fakes.fills import FakeFills
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox
from tests.fakes.upstream import FakeUpstream
from tests.fakes.watch import FakeWatch

ENTRY_STORES: list[type[EntryStore]] = [MemoryEntries, SqliteEntries, RedisEntries]
LEDGERS: list[type[Ledger]] = [MemoryLedger, SqliteLedger, RedisLedger, FakeLedger]
WATCHES: list[type[Watch]] = [Metrics, Counted, FakeWatch]
USAGE_STORES: list[type[UsageStore]] = [MemoryUsage, SqliteUsage, RedisUsage]
RECORDS: list[type[Records]] = [MemoryRecords, SqliteRecords, RedisRecords]
OUTBOXES: list[type[Outbox]] = [RecordsOutbox, FakeOutbox]
MEMORIES: list[type[Memory]] = [MemoryEntries[Rendition], Copies]
ELSEWHERE: list[type[Elsewhere]] = [RedisChannel]
FILLS: list[type[Fills]] = [RedisFills, FakeFills]


def fits(upstream: Upstream, fake: FakeUpstream, background: Background) -> tuple[Send, Send, Spawn]:
    """Callables, which the type checker alone compares."""
    return upstream.send, fake.send, background.spawn


def methods(of: type) -> dict[str, bool]:
    """The public methods, and whether each is awaited."""
    return {
        name: inspect.iscoroutinefunction(member)
        for name, member in inspect.getmembers(of, callable)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("port", "adapter"),
    [
        (port, adapter)
        for port, adapters in (
            (EntryStore, ENTRY_STORES),
            (Ledger, LEDGERS),
            (Watch, WATCHES),
            (Memory, MEMORIES),
            (UsageStore, USAGE_STORES),
            (Records, RECORDS),
            (Outbox, OUTBOXES),
            (Elsewhere, ELSEWHERE),
            (Fills, FILLS),
        )
        for adapter in adapters
    ],
)
def test_an_adapter_has_what_its_port_asks(port: type, adapter: type) -> None:
    asked, offered = methods(port), methods(getattr(adapter, "__origin__", adapter))
    assert asked
    assert {name: offered.get(name) for name in asked} == asked
