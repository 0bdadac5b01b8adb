"""`/api/cache` over a real socket: what it shows, what it drops, what it refuses."""

from __future__ import annotations

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from gateway.adapters.memory import MemoryEntries
from gateway.policy.caching.purge import Purge
from gateway.policy.names import AccountName
from gateway.web.cache_api import CacheApi
from tests.adapters.stores import NOW, entry

KEY = "0123456789abcdef" * 4


class Parts:
    """What the endpoint asks; `purged` is what it passed on."""

    def __init__(self) -> None:
        self.memory = MemoryEntries[bytes](1 << 20)
        self.purged: list[Purge] = []

    async def purge(self, wanted: Purge) -> int:
        self.purged.append(wanted)
        return 7

    def app(self) -> web.Application:
        app = web.Application()
        CacheApi(
            contents=self.memory,
            purge=self.purge,
            accounts=lambda: {"acme", "globex"},
            resources={"client", "project", "other"},
            clock=lambda: NOW + 60.9,
        ).add_to(app)
        return app


async def test_shows_counts_and_ages_and_nothing_of_what_is_in_them(aiohttp_client: AiohttpClient) -> None:
    parts = Parts()
    for key, account, resource, received in (
        ("b", "globex", "client", NOW),
        ("a", "acme", "project", NOW),
        ("c", "acme", "project", NOW + 30),
        ("d", "acme", "client", NOW + 3600),
    ):
        parts.memory.keep(entry(key, account=account, resource=resource, received_at=received, body=b"secret"))
    client = await aiohttp_client(parts.app())
    answer = await client.get("/api/cache")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    shown = await answer.json()
    assert shown["memory"] == {
        "entries": 4,
        "bytes": parts.memory.bytes,
        "max_bytes": 1 << 20,
        "evictions": {"size": 0, "replaced": 0, "dropped": 0},
    }
    assert [(row["account"], row["resource"]) for row in shown["held"]] == [
        ("acme", "client"),
        ("acme", "project"),
        ("globex", "client"),
    ]
    weight = entry("a", resource="project", body=b"secret").weight
    assert shown["held"][1] == {
        "account": "acme",
        "resource": "project",
        "entries": 2,
        "bytes": 2 * weight,
        "renditions": 0,
        "oldest_age": 60,
        "newest_age": 30,
    }
    assert shown["held"][0]["newest_age"] == 0
    assert not {"secret", "limit", "application/json"} & set((await answer.text()).split('"'))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Purge()),
        ("?account=acme", Purge(AccountName("acme"))),
        ("?resource=other", Purge(resource="other")),
        (f"?key={KEY}", Purge(key=KEY)),
        ("?key=/client/5/", Purge(key="/client/5/")),
        ("?key=%2Fclient%2F%3Flimit%3D2%26offset%3D4", Purge(key="/client/?limit=2&offset=4")),
        ("?account=globex&resource=client&key=/client/", Purge(AccountName("globex"), "client", "/client/")),
    ],
)
async def test_drops_what_is_named(aiohttp_client: AiohttpClient, query: str, expected: Purge) -> None:
    parts = Parts()
    client = await aiohttp_client(parts.app())
    answer = await client.delete(f"/api/cache{query}")
    assert (answer.status, await answer.json()) == (200, {"dropped": 7})
    assert parts.purged == [expected]


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("?acount=acme", "'acount' is no parameter of a purge; did you mean 'account'?"),
        ("?x=1", "'x' is no parameter of a purge; known are account, key, resource"),
        ("?account=acmee", "account 'acmee' is not known here; did you mean 'acme'?"),
        ("?resource=zzz", "resource 'zzz' is not known here; known are client, other, project"),
        ("?account=", "account is empty; leave it out to purge without that condition"),
        ("?key", "key is empty; leave it out to purge without that condition"),
        ("?account=acme&account=globex", "account is given more than once; purge one at a time, or leave it out"),
        ("?key=client/5", "key is neither a cache key (64 hexadecimal digits) nor a target such as /client/5/"),
        (f"?key={KEY}0", "key is neither a cache key"),
    ],
)
async def test_what_is_unclear_is_refused_with_what_would_be_right(
    aiohttp_client: AiohttpClient, query: str, right: str
) -> None:
    parts = Parts()
    client = await aiohttp_client(parts.app())
    answer = await client.delete(f"/api/cache{query}")
    assert (answer.status, answer.content_type) == (400, "application/problem+json")
    assert (await answer.json())["detail"].startswith(right)
    assert parts.purged == []
