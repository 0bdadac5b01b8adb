"""The keys of each account and resource."""

from __future__ import annotations

import pytest

from gateway.adapters.memory.index import Index
from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName
from tests.adapters.stores import entry

ACME = AccountName("acme")


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(), {("acme", "client"): {"a", "b"}, ("acme", "task"): {"c"}, ("beta", "client"): {"d"}}),
        (Selector(account=ACME), {("acme", "client"): {"a", "b"}, ("acme", "task"): {"c"}}),
        (Selector(resources=frozenset({"task", "time"})), {("acme", "task"): {"c"}}),
        (Selector(account=AccountName("none")), {}),
        (Selector(resources=frozenset()), {}),
    ],
)
def test_groups_are_those_that_the_selector_names(
    selector: Selector, expected: dict[tuple[str, str], set[str]]
) -> None:
    index = Index()
    for key, account, resource in (
        ("a", "acme", "client"), ("b", "acme", "client"), ("c", "acme", "task"), ("d", "beta", "client"),
    ):  # fmt: skip
        index.add(entry(key, account=account, resource=resource))
    assert {(account, resource): keys for account, resource, keys in index.groups(selector)} == expected


def test_an_empty_group_is_no_group() -> None:
    index = Index()
    index.add(entry("a"))
    index.remove(entry("a"))
    assert list(index.groups(Selector())) == []
