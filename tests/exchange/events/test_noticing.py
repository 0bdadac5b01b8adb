"""What writes and lists tell, on virtual time: each change once, whoever made it; nothing where nobody subscribes."""

from __future__ import annotations

import asyncio
import json

from tests.exchange.events.noticed import ADMIN, Told, listed, put
from tests.fakes.exchange import caller

ALL = "intervals.client.*"
NEW = b'{"name": "New", "datecreated": "2025-06-16"}'
OTHER = caller(token="acmeresou01", lent=False)


async def test_the_first_list_tells_nothing_and_the_next_what_has_changed() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        assert await it.told() == []
        number = it.account.first("client")
        it.account.browser("PUT", f"/client/{number}/", name="Renamed")
        new = it.account.browser("POST", "/client/", name="New", datecreated="2025-06-16")["id"]
        await listed(gateway)
        assert sorted(await it.told()) == [f"client.created {new} by list", f"client.updated {number} by list"]
        await listed(gateway)
        it.account.browser("DELETE", f"/client/{new}/")
        await listed(gateway)
        await listed(gateway)
        assert (await it.told())[2:] == [f"client.deleted {new} by list"]
        assert sorted(gateway.counted) == [("acme", "created"), ("acme", "deleted"), ("acme", "updated")]
    assert it.outbox.woken == 3


async def test_a_notice_says_what_has_changed_and_where_it_was_seen() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        number = it.account.first("client")
        await put(gateway, f"/client/{number}/", name="Renamed")
        (notice,) = await it.notices()
    data = notice["data"]
    assert (notice["type"], notice["account"]) == ("intervals.client.updated", "acme")
    assert (data["resource"], data["id"], data["sequence"]) == ("client", number, 1)
    assert data["row"]["name"] == "Renamed"
    assert list(data["changed"]) == ["name"]
    assert data["changed"]["name"]["new"] == "Renamed"
    assert data["changed"]["name"]["old"]
    assert data["seen"] == {"by": "write", "app": "tool"}


async def test_a_write_is_told_once_though_lists_show_it_later() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        created = await gateway.ask("POST", "/client/", NEW, by=ADMIN, content_type="application/json")
        number = json.loads(created.body)["client"]["id"]
        await listed(gateway)
        await put(gateway, f"/client/{number}/", name="Newer")
        await put(gateway, f"/client/{number}/", name="Newer")
        await listed(gateway)
        await gateway.ask("DELETE", f"/client/{number}/", by=ADMIN)
        await listed(gateway)
        assert await it.told() == [
            f"client.created {number} by write",
            f"client.updated {number} by write",
            f"client.deleted {number} by write",
        ]
        assert [notice["data"]["sequence"] for notice in await it.notices()] == [1, 2, 3]
        assert (await it.notices())[2]["data"]["row"]["name"] == "Newer"


async def test_a_list_under_way_while_a_row_is_written_tells_nothing_of_it() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        number = it.account.first("client")
        it.account.latency = 10.0
        slow = gateway.later(listed(gateway))
        await asyncio.sleep(2)
        it.account.latency = 1.0
        await put(gateway, f"/client/{number}/", name="Renamed")
        await slow
        assert await it.told() == [f"client.updated {number} by write"]
        await listed(gateway)
        assert len(await it.told()) == 1


async def test_what_another_credential_sees_tells_nothing_but_a_deletion() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        await gateway.get("/client/", by=OTHER, cache_control="no-cache")
        assert await it.told() == []
        own = caller(token="acmeadmin01", lent=False)
        number = it.account.first("client")
        await put(gateway, f"/client/{number}/", by=own, name="Renamed")
        assert await it.told() == []
        await listed(gateway)
        assert await it.told() == [f"client.updated {number} by list"]
        made = await gateway.ask("POST", "/client/", NEW, by=own, content_type="application/json")
        new = json.loads(made.body)["client"]["id"]
        await listed(gateway)
        await gateway.ask("DELETE", f"/client/{new}/", by=own)
        await listed(gateway)
        assert (await it.told())[1:] == [f"client.created {new} by list", f"client.deleted {new} by write"]


async def test_a_list_without_most_of_its_rows_is_believed_when_it_is_seen_again() -> None:
    it = Told("intervals.project.*")
    async with it.replica() as gateway:
        await listed(gateway, "project")
        projects = it.account.service.world("acme").tables["project"]
        assert len(projects) >= 10
        taken = dict(projects)
        projects.clear()
        await listed(gateway, "project")
        projects.update(taken)
        await listed(gateway, "project")
        assert await it.told() == []
        assert [name for name, _ in gateway.events] == ["list_shrunk"]
        projects.clear()
        for _ in range(3):
            await listed(gateway, "project")
        assert sorted(await it.told()) == sorted(f"project.deleted {number} by list" for number in taken)


async def test_of_lists_that_come_while_one_is_compared_only_the_last_waits() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        number = it.account.first("client")
        it.records.latency = 60.0
        for name in "ABCDEFG":
            it.account.browser("PUT", f"/client/{number}/", name=name)
            await gateway.get("/client/", by=ADMIN, cache_control="no-cache")
        it.records.latency = 0.0
        await asyncio.sleep(300)
        assert [notice["data"]["row"]["name"] for notice in await it.notices()] == ["A", "G"]


async def test_a_filtered_list_proves_nothing() -> None:
    it = Told(ALL, "intervals.task.*")
    async with it.replica() as gateway:
        await listed(gateway)
        await gateway.get("/client/?search=a", by=ADMIN, cache_control="no-cache")
        await gateway.get("/task/?limit=2", by=ADMIN, cache_control="no-cache")
        await gateway.get("/task/?limit=1", by=ADMIN, cache_control="no-cache")
        await asyncio.sleep(1)
        assert await it.told() == []


async def test_nothing_is_read_or_kept_where_nobody_subscribes() -> None:
    it = Told("intervals.project.*", "quota.*")
    async with it.replica() as gateway:
        await listed(gateway)
        await put(gateway, f"/client/{it.account.first('client')}/", name="Renamed")
        await listed(gateway)
    assert list(await it.records.scan("seen:acme:client", most=9)) == []
    assert list(await it.records.scan("mark", most=9)) == []


async def test_two_replicas_and_a_restart_tell_each_change_once() -> None:
    it = Told(ALL)
    async with it.replica() as one, it.replica() as two:
        await listed(one)
        await listed(two)
        number = it.account.first("client")
        it.account.browser("PUT", f"/client/{number}/", name="Renamed")
        await asyncio.gather(listed(one), listed(two))
        assert await it.told() == [f"client.updated {number} by list"]
        await put(two, f"/client/{number}/", name="Again")
        await asyncio.gather(listed(one), listed(two))
    it.account.browser("PUT", f"/client/{number}/", name="While nobody looked")
    async with it.replica() as three:
        await listed(three)
    assert await it.told() == [f"client.updated {number} by {source}" for source in ("list", "write", "list")]


async def test_another_token_is_another_baseline() -> None:
    it = Told(ALL)
    async with it.replica() as gateway:
        await listed(gateway)
        await gateway.get("/client/", by=caller(token="acmeresou01"), cache_control="no-cache")
        await asyncio.sleep(1)
        await listed(gateway)
        assert await it.told() == []


async def test_a_row_that_only_moves_is_not_updated() -> None:
    it = Told("intervals.project.*")
    async with it.replica() as gateway:
        await listed(gateway, "project")
        project = it.account.service.world("acme").tables["project"][it.account.first("project")]
        it.account.browser("PUT", f"/client/{project['clientid']}/", name="Renamed")
        await listed(gateway, "project")
        assert await it.told() == []
