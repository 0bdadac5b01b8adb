from dataclasses import replace
from typing import Any

from gateway.policy.caching import choices
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey, Partition

ACME, MINE, THEIRS = AccountName("acme"), Partition("mine"), Partition("theirs")
ENTRY = Entry(
    key=CacheKey("v"),
    account=ACME,
    resource="other",
    target="/x",
    response=Response(200, Headers([("ETag", '"a"')]), b"body"),
    requested_at=1000.0,
    received_at=1001.0,
    initial_age=5.0,
    lifetime=60.0,
    stale_if_error=30.0,
)

NAME = choices.key(ACME, "/x")


def variant(number: int, **changes: Any) -> Entry:
    return replace(ENTRY, **{"key": CacheKey(f"v{number}"), "vary": (("a", str(number)),), **changes})


def test_the_key_is_the_accounts_and_the_targets() -> None:
    assert choices.key(ACME, "/x") == choices.key(ACME, "/x") != choices.key(ACME, "/y")
    assert choices.key(ACME, "/x") != choices.key(AccountName("globex"), "/x")
    assert choices.group_key(ACME, "x") != choices.key(ACME, "x")


def test_a_variant_belongs_to_its_partition_its_fields_and_its_choices() -> None:
    born = choices.new(ENTRY, NAME)
    names = {
        choices.variant_key(born, MINE, ()),
        choices.variant_key(born, THEIRS, ()),
        choices.variant_key(born, MINE, (("a", "1"),)),
        choices.variant_key(born, MINE, (("a", None),)),
        choices.variant_key(replace(born, requested_at=2000.0), MINE, ()),
    }
    assert len(names) == 5


def test_variants_and_their_sets_are_listed_newest_first() -> None:
    grown = choices.new(ENTRY, NAME)
    for number in (1, 2):
        grown = choices.added(grown, MINE, variant(number)).choices
    grown = choices.added(grown, THEIRS, replace(ENTRY, key=CacheKey("v"))).choices
    assert choices.sets(grown) == [(), ("a",)]
    assert choices.variants(grown) == [(THEIRS, "v"), (MINE, "v2"), (MINE, "v1")]


def test_a_variant_that_is_known_changes_nothing_unless_it_lasts_longer() -> None:
    grown = choices.added(choices.new(ENTRY, NAME), MINE, variant(1)).choices
    assert not choices.added(grown, MINE, variant(1, received_at=5000.0)).changed
    longer = choices.added(grown, MINE, variant(1, lifetime=1e6))
    assert longer.changed
    assert longer.choices.received_at + longer.choices.lifetime > 1001.0 + 1e6


def test_the_choices_outlive_every_variant() -> None:
    grown = choices.added(choices.new(ENTRY, NAME), MINE, variant(1, lifetime=1e6)).choices
    grown = choices.added(grown, MINE, variant(2, received_at=1500.0)).choices
    assert grown.received_at + grown.lifetime >= 1001.0 + 1e6 + 30.0


def test_the_oldest_are_crowded_out() -> None:
    grown = choices.new(ENTRY, NAME)
    gone: list[CacheKey] = []
    for number in range(70):
        added = choices.added(grown, MINE, variant(number, vary=((f"f{number % 6}", None),)))
        grown = added.choices
        gone += added.crowded_out
    assert gone == [f"v{number}" for number in range(6)]
    assert (len(choices.variants(grown)), len(choices.sets(grown))) == (64, 4)


def test_a_group_holds_those_asked_for_since_its_mark_was_born() -> None:
    """RFC 9875: to drop the mark invalidates them all."""
    mark = choices.mark(ENTRY, "g", None)
    assert mark is not None
    assert choices.holds(mark, ENTRY)
    assert not choices.holds(mark, replace(ENTRY, requested_at=999.0))
    assert not choices.holds(None, ENTRY)
    assert choices.mark(ENTRY, "g", mark) is None
    longer = choices.mark(replace(ENTRY, requested_at=2000.0, lifetime=1e6), "g", mark)
    assert longer is not None
    assert (longer.requested_at, choices.holds(longer, ENTRY)) == (1000.0, True)
