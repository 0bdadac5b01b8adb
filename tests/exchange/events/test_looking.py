"""The ways of looking: by date, with pages and an overlap, and through all rows; deletions where a list is whole."""

from __future__ import annotations

import asyncio
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.exchange.events import looking
from tests.exchange.events.noticed import HOUR, INTERVAL, Told
from tests.exchange.events.test_polling import polled

LOOK = INTERVAL + 20


async def test_the_first_look_by_date_tells_nothing_and_the_next_what_was_modified() -> None:
    it = Told("intervals.task.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(60)
        assert len(polled(it, "task")) == 2  # the newest id, and what was modified lately
        number = it.account.first("task")
        it.account.browser("PUT", f"/task/{number}/", title="Renamed")
        await asyncio.sleep(LOOK)
        assert await it.told() == [f"task.updated {number} by poll"]
        (notice,) = await it.notices()
        assert notice["data"]["changed"] is None, "as it was before was never seen"
        await asyncio.sleep(HOUR)
        it.account.browser("PUT", f"/task/{number}/", title="Again")
        await asyncio.sleep(LOOK)
        assert (await it.notices())[1]["data"]["changed"] == {"title": {"old": "Renamed", "new": "Again"}}
        assert len(await it.told()) == 2


async def test_a_row_above_the_first_look_s_newest_is_created() -> None:
    it = Told("intervals.time.*", interval="5m")
    async with it.replica() as gateway:
        await asyncio.sleep(60)
        world = it.account.service.world("acme")
        row = next(iter(world.tables["time"].values()))
        wanted = {
            name: row[name] or ""
            for name in ("projectid", "moduleid", "worktypeid", "personid", "date", "time", "billable")
        }
        new = it.account.browser("POST", "/time/", **wanted)["id"]
        await asyncio.sleep(LOOK)
        assert await it.told() == [f"time.created {new} by poll"]
        it.account.browser("DELETE", f"/time/{new}/")
        await asyncio.sleep(2 * HOUR)
        assert len(await it.told()) == 1, "a look by date cannot see what is gone"
        assert gateway.events == []


async def test_more_than_one_page_is_paged_through() -> None:
    it = Told("intervals.task.*", interval="5m")
    with patch.object(looking, "_PAGE", 3):
        async with it.replica() as gateway:
            await asyncio.sleep(60)
            numbers = list(it.account.service.world("acme").tables["task"])[:8]
            for number in numbers:
                it.account.browser("PUT", f"/task/{number}/", title="Renamed")
            await asyncio.sleep(LOOK)
            assert sorted(await it.told()) == sorted(f"task.updated {number} by poll" for number in numbers)
            offsets = [asked.rpartition("offset=")[2] for asked in polled(it, "task") if "offset" in asked]
            assert offsets[offsets.index("0", 1) :][:3] == ["0", "3", "6"]
            assert gateway.events == []


async def test_the_mark_moves_with_the_rows_and_looks_overlap() -> None:
    it = Told("intervals.time.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(60)
        number = it.account.first("time")
        it.account.browser("PUT", f"/time/{number}/", description="changed")
        await asyncio.sleep(2 * LOOK)
        begin = parse_qs(urlsplit(polled(it, "time")[-1].split(" ")[1]).query)["datemodifiedbegin"]
        assert begin[0].endswith(" 10:01:00"), "two hours before the row that is newest"


async def test_after_a_long_time_away_a_filter_that_spans_a_week_is_asked_week_by_week() -> None:
    it = Told("intervals.tasknote.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(60)
    await asyncio.sleep(20 * 24 * HOUR)
    before = len(it.account.asked)
    async with it.replica() as gateway:
        await asyncio.sleep(60)
        assert gateway.events == []
    looks = [asked for asked in it.account.asked[before:] if "datemodifiedbegin" in asked]
    assert len(looks) == 4
    assert ["datemodifiedend" in asked for asked in looks] == [True, True, True, False]


async def test_lists_that_grow_without_end_are_looked_through_less_often() -> None:
    it = Told("intervals.expense.*", interval="5m")
    async with it.replica() as gateway:
        await asyncio.sleep(6 * HOUR)
        assert len(polled(it, "expense")) == 6
        number = it.account.first("expense")
        it.account.browser("PUT", f"/expense/{number}/", note="changed")
        gone = list(it.account.service.world("acme").tables["expense"])[1]
        it.account.browser("DELETE", f"/expense/{gone}/")
        await asyncio.sleep(HOUR + 20)
        assert sorted(await it.told()) == [f"expense.deleted {gone} by poll", f"expense.updated {number} by poll"]
        assert gateway.events == []


@pytest.mark.parametrize("resource", ["personcontact", "invoiceitem", "timer", "quota", "me"])
async def test_what_cannot_be_looked_at_is_not(resource: str) -> None:
    it = Told(f"intervals.{resource}.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(HOUR)
        assert it.account.asked == []
