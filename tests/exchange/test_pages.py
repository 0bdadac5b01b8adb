"""Long lists are read some at a time."""

from __future__ import annotations

from gateway.adapters.memory import MemoryRecords
from gateway.exchange.pages import pages
from gateway.policy.records import Edit


async def test_all_records_come_in_order_and_none_twice() -> None:
    records = MemoryRecords()
    await records.swap([Edit("job", f"{number:04d}", None, "x") for number in range(250)])
    found = [[key for key, _ in rows] async for rows in pages(records, "job")]
    assert [len(rows) for rows in found] == [100, 100, 50]
    assert [key for rows in found for key in rows] == [f"{number:04d}" for number in range(250)]
    assert [len(rows) async for rows in pages(records, "job", after="0239")] == [10]
    assert [len(rows) async for rows in pages(records, "job", after="0239", most=4)] == [4, 4, 2]


async def test_what_is_taken_out_on_the_way_hides_nothing() -> None:
    records = MemoryRecords()
    await records.swap([Edit("job", f"{number:04d}", None, "x") for number in range(250)])
    async for rows in pages(records, "job"):
        await records.swap([Edit("job", key, text, None) for key, text in rows])
    assert await records.scan("job", most=10) == []
