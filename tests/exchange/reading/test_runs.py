"""A tool that pages is noticed at its second page; the rest costs nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.fakes.exchange import Exchange, caller
from tests.fakes.service import ServiceUpstream

ADMIN = caller(token="acmeadmin01")


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange(service=ServiceUpstream(), read_ahead=30) as exchange:
        yield exchange


async def pages(it: Exchange, query: str, offsets: range) -> list[int]:
    """Page through a list, check each page against the service, and tell what each cost."""
    costs = []
    for offset in offsets:
        heard = await it.get(f"/task/?{query}offset={offset}", by=ADMIN)
        direct = await it.get(f"/task/?{query}offset={offset}", by=ADMIN, cache_control="no-store, no-cache")
        assert json.loads(heard.body) == json.loads(direct.body)
        costs.append(heard.trace.cost)
    return costs


async def test_the_rest_is_fetched_with_the_second_page(it: Exchange) -> None:
    assert await pages(it, "", range(0, 70, 10)) == [1, 1, 0, 0, 1, 0, 0]
    assert "GET /task/?offset=10&limit=30" in it.asked


async def test_a_tool_that_says_its_limit_gets_pages_of_it(it: Exchange) -> None:
    assert await pages(it, "limit=7&", range(0, 35, 7)) == [1, 1, 0, 0, 0]


async def test_single_pages_and_jumps_are_no_run(it: Exchange) -> None:
    assert [await pages(it, "", range(start, start + 1)) for start in (0, 20, 50)] == [[1], [1], [1]]


async def test_pages_of_another_query_do_not_continue_a_run(it: Exchange) -> None:
    await it.get("/task/?offset=0", by=ADMIN)
    await it.get("/task/?statusid=1&offset=10", by=ADMIN)
    assert all("limit=30" not in asked for asked in it.asked)


async def test_a_page_long_after_the_last_is_no_run(it: Exchange) -> None:
    await it.get("/task/?offset=0", by=ADMIN)
    await asyncio.sleep(120)
    await it.get("/task/?offset=10", by=ADMIN)
    assert it.asked[-1] == "GET /task/?offset=10"


async def test_a_write_ends_what_was_read_ahead(it: Exchange) -> None:
    await pages(it, "", range(0, 30, 10))
    task = json.loads((await it.get("/task/?limit=1", by=ADMIN)).body)["task"][0]["id"]
    await it.ask("PUT", f"/task/{task}", b'{"title":"x"}', by=ADMIN, content_type="application/json")
    assert (await it.get("/task/?offset=30", by=ADMIN)).trace.cost == 1


async def test_reading_ahead_can_be_switched_off() -> None:
    async with Exchange(service=ServiceUpstream(), read_ahead=0) as it:
        assert await pages(it, "", range(0, 30, 10)) == [1, 1, 1]
