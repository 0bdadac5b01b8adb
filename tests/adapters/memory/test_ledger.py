"""The memory ledger's clock; what it shares with the others is in `test_ledgers.py`."""

from __future__ import annotations

from gateway.adapters.memory import MemoryLedger


async def test_the_ledger_follows_the_clock_it_was_given() -> None:
    assert (await MemoryLedger(lambda: 12.5).read(["a"])).now == 12.5
