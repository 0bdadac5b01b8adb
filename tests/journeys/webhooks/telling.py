"""What the journeys of webhooks share: a gateway with subscriptions, notices put into its store, and its operators."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.adapters.sqlite import SqliteFile, SqliteRecords
from gateway.policy.names import AccountName
from gateway.policy.notices import Notice
from gateway.policy.webhooks import delivery
from tests.journeys.configuration import PLAIN, Setup
from tests.journeys.house import House
from tests.journeys.waiting import DEADLINE
from tests.journeys.webhooks.receiver import SECRET, Receiver


def subscribed(receiver: Receiver, *paths: str, setup: Setup = PLAIN, more: str = "") -> Setup:
    """A configuration with a subscription to each path, named after it."""
    rows = "".join(
        f'[[webhooks]]\nurl = "{receiver.url(path)}"\nevents = ["*"]\naccount = "acme"\n'
        f'name = "{path.strip("/")}"\nsecret = "{SECRET}"\n'
        for path in paths
    )
    return replace(setup, more=f"{rows}{more}")


def notice(number: int, *, at: float = 1.0, event: str = "intervals.client.updated") -> Notice:
    """An event of an object of its own; all happened long ago, so all are due."""
    return Notice(f"evt_{number:04d}", event, AccountName("acme"), at, {"id": number})


async def post(file: Path, notices: Sequence[Notice], *names: str) -> None:
    """Put deliveries to these subscriptions into a gateway's store, each notice's in one swap, as its producers do."""
    store = SqliteFile(file, on_error=_fails)
    await store.open()
    try:
        records = SqliteRecords(store)
        for it in notices:
            edits = [delivery.added(delivery.to_subscription(it, name), it.at) for name in names]
            assert await records.swap(edits)
    finally:
        await store.aclose()


async def waiting(file: Path) -> set[tuple[str, str]]:
    """What a gateway that runs no more has left in its outbox: by path of the receiver and id."""
    store = SqliteFile(file, on_error=_fails)
    await store.open()
    try:
        rows = await SqliteRecords(store).scan(delivery.WAITING, most=10_000)
    finally:
        await store.aclose()
    return {(f"/{it.lane}", it.id) for _, text in rows if (it := delivery.load(text)) is not None}


async def ask(
    house: House, method: str, path: str = "", *, json: object = None, at: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Ask `/api/webhooks` of the operations listener; `at` is that of another gateway."""
    url = f"{at or house.gateway.operations_url}api/webhooks{path}"
    headers = {} if json is None else {"Content-Type": "application/json"}
    async with house.session.request(method, url, json=json, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def send_test(house: House, name: str, *, at: str | None = None) -> str:
    """Have a test event sent, and tell its id."""
    status, told = await ask(house, "POST", f"/{name}/test", at=at)
    assert status == 202, told
    return str(told["webhook_id"])


async def until_state(house: House, name: str, wanted: str) -> None:
    """Come back when a subscription fares so."""
    async with asyncio.timeout(DEADLINE):
        while (await state(house, name))["state"] != wanted:
            continue


async def state(house: House, name: str) -> dict[str, Any]:
    """How a subscription fares."""
    return (await ask(house, "GET", f"/{name}"))[1]


def _fails(event: str, detail: str) -> None:
    raise AssertionError(f"{event}: {detail}")
