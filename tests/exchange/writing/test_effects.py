"""Free write-through: the answer of a write is taken into what is stored, for the writer and for the others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.policy.caching.entry import Selector
from gateway.policy.messages import Headers, Request
from tests.fakes.exchange import Exchange, Heard, caller
from tests.fakes.service import ServiceUpstream

ADMIN = caller(token="acmeadmin01")
MANAGER = caller("manager", token="acmemanag01")
JSON = "application/json"


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange(service=ServiceUpstream()) as exchange:
        for by in (ADMIN, MANAGER):
            await exchange.get("/client/", by=by)
        exchange.asked.clear()
        yield exchange


async def write(it: Exchange, method: str, target: str, value: object = None) -> Heard:
    body = b"" if value is None else json.dumps(value).encode()
    return await it.ask(method, target, body, by=ADMIN, content_type=JSON)


async def agrees(it: Exchange, target: str, by: Any = ADMIN) -> int:
    """Read a target, compare it with the service's own answer, and tell what it cost."""
    heard = await it.get(target, by=by)
    assert it.service is not None
    direct = ServiceUpstream()
    direct.service = it.service.service
    fields = [("Accept", JSON), ("Authorization", by.authorization)]
    assert heard.body == (await direct.send(Request("GET", target, Headers(fields)))).body
    return heard.trace.cost


def first(heard: Heard) -> dict[str, Any]:
    rows = json.loads(heard.body)["client"]
    return dict(rows[0] if isinstance(rows, list) else rows)


NEW = {"name": "New & old", "datecreated": "2026-01-02", "active": "t"}


async def test_an_update_is_read_back_for_nothing(it: Exchange) -> None:
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    await write(it, "PUT", f"/client/{number}/", {"name": "Renamed"})
    costs = [
        await agrees(it, target) for target in (f"/client/{number}", "/client/", "/client/?sortfield=id&sortdir=DESC")
    ]
    assert costs == [0, 0, 0]


async def test_another_credential_sees_the_update_too_for_nothing(it: Exchange) -> None:
    number = first(await it.get("/client/?limit=1", by=MANAGER))["id"]
    await write(it, "PUT", f"/client/{number}/", {"name": "Renamed"})
    assert await agrees(it, f"/client/{number}", MANAGER) == 0


@pytest.mark.parametrize(("method", "target"), [("POST", "/client/"), ("PUT", "/client/")])
async def test_a_creation_is_read_back_for_nothing(it: Exchange, method: str, target: str) -> None:
    made = first(await write(it, method, target, NEW))["id"]
    assert [await agrees(it, path) for path in (f"/client/{made}", "/client/?limit=0")] == [0, 0]
    assert await agrees(it, "/client/?limit=0", MANAGER) == 1  # what another credential sees of it is not known


async def test_a_delete_leaves_every_list_for_nothing(it: Exchange) -> None:
    made = first(await write(it, "POST", "/client/", NEW))["id"]
    await it.get("/client/", by=MANAGER)
    await write(it, "DELETE", f"/client/{made}/")
    assert [await agrees(it, "/client/?limit=0", by) for by in (ADMIN, MANAGER)] == [0, 0]
    assert (await it.get(f"/client/{made}", by=ADMIN)).status == 404


async def test_a_post_with_an_id_in_its_body_is_an_update(it: Exchange) -> None:
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    heard = await write(it, "POST", "/client/", {"id": number, "name": "Again"})
    assert heard.status == 202
    assert await agrees(it, f"/client/{number}") == 0


async def test_what_else_changes_is_dropped_and_nothing_more(it: Exchange) -> None:
    await it.get("/project/", by=ADMIN)
    await it.get("/taskstatus/", by=ADMIN)
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    await write(it, "PUT", f"/client/{number}/", {"name": "Renamed"})
    assert await agrees(it, "/project/") == 1
    assert await agrees(it, "/taskstatus/") == 0


async def test_a_row_that_no_list_holds_is_kept_as_a_member(it: Exchange) -> None:
    task = json.loads((await it.get("/task/?limit=1", by=ADMIN)).body)["task"][0]
    await write(it, "PUT", f"/task/{task['id']}", {"title": "Another title"})
    assert await agrees(it, f"/task/{task['id']}/") == 0
    assert await agrees(it, "/task/?limit=1") == 1


async def test_a_timer_is_never_kept(it: Exchange) -> None:
    made = json.loads((await write(it, "POST", "/timer/", {"personid": "2001"})).body)["timer"]["id"]
    assert await agrees(it, f"/timer/{made}") == 1


async def test_writes_at_once_lose_nothing_of_each_other(it: Exchange) -> None:
    rows = json.loads((await it.get("/client/?limit=4", by=ADMIN)).body)["client"]
    await asyncio.gather(*(write(it, "PUT", f"/client/{row['id']}", {"phone": row["id"]}) for row in rows))
    assert await agrees(it, "/client/?limit=0") <= 1
    for row in rows:
        assert await agrees(it, f"/client/{row['id']}") == 0


async def test_a_teams_array_drops_the_team(it: Exchange) -> None:
    project = json.loads((await it.get("/project/?limit=1", by=ADMIN)).body)["project"][0]["id"]
    await it.get(f"/projectteam/?projectid={project}", by=ADMIN)
    assert (
        await write(it, "POST", f"/projectteam/{project}/", [{"personid": "2003"}, {"personid": "2004"}])
    ).status < 300
    assert await agrees(it, f"/projectteam/?projectid={project}") == 1


async def everything_read(it: Exchange) -> None:
    for target in ("/client/", "/person/", "/module/", "/task/?limit=3"):
        await it.get(target, by=ADMIN)


@pytest.mark.parametrize(("sent", "again"), [({"title": "Dev"}, False), ({"groupid": "4"}, True)])
async def test_changed_rights_drop_everything(it: Exchange, sent: dict[str, str], again: bool) -> None:
    await everything_read(it)
    number = json.loads((await it.get("/person/?limit=0", by=ADMIN)).body)["person"][-1]["id"]
    await it.ask("PUT", f"/person/{number}/", json.dumps(sent).encode(), ADMIN, content_type="application/json")
    it.asked.clear()
    await everything_read(it)
    assert ("GET /module/?limit=2147483647" in it.asked) is again


async def test_nothing_is_patched_when_another_replica_wrote_meanwhile(it: Exchange) -> None:
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    clients = Selector(account=ADMIN.account, resources=frozenset({"client"}))
    writing = it.later(write(it, "PUT", f"/client/{number}/", {"name": "Renamed"}))
    await asyncio.sleep(0.5)
    it.cache.dropped_elsewhere(clients)
    await writing
    assert await agrees(it, f"/client/{number}") == 1, "nobody knows which of the two answers is the newer"


async def test_of_two_writes_to_one_row_at_once_neither_answer_is_kept(it: Exchange) -> None:
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    writing = [it.later(write(it, "PUT", f"/client/{number}/", {"name": name})) for name in ("One", "Other")]
    await asyncio.gather(*writing)
    assert await agrees(it, f"/client/{number}") == 1
    await write(it, "PUT", f"/client/{number}/", {"name": "Last"})
    assert await agrees(it, f"/client/{number}") == 0


async def test_what_another_replica_wrote_before_is_patched_as_ever(it: Exchange) -> None:
    it.cache.dropped_elsewhere(Selector(account=ADMIN.account, resources=frozenset({"client"})))
    number = first(await it.get("/client/?limit=1", by=ADMIN))["id"]
    await write(it, "PUT", f"/client/{number}/", {"name": "Renamed"})
    assert await agrees(it, f"/client/{number}") == 0
