"""When the gateway looks for changes itself, what that costs, and that a look that was missed catches up."""

from __future__ import annotations

import asyncio

from gateway.exchange.events.noticing import POLLS
from tests.exchange.events.noticed import HOUR, INTERVAL, Told, listed, put
from tests.fakes.exchange import caller

ALL = "GET /client/?limit=2147483647"
DAY = 24 * HOUR


def polled(it: Told, resource: str) -> list[str]:
    return [asked for asked in it.account.asked if asked.startswith(f"GET /{resource}/")]


async def test_a_day_with_three_subscribers_costs_no_more_polls_than_one() -> None:
    costs = []
    for subscribers in (1, 3):
        it = Told(*["intervals.client.*"] * subscribers, interval="5m")
        async with it.replica() as gateway:
            await asyncio.sleep(DAY)
            costs.append(gateway.watch.requests)
    assert costs[0] == costs[1]
    assert 285 <= len(costs[0]) <= 289
    assert {(app, resource) for _, app, resource, _ in costs[0]} == {(POLLS, "client")}


async def test_a_change_in_the_browser_is_told_within_the_interval() -> None:
    it = Told("intervals.client.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(HOUR)
        number = it.account.first("client")
        it.account.browser("PUT", f"/client/{number}/", name="Renamed")
        await asyncio.sleep(INTERVAL + 15 + 2)
        assert await it.told() == [f"client.updated {number} by poll"]


async def test_a_list_that_callers_keep_young_is_not_fetched_for_the_poll() -> None:
    it = Told("intervals.client.*", interval="5m")
    async with it.replica() as gateway:
        for _ in range(60):
            await listed(gateway)
            await asyncio.sleep(59)
        apps = [app for _, app, _, _ in gateway.watch.requests]
        assert apps.count(POLLS) <= 1
        it.account.browser("PUT", f"/client/{it.account.first('client')}/", name="Renamed")
        await listed(gateway)
        assert len(await it.told()) == 1


async def test_two_replicas_poll_no_more_than_one() -> None:
    it = Told("intervals.client.*", interval="5m")
    async with it.replica(), it.replica():
        await asyncio.sleep(6 * HOUR)
        assert len(it.account.asked) <= 6 * 12 + 1


async def test_nothing_is_polled_without_a_subscriber_or_an_interval() -> None:
    for it in (Told("quota.*", interval="5m"), Told("intervals.client.*", interval="0s")):
        async with it.replica():
            await asyncio.sleep(DAY)
        assert it.account.asked == []


async def test_looks_are_spread_so_that_their_part_lasts_the_day() -> None:
    it = Told("intervals.client.*", "intervals.project.*", interval="5m", share=0.01)
    async with it.replica() as gateway:
        await asyncio.sleep(12 * HOUR - 60)  # from noon to midnight
        assert 50 <= len(it.account.asked) <= 60
        assert gateway.spent() <= 60
        await asyncio.sleep(DAY)
        assert 105 <= len(it.account.asked) <= 122


async def test_when_the_part_is_spent_looks_wait_for_the_next_day() -> None:
    it = Told("intervals.client.*", interval="5m", share=0.0001)
    async with it.replica() as gateway:
        await asyncio.sleep(11 * HOUR)
        assert it.account.asked == []
        assert [name for name, _ in gateway.events] == ["polls_spent"]
    it = Told("intervals.client.*", interval="5m", share=0.0002)
    async with it.replica() as gateway:
        await asyncio.sleep(11 * HOUR)
        assert len(it.account.asked) == 1
        await asyncio.sleep(2 * HOUR)
        assert len(it.account.asked) == 2


async def test_callers_go_first() -> None:
    it = Told("intervals.client.*", interval="1m")
    async with it.replica() as gateway:
        await asyncio.sleep(50)
        patient = caller(token="acmeadmin01", patience=HOUR)
        waiting = [gateway.later(gateway.get(f"/time/{number}/", by=patient)) for number in range(250)]
        await asyncio.gather(*waiting)
        await asyncio.sleep(60)
    looks = [place for place, asked in enumerate(it.account.asked) if asked == ALL]
    assert looks[:2] == [0, 100], "it is due long before, but behind all who came before it"
    assert len(looks) == 4


async def test_a_poll_that_fails_is_told_once_and_the_next_catches_up() -> None:
    it = Told("intervals.task.*", interval="5m")
    async with it.replica() as gateway:
        await asyncio.sleep(10)
        number = it.account.first("task")
        it.account.browser("PUT", f"/task/{number}/", title="Renamed")
        it.account.service.options.offline = True
        await asyncio.sleep(3 * HOUR)
        assert [name for name, _ in gateway.events] == ["poll_failed"]
        it.account.service.options.offline = False
        await asyncio.sleep(INTERVAL + 20)
        assert await it.told() == [f"task.updated {number} by poll"]


async def test_a_list_that_only_stands_in_for_a_failure_is_a_poll_that_failed() -> None:
    it = Told("intervals.client.*", interval="5m")
    async with it.replica() as gateway:
        await asyncio.sleep(10)
        it.account.browser("PUT", f"/client/{it.account.first('client')}/", name="Renamed")
        it.account.service.options.offline = True
        await asyncio.sleep(HOUR)
        assert [name for name, _ in gateway.events] == ["poll_failed"]
        assert 55 <= len(it.account.asked) <= 62, "it is tried again every minute"
        it.account.service.options.offline = False
        await asyncio.sleep(75)
        assert len(await it.told()) == 1


async def test_records_that_are_away_hold_looks_up_and_are_told_of_once() -> None:
    it = Told("intervals.client.*", "quota.*", interval="5m")
    async with it.replica() as gateway:
        await asyncio.sleep(60)
        it.records.away = True
        it.account.browser("PUT", f"/client/{it.account.first('client')}/", name="Renamed")
        await asyncio.sleep(HOUR)
        assert sorted(name for name, _ in gateway.events) == ["polls_wait", "quota_events_wait"]
        it.records.away = False
        await asyncio.sleep(INTERVAL)
        assert [notice["type"] for notice in await it.notices()] == ["intervals.client.updated"]


async def test_what_nobody_subscribes_to_any_more_is_forgotten() -> None:
    it = Told("intervals.client.*", interval="5m")
    async with it.replica():
        await asyncio.sleep(HOUR)
        assert await it.records.scan("seen:acme:client", most=1)
        it.outbox.subscriptions.clear()
        await asyncio.sleep(HOUR)
        assert list(await it.records.scan("seen:acme:client", most=1)) == []
        it.account.browser("PUT", f"/client/{it.account.first('client')}/", name="Renamed")
        it.outbox.subscriptions.append("intervals.client.*")
        await asyncio.sleep(HOUR)
        assert await it.told() == []


async def test_what_only_writes_have_shown_is_forgotten_too() -> None:
    it = Told("intervals.milestonenote.*", interval="5m")
    async with it.replica() as gateway:
        number = it.account.first("milestonenote")
        assert (await put(gateway, f"/milestonenote/{number}/", note="Renamed")).status == 202
        assert await it.told() == [f"milestonenote.updated {number} by write"]
        assert await it.records.scan("seen:acme:milestonenote", most=1)
        await asyncio.sleep(HOUR + INTERVAL)
        assert await it.records.scan("seen:acme:milestonenote", most=1), "somebody subscribes"
        it.outbox.subscriptions.clear()
        await asyncio.sleep(HOUR)
        assert list(await it.records.scan("seen:acme:milestonenote", most=1)) == []
