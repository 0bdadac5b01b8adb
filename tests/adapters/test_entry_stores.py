"""What every EntryStore keeps to, whatever keeps the entries."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from aiohttp_cache.backends import BaseCache

from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import AccountName, CacheKey
from gateway.ports import EntryStore
from tests.adapters.stores import entry

ACME, BETA = AccountName("acme"), AccountName("beta")
STORED = {
    "a-client": entry("a-client"),
    "a-client-2": entry("a-client-2"),
    "a-task": entry("a-task", resource="task"),
    "b-client": entry("b-client", account="beta"),
    "b-other": entry("b-other", account="beta", resource="other"),
}


async def left(entries: EntryStore) -> set[str]:
    return {key for key in STORED if await entries.load(CacheKey(key)) is not None}


async def test_loads_exactly_what_was_stored(entries: EntryStore) -> None:
    body = bytes(range(256)) * 2000
    await entries.store(entry(body=body))
    assert await entries.load(CacheKey("k")) == entry(body=body)


async def test_misses_what_was_not_stored(entries: EntryStore) -> None:
    assert await entries.load(CacheKey("nothing")) is None


async def test_the_later_entry_replaces_the_earlier(entries: EntryStore) -> None:
    await entries.store(entry(body=b"old"))
    await entries.store(entry(body=b"new"))
    assert await entries.load(CacheKey("k")) == entry(body=b"new")
    assert await entries.drop(Selector()) == 1


@pytest.mark.parametrize(
    ("selector", "kept"),
    [
        (Selector(), set()),
        (Selector(account=ACME), {"b-client", "b-other"}),
        (Selector(account=ACME, resources=frozenset({"client"})), {"a-task", "b-client", "b-other"}),
        (Selector(resources=frozenset({"client", "other"})), {"a-task"}),
        (Selector(resources=frozenset()), set(STORED)),
        (Selector(account=AccountName("none")), set(STORED)),
        (Selector(key=CacheKey("a-client")), set(STORED) - {"a-client"}),
        (Selector(key=CacheKey("nothing")), set(STORED)),
        (Selector(account=ACME, key=CacheKey("a-client")), set(STORED) - {"a-client"}),
        (Selector(account=BETA, key=CacheKey("a-client")), set(STORED)),
        (Selector(resources=frozenset({"task"}), key=CacheKey("a-client")), set(STORED)),
    ],
)
async def test_drops_what_the_selector_covers_and_counts_it(
    entries: EntryStore, selector: Selector, kept: set[str]
) -> None:
    for stored in STORED.values():
        await entries.store(stored)
    assert await entries.drop(selector) == len(STORED) - len(kept)
    assert await left(entries) == kept
    assert await entries.drop(selector) == 0


async def test_stores_again_what_was_dropped(entries: EntryStore) -> None:
    await entries.store(entry())
    await entries.drop(Selector(account=ACME))
    await entries.store(entry(body=b"again"))
    assert await entries.load(CacheKey("k")) == entry(body=b"again")
    assert await entries.drop(Selector(account=ACME)) == 1


async def test_what_is_read_while_it_is_dropped_is_not_kept_afterwards(entries: EntryStore) -> None:
    for stored in STORED.values():
        await entries.store(stored)
    await asyncio.gather(*(entries.load(CacheKey(key)) for key in STORED), entries.drop(Selector()))
    assert await left(entries) == set()


async def test_many_at_once(entries: EntryStore) -> None:
    many = [entry(f"k{number}", body=b"x" * number) for number in range(100)]
    await asyncio.gather(*map(entries.store, many))
    assert await asyncio.gather(*(entries.load(one.key) for one in many)) == many


@pytest.mark.parametrize("seed", range(3))
async def test_any_walk_agrees_with_a_plain_dict(entries: EntryStore, seed: int) -> None:
    chance, model = random.Random(seed), dict[str, Entry]()
    for step in range(300):
        key, account, resource = (
            chance.choice("abcdef"),
            chance.choice(["acme", "beta"]),
            chance.choice(["task", "time"]),
        )
        full = f"{key}-{account}-{resource}"
        match chance.choice(["store", "store", "load", "load", "drop"]):
            case "store":
                model[full] = entry(full, account=account, resource=resource, body=str(step).encode())
                await entries.store(model[full])
            case "load":
                assert await entries.load(CacheKey(full)) == model.get(full)
            case _:
                selector = Selector(
                    account=AccountName(account) if chance.random() < 0.6 else None,
                    resources=frozenset({resource}) if chance.random() < 0.6 else None,
                    key=CacheKey(full) if chance.random() < 0.8 else None,
                )
                covered = [name for name, stored in model.items() if selector.covers(stored)]
                assert await entries.drop(selector) == len(covered)
                for name in covered:
                    del model[name]


async def test_is_a_cache_of_entries_for_aiohttp_cache(entries: EntryStore) -> None:
    assert isinstance(entries, BaseCache)
    cache: Any = entries  # the base class is typed for dicts of its own middleware
    await cache.set("k", entry())
    assert await cache.has("k")
    assert await cache.get("k") == entry()
    await cache.delete("k")
    assert not await cache.has("k")
    await cache.set("k", entry())
    await cache.clear()
    assert await cache.get("k") is None
    with pytest.raises(TypeError):
        await cache.set("k", {"status": 200})
