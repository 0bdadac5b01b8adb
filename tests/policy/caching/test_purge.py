"""What a purge names."""

from __future__ import annotations

import pytest

from gateway.policy import catalogue
from gateway.policy.caching import cachekey, choices
from gateway.policy.caching.entry import Selector
from gateway.policy.caching.purge import Owners, Purge, resource_of, selectors
from gateway.policy.catalogue import Match
from gateway.policy.names import AccountName, CacheKey

ACME, GUESTS = AccountName("acme"), AccountName("guests")
OWN = cachekey.partition(ACME, None)
OWNERS: Owners = {ACME: OWN, GUESTS: None}
ROWS = catalogue.load()
CLIENT = ROWS.resources["client"]
KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("purge", "expected"),
    [
        (Purge(), Selector()),
        (Purge(account=ACME), Selector(account=ACME)),
        (Purge(resource="other"), Selector(resources=frozenset({"other"}))),
        (Purge(ACME, "task"), Selector(ACME, frozenset({"task"}))),
        (Purge(key=KEY.upper()), Selector(key=CacheKey(KEY))),
        (Purge(ACME, "task", KEY), Selector(ACME, frozenset({"task"}), CacheKey(KEY))),
    ],
)
def test_conditions_and_cache_keys_are_taken_as_they_are(purge: Purge, expected: Selector) -> None:
    assert selectors(purge, OWNERS, ROWS) == (expected,)


@pytest.mark.parametrize("target", ["/client/5/", "/client/5", "/client/?active=t&limit=3"])
def test_a_documented_target_goes_with_the_whole_list_that_may_answer_in_its_place(target: str) -> None:
    path, _, query = target.partition("?")
    match = ROWS.match(path)
    assert match is not None
    own = cachekey.document_key(OWN, match, query)
    whole = cachekey.document_key(OWN, Match(CLIENT, None), CLIENT.unbounded)
    expected = (Selector(ACME, key=own), Selector(ACME, key=whole))
    assert selectors(Purge(ACME, key=target), OWNERS, ROWS) == expected
    assert selectors(Purge(ACME, "client", target), OWNERS, ROWS) == expected


def test_where_callers_bring_credentials_the_whole_resource_goes() -> None:
    assert selectors(Purge(GUESTS, key="/client/5/"), OWNERS, ROWS) == (Selector(GUESTS, frozenset({"client"})),)


def test_any_other_target_goes_with_all_its_variants_in_every_account() -> None:
    target = "/client/5/logo?size=2"
    expected = tuple(Selector(account, key=choices.key(account, target)) for account in OWNERS)
    assert selectors(Purge(key=target), OWNERS, ROWS) == expected


def test_a_target_of_another_resource_names_nothing() -> None:
    assert selectors(Purge(resource="task", key="/client/5/"), OWNERS, ROWS) == ()


@pytest.mark.parametrize(
    ("purge", "expected"),
    [
        (Purge(), None),
        (Purge(key=KEY), None),
        (Purge(resource="task"), "task"),
        (Purge(key="/client/5/?x=/task/"), "client"),
        (Purge(key="/nothing/"), "other"),
    ],
)
def test_the_resource_that_is_counted(purge: Purge, expected: str | None) -> None:
    assert resource_of(purge, ROWS) == expected
