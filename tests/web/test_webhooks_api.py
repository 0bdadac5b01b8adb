"""`/api/webhooks` over a real socket: what it shows, what it changes, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from gateway.policy.webhooks import delivery
from gateway.settings import formats
from gateway.web.webhooks_api import WebhooksApi
from tests.exchange.telling import Bench, clock, notice, subscription

Client = TestClient[web.Request, web.Application]
WANTED = {"url": "https://tool.internal/", "account": "acme", "events": ["quota.*"]}


async def client_of(bench: Bench, aiohttp_client: AiohttpClient) -> Client:
    app = web.Application()
    WebhooksApi(
        bench.subscriptions, bench.subscribing, bench.dead, bench.outstanding, event_pattern=formats.event_pattern
    ).add_to(app)
    return await aiohttp_client(app)


async def asked(client: Client, method: str, path: str = "", json: Any = None) -> tuple[int, Any]:
    async with client.request(method, f"/api/webhooks{path}", json=json) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.json(content_type=None)


async def test_it_lists_who_subscribes_and_how_they_fare(aiohttp_client: AiohttpClient) -> None:
    bench = Bench(subscription("board", "quota.*"), subscription("alarm"))
    client = await client_of(bench, aiohttp_client)
    await bench.post(notice("evt_1", "quota.spent"))
    await bench.endurance.failed("board")
    await bench.endurance.gone("alarm")
    status, told = await asked(client, "GET")
    assert status == 200
    assert (told["waiting"], told["dead"]) == (2, 0)
    board, alarm = told["subscriptions"]
    assert board == {
        "id": "board",
        "origin": "configuration",
        "account": "acme",
        "url": "https://board.internal/",
        "events": ["quota.*"],
        "state": "retrying",
        "failing_since": board["failing_since"],
        "ended_at": None,
        "waiting": 1,
    }
    assert (alarm["state"], alarm["ended_at"] is None) == ("gone", False)
    assert await asked(client, "GET", "/board") == (200, board)


async def test_a_subscription_is_made_shown_and_removed_and_its_secret_is_shown_once(
    aiohttp_client: AiohttpClient,
) -> None:
    bench = Bench()
    client = await client_of(bench, aiohttp_client)
    status, made = await asked(client, "POST", json={**WANTED, "url": "https://tool.internal/a?key=value"})
    assert (status, made["secret"]) == (201, bench.secret(made["id"]))
    _, shown = await asked(client, "GET", f"/{made['id']}")
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert (shown["url"], shown["state"], shown["origin"]) == ("https://tool.internal/a?…", "active", "api")
    assert await asked(client, "DELETE", f"/{made['id']}") == (200, {"removed": made["id"]})
    assert (await asked(client, "GET", f"/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        ([], "the body does not fit"),
        ({}, "the body does not fit"),
        ({**WANTED, "secret": "whsec_mine"}, "the body does not fit"),
        ({**WANTED, "events": []}, "the body does not fit"),
        ({**WANTED, "events": "quota.*"}, "the body does not fit"),
        ({**WANTED, "events": ["quota.*"] * 201}, "there are 201 events; write 200 at most"),
        ({**WANTED, "events": ["Quota *"]}, "event 'Quota *' is not a dotted event name"),
        ({**WANTED, "events": [5]}, "event 5 is not a dotted event name"),
        ({**WANTED, "account": "globex"}, "accounts are: acme"),
        ({**WANTED, "url": "https://forbidden/"}, "not there"),
    ],
)
async def test_what_does_not_fit_is_refused(aiohttp_client: AiohttpClient, wanted: Any, wrong: str) -> None:
    bench = Bench()
    bench.forbidden.add("https://forbidden/")
    client = await client_of(bench, aiohttp_client)
    status, told = await asked(client, "POST", json=wanted)
    assert status == 400
    assert wrong in told["detail"]
    assert bench.subscriptions.listed() == []


async def test_a_pattern_that_can_match_no_event_is_refused_with_the_nearest_that_can(
    aiohttp_client: AiohttpClient,
) -> None:
    bench = Bench()
    client = await client_of(bench, aiohttp_client)
    status, told = await asked(client, "POST", json={**WANTED, "events": ["quota.*", "intervals.clients.*"]})
    assert (status, told["detail"]) == (
        422,
        "'intervals.clients.*' matches no event; did you mean 'intervals.client.*'?",
    )
    assert bench.subscriptions.listed() == []


async def test_an_endless_pattern_is_refused_in_no_time_and_not_told_back(aiohttp_client: AiohttpClient) -> None:
    client = await client_of(Bench(), aiohttp_client)
    status, told = await asked(client, "POST", json={**WANTED, "events": ["a" * 500_000]})
    assert (status, len(told["detail"]) < 300) == (422, True)
    assert "events are intervals.RESOURCE.created" in told["detail"]


@pytest.mark.parametrize(("content_type", "body"), [("text/plain", b"{}"), ("application/json", b"{")])
async def test_no_form_can_make_one(aiohttp_client: AiohttpClient, content_type: str, body: bytes) -> None:
    client = await client_of(Bench(), aiohttp_client)
    async with client.post("/api/webhooks", data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"


async def test_dead_letters_are_shown_without_what_they_say(aiohttp_client: AiohttpClient) -> None:
    bench = Bench(subscription("board"))
    client = await client_of(bench, aiohttp_client)
    for number in range(101):
        it = delivery.to_subscription(notice(f"evt_{number}", id=number, row={"name": "Jean"}), "board")
        await bench.records.swap([delivery.buried(it, why="status 500", now=clock() + number)])
    _, first = await asked(client, "GET", "/dead")
    assert len(first["dead"]) == 100
    letter = first["dead"][0]
    assert (letter["webhook_id"], letter["why"], letter["subscription"]) == ("evt_0", "status 500", "board")
    assert "Jean" not in str(first)
    _, rest = await asked(client, "GET", f"/dead?after={first['next']}")
    assert ([it["webhook_id"] for it in rest["dead"]], rest["next"]) == (["evt_100"], None)
    assert await asked(client, "POST", f"/dead/{letter['id']}/replay") == (202, {"replayed": 1})
    assert await asked(client, "POST", "/dead/replay") == (202, {"replayed": 100})
    assert (await asked(client, "POST", f"/dead/{letter['id']}/replay"))[0] == 404


async def test_testing_and_enabling(aiohttp_client: AiohttpClient) -> None:
    bench = Bench(subscription("board"))
    client = await client_of(bench, aiohttp_client)
    status, told = await asked(client, "POST", "/board/test")
    assert (status, len(told["webhook_id"])) == (202, 16)
    await bench.endurance.gone("board")
    assert (await asked(client, "POST", "/board/test"))[0] == 409
    assert await asked(client, "POST", "/board/enable") == (200, {"enabled": "board"})
    assert (await asked(client, "POST", "/nobody/enable"))[0] == 404
    assert (await asked(client, "DELETE", "/board"))[0] == 409


async def test_a_secret_that_is_another_now_is_told_and_shown_when_enabled(aiohttp_client: AiohttpClient) -> None:
    before = Bench()
    made, _ = await before.subscribing.make("https://tool.internal/", events=["*"], account="acme")
    bench = Bench(records=before.records, master=b"another")
    client = await client_of(bench, aiohttp_client)
    path = f"/{made.subscription.id}"
    assert (await asked(client, "GET", path))[1]["state"] == "secret_changed"
    _, told = await asked(client, "POST", f"{path}/enable")
    assert told["secret"] == bench.secret(made.subscription.id)
    assert (await asked(client, "GET", path))[1]["state"] == "active"


async def test_a_store_that_is_away_is_503(aiohttp_client: AiohttpClient) -> None:
    bench = Bench(subscription("board"))
    client = await client_of(bench, aiohttp_client)
    bench.records.away = True
    status, told = await asked(client, "GET")
    assert status == 503
    assert "the store of subscriptions and deliveries is away" in told["detail"]
