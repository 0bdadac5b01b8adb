"""Records in this process: what all stores keep to is in `test_records_stores.py`."""

from __future__ import annotations

from gateway.adapters.memory import MemoryRecords


async def test_its_time_is_the_clock_it_is_given() -> None:
    assert await MemoryRecords(lambda: 7.5).now() == 7.5
