"""The memory store's bound, order and accounts; what it shares with the others is in `test_entry_stores.py`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.memory import LARGEST_PART, Eviction, MemoryEntries
from gateway.policy.caching.entry import Selector
from gateway.policy.caching.held import RENDITION_WEIGHT, Holding
from gateway.policy.names import AccountName, CacheKey
from tests.adapters.stores import NOW, entry

ACME, BETA = AccountName("acme"), AccountName("beta")
WEIGHT = entry("k0").weight


def test_what_was_used_outlives_what_was_not() -> None:
    store = MemoryEntries[bytes](4 * WEIGHT)
    for number in range(4):
        store.keep(entry(f"k{number}"))
    assert store.peek(CacheKey("k0")) is not None
    store.keep(entry("k4"))
    assert store.peek(CacheKey("k1")) is None
    assert store.peek(CacheKey("k0")) is not None
    assert store.evictions == {Eviction.SIZE: 1, Eviction.REPLACED: 0, Eviction.DROPPED: 0}


def test_a_scan_leaves_the_favourites_where_they_are_and_so_does_their_renewal() -> None:
    store = MemoryEntries[bytes](20 * WEIGHT)
    for key in ("a", "b", "c"):
        store.keep(entry(key))
        assert store.peek(CacheKey(key)) is not None
        store.keep(entry(key, received_at=NOW + 900))
    for number in range(1000):
        store.keep(entry(f"page{number:03}"))
    assert [held.entry.received_at for key in "abc" if (held := store.peek(CacheKey(key)))] == [NOW + 900] * 3


def test_what_is_too_heavy_is_not_kept_nor_what_it_replaces() -> None:
    store = MemoryEntries[bytes](LARGEST_PART * WEIGHT)
    assert store.keep(entry("k0")) is not None
    assert store.keep(entry("k0", body=b"heavy")) is None
    assert store.peek(CacheKey("k0")) is None
    assert (store.entries, store.bytes) == (0, 0)


def test_renditions_count_towards_the_bound() -> None:
    store = MemoryEntries[bytes](40 * WEIGHT)
    for number in range(39):
        store.keep(entry(f"k{number:02}"))
    held = store.peek(CacheKey("k38"))
    assert held is not None
    held.renditions["xml"] = b"x" * (3 * WEIGHT)
    store.grew(held, 3 * WEIGHT)
    assert store.bytes <= 40 * WEIGHT
    assert held.weight == 4 * WEIGHT + RENDITION_WEIGHT
    assert store.evictions[Eviction.SIZE] > 0
    assert store.peek(CacheKey("k38")) is held


def test_renditions_too_heavy_are_let_go_but_the_entry_stays() -> None:
    store = MemoryEntries[bytes](8 * WEIGHT)
    held = store.keep(entry("k0"))
    assert held is not None
    held.renditions["xml"] = b"x" * (2 * WEIGHT)
    store.grew(held, 2 * WEIGHT)
    assert held.renditions == {}
    assert store.bytes == held.weight == WEIGHT
    assert store.peek(CacheKey("k0")) is held


def test_a_record_that_left_holds_no_renditions_and_grows_unheard() -> None:
    store = MemoryEntries[bytes](8 * WEIGHT)
    held = store.keep(entry("k0"))
    assert held is not None
    held.renditions["xml"] = b"x"
    store.keep(entry("k0"))
    assert held.renditions == {}
    store.grew(held, 500)
    assert store.bytes == WEIGHT


def test_what_a_selector_covers_is_listed_without_being_used() -> None:
    store = MemoryEntries[bytes](4 * WEIGHT)
    for key, account, resource in (("a", ACME, "client"), ("b", ACME, "task"), ("c", BETA, "client")):
        store.keep(entry(key, account=account, resource=resource, body=b""))
    selector = Selector(account=ACME, resources=frozenset({"client", "project"}))
    assert [held.entry.key for held in store.covered(selector)] == ["a"]
    assert {held.entry.key for held in store.covered(Selector())} == {"a", "b", "c"}
    assert store.covered(Selector(account=BETA, key=CacheKey("a"))) == []
    store.keep(entry("dd"))
    store.keep(entry("ee"))
    assert store.peek(CacheKey("a")) is None


def test_the_summary_counts_by_account_and_resource() -> None:
    store = MemoryEntries[bytes](1 << 20)
    held = store.keep(entry("a"))
    store.keep(entry("b", received_at=NOW + 30, body=b"{1}"))
    store.keep(entry("c", account="beta"))
    assert held is not None
    held.renditions["xml"] = b"1234"
    store.grew(held, 4)
    assert store.summary() == [
        Holding(ACME, "client", 2, 2 * entry("a").weight + 1 + RENDITION_WEIGHT + 4, 1, NOW, NOW + 30),
        Holding(BETA, "client", 1, entry("c").weight, 0, NOW, NOW),
    ]
    store.discard(Selector())
    assert store.summary() == []


KEYS = st.sampled_from("abcdefgh")
STEPS = st.one_of(
    st.tuples(st.just("keep"), KEYS, st.integers(0, 3000)),
    st.tuples(st.just("peek"), KEYS, st.just(0)),
    st.tuples(st.just("grew"), KEYS, st.integers(0, 3000)),
    st.tuples(st.just("drop"), KEYS, st.integers(0, 2)),
)


@given(st.lists(STEPS, max_size=60))
def test_the_books_always_balance(steps: list[tuple[str, str, int]]) -> None:
    bound = 6 * WEIGHT
    store = MemoryEntries[bytes](bound)
    for verb, key, size in steps:
        made = entry(key, account=key, resource="task" if size % 2 else "client", body=b"x" * size)
        held = store.peek(made.key)
        match verb:
            case "keep":
                store.keep(made)
            case "grew" if held is not None:
                held.renditions[str(size)] = b""
                store.grew(held, size)
            case "drop":
                choices = [Selector(key=made.key), Selector(account=AccountName(key)), Selector()]
                store.discard(choices[size])
                assert store.peek(made.key) is None
            case _:
                pass
        kept = store.covered(Selector())
        assert {one.entry.key for one in kept} == {name for name in "abcdefgh" if store.peek(CacheKey(name))}
        assert store.entries == len(kept) == sum(it.entries for it in store.summary())
        assert store.bytes == sum(one.weight for one in kept) <= bound
        assert all(one.weight <= bound // LARGEST_PART for one in kept)
    store.discard(Selector())
    assert (store.entries, store.bytes) == (0, 0)


def test_whatever_comes_or_goes_is_a_change_and_a_look_is_none() -> None:
    entries = MemoryEntries[str](20_000)
    seen = {entries.changes.count}

    def changed() -> bool:
        before = len(seen)
        seen.add(entries.changes.count)
        return len(seen) > before

    held = entries.keep(entry("a"))
    assert changed()
    assert held is not None
    assert entries.peek(held.entry.key) is held
    assert not changed()
    entries.keep(entry("a"))
    assert changed()
    entries.grew(entries.keep(entry("b")) or held, 6000)  # too heavy: it lets go of its renditions
    assert changed()
    for number in range(20):
        entries.keep(entry(f"c{number}"))
    assert changed()
    entries.discard(Selector())
    assert changed()
    entries.discard(Selector())
    assert not changed()
