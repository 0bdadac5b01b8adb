import asyncio
from dataclasses import replace

from gateway.adapters.memory import MemoryEntries
from gateway.exchange.cache import Cache
from gateway.exchange.rendering import Rendition
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey

ACME, GLOBEX = AccountName("acme"), AccountName("globex")


def entry(key: str, account: AccountName = ACME, resource: str = "client") -> Entry:
    return Entry(CacheKey(key), account, resource, "/client/", Response(200, body=b"{}"), 0.0, 0.0, 0.0, 60.0)


class SlowStore:
    """A durable store whose reads take a second."""

    def __init__(self, *entries: Entry) -> None:
        self.entries = {entry.key: entry for entry in entries}

    async def load(self, key: CacheKey) -> Entry | None:
        found = self.entries.get(key)
        await asyncio.sleep(1)
        return found

    async def store(self, entry: Entry) -> None:
        self.entries[entry.key] = entry

    async def drop(self, selector: Selector) -> int:
        covered = [key for key, entry in self.entries.items() if selector.covers(entry)]
        for key in covered:
            del self.entries[key]
        return len(covered)


def memory() -> MemoryEntries[Rendition]:
    return MemoryEntries(1_000_000)


async def test_an_entry_of_the_durable_store_is_found_and_then_held_in_memory() -> None:
    cache = Cache(memory(), SlowStore(entry("a")))
    assert cache.peek(CacheKey("a")) is None
    held = await cache.find(CacheKey("a"))
    assert held is not None
    assert cache.peek(CacheKey("a")) is held
    assert await cache.find(CacheKey("b")) is None


async def test_a_write_drops_its_resources_in_all_partitions_of_its_account_and_no_other() -> None:
    store = SlowStore()
    cache = Cache(memory(), store)
    kept = {"a": (ACME, "client"), "b": (ACME, "client"), "c": (ACME, "task"), "d": (GLOBEX, "client")}
    for key, (account, resource) in kept.items():
        await cache.keep(entry(key, account, resource), 0)
    assert await cache.invalidate(ACME, {"client", "project"}) == 2
    assert [key for key in kept if cache.peek(CacheKey(key))] == ["c", "d"]
    assert sorted(store.entries) == ["c", "d"]


async def test_an_answer_asked_for_before_a_write_is_not_kept() -> None:
    cache = Cache(memory(), None)
    generation = cache.generation(ACME, "client")
    await cache.invalidate(ACME, {"client"})
    held, stored = await cache.keep(entry("a"), generation)
    assert (held.entry.key, stored) == ("a", False)
    assert cache.peek(CacheKey("a")) is None
    assert (await cache.keep(entry("a"), cache.generation(ACME, "client")))[1]


async def test_what_was_being_read_while_it_was_dropped_does_not_come_back() -> None:
    cache = Cache(memory(), SlowStore(entry("a")))
    finding = asyncio.create_task(cache.find(CacheKey("a")))
    await asyncio.sleep(0.5)
    await cache.invalidate(ACME, {"client"})
    assert await finding is None
    assert cache.peek(CacheKey("a")) is None


async def test_an_entry_too_heavy_for_memory_is_delivered_and_not_held() -> None:
    cache = Cache(MemoryEntries[Rendition](4000), None)
    heavy = Entry(CacheKey("h"), ACME, "task", "/task/", Response(200, body=b"x" * 5000), 0.0, 0.0, 0.0, 60.0)
    held, _ = await cache.keep(heavy, 0)
    assert held.entry is heavy
    assert cache.peek(CacheKey("h")) is None


async def test_an_answer_asked_for_before_a_purge_is_not_kept() -> None:
    store = SlowStore(entry("b"))
    cache = Cache(memory(), store)
    generation = cache.generation(ACME, "client")
    await cache.keep(entry("a"), generation)
    assert await cache.purge(Selector(account=GLOBEX)) == 0
    assert await cache.purge(Selector()) == 2
    assert (await cache.keep(entry("a"), generation))[1] is False
    assert (cache.peek(CacheKey("a")), store.entries) == (None, {})
    assert (await cache.keep(entry("a"), cache.generation(ACME, "client")))[1]


async def test_what_another_replica_dropped_is_gone_here_and_outdates_what_is_under_way() -> None:
    cache = Cache(memory(), SlowStore(entry("a"), entry("c", resource="task")))
    generations = [cache.generation(ACME, resource) for resource in ("client", "task")]
    await cache.keep(entry("b"), generations[0])
    finding = asyncio.create_task(cache.find(CacheKey("a")))
    await asyncio.sleep(0.5)
    cache.dropped_elsewhere(Selector(account=ACME, resources=frozenset({"client"})))
    assert await finding is None
    assert cache.peek(CacheKey("b")) is None
    assert (await cache.keep(entry("b"), generations[0]))[1] is False
    assert (await cache.keep(entry("c", resource="task"), generations[1]))[1] is True
    assert [cache.elsewhere(ACME, resource) for resource in ("client", "task")] == [1, 0]
    cache.dropped_elsewhere(Selector())
    assert (await cache.keep(entry("c", resource="task"), generations[1]))[1] is False


async def test_what_another_replica_stored_is_found_though_memory_holds_something_older() -> None:
    store = SlowStore()
    cache = Cache(memory(), store)
    await cache.keep(entry("a"), 0)
    newer = replace(entry("a"), received_at=5.0)
    await store.store(newer)
    held = await cache.reread(CacheKey("a"))
    assert held is not None
    assert held.entry is newer
    assert cache.peek(CacheKey("a")) is held
    assert await Cache(memory(), None).reread(CacheKey("a")) is None


async def test_what_was_selected_from_a_list_that_a_write_made_untrue_meanwhile_is_not_kept() -> None:
    cache = Cache(memory(), None)
    before = cache.generation(ACME, "client")
    whole, _ = await cache.keep(entry("whole"), before)
    assert cache.hold(entry("a"), whole, before).entry == entry("a")
    await cache.invalidate(ACME, {"client"})
    assert cache.hold(entry("b"), whole, before).entry == entry("b"), "who asked is answered"
    assert [cache.peek(CacheKey(key)) for key in "ab"] == [None, None]
    patched, _ = await cache.keep(entry("whole"), cache.generation(ACME, "client"))
    cache.hold(entry("c"), patched, before)
    assert cache.peek(CacheKey("c")) is not None, "from a list that is at hand"
