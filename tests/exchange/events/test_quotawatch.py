"""Quota events on virtual time: told once, by whichever replica notices, and by what the ledger holds just then."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.policy.outcome import AccountClosed
from gateway.policy.quota.closure import Reason
from tests.exchange.events.noticed import ADMIN, HOUR, Told
from tests.exchange.gates import ACME
from tests.fakes.exchange import Exchange

LOOK = 12.0


async def words(it: Told) -> list[str]:
    return [notice["type"] for notice in await it.notices()]


def quotas(*subscriptions: str, **changes: Any) -> Told:
    return Told(*(subscriptions or ("quota.*",)), **changes)


async def spend(it: Exchange, requests: int) -> None:
    for number in range(requests):
        await it.get(f"/time/{number}/", by=ADMIN, cache_control="no-cache")


async def test_levels_and_the_end_of_a_day_are_told_once_by_two_replicas() -> None:
    it = quotas("quota.warning", "quota.spent", "quota.recovered", per_day=20)
    async with it.replica() as one, it.replica() as two:
        await spend(one, 15)
        await asyncio.sleep(LOOK)
        assert await words(it) == []
        await spend(two, 2)
        await asyncio.sleep(LOOK)
        assert await words(it) == ["quota.warning"]
        await spend(one, 3)
        await asyncio.sleep(10 * LOOK)
        assert await words(it) == ["quota.warning", "quota.warning", "quota.spent"]
        warning = (await it.notices())[0]
        assert (warning["data"]["used"], warning["data"]["limit"], warning["data"]["level"]) == (17, 20, 0.8)
        await asyncio.sleep(13 * HOUR)
        assert (await words(it))[3:] == ["quota.recovered"]
        assert sorted({*one.counted, *two.counted}) == [("acme", word) for word in ("recovered", "spent", "warning")]
        assert len(one.counted) + len(two.counted) == 4


async def test_an_account_that_is_closed_and_open_again() -> None:
    it = quotas()
    async with it.replica() as one, it.replica() as two:
        state = AccountClosed(Reason.SUSPENDED, can_pass=True)
        one.gate.close_account(ACME, state, status=503, api_code=4)
        await asyncio.sleep(5 * LOOK)
        assert await words(it) == ["quota.suspended"], "also where the other replica does not know of it yet"
        two.gate.reopen(ACME)
        await asyncio.sleep(5 * LOOK)
        assert await words(it) == ["quota.suspended", "quota.recovered"]
        assert (await it.notices())[1]["data"]["from"] == "suspended"


async def test_a_day_that_will_not_last_is_told_once() -> None:
    it = quotas("quota.forecast", per_day=400)
    async with it.replica() as gateway:
        for _ in range(60):
            await spend(gateway, 4)
            await asyncio.sleep(60)
        (notice,) = await it.notices()
    assert notice["type"] == "quota.forecast"
    assert notice["data"]["dry_at"] < notice["data"]["reset_at"]
    assert notice["data"]["per_hour"] > 100


async def test_a_restart_tells_nothing_again() -> None:
    it = quotas("quota.warning", per_day=10)
    async with it.replica() as gateway:
        await spend(gateway, 8)
        await asyncio.sleep(LOOK)
    async with it.replica():
        await asyncio.sleep(HOUR)
    assert await words(it) == ["quota.warning"]


async def test_nothing_is_looked_at_where_nobody_subscribes() -> None:
    it = quotas("intervals.client.deleted", per_day=10)
    async with it.replica() as gateway:
        await spend(gateway, 9)
        await asyncio.sleep(HOUR)
    assert list(await it.records.scan("quota_told", most=1)) == []
