"""What is particular to totals in memory; the rest is in `test_usage_stores.py`."""

from __future__ import annotations

from gateway.adapters.memory import MemoryUsage
from gateway.policy.quota.usage import Counts, Heading


async def test_counts_that_were_added_stay_the_callers_own() -> None:
    store, counts = MemoryUsage(), Counts(received=1)
    heading = Heading("acme", "tool", "client", "GET")
    await store.add("2024-10-04", {heading: counts})
    counts.received = 5
    (row,) = await store.read("2024-10-04")
    assert row.counts == Counts(received=1)
