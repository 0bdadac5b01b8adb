"""The table of ways against the catalogue of resources: a way that a resource has no filter or list for would fail."""

from __future__ import annotations

import pytest

from gateway.policy import catalogue
from gateway.policy.events import noticeable
from gateway.policy.events.noticeable import Way
from gateway.simulator.catalogue import catalogue as documented

SET_BY_CLIENTS = {
    "datemodified": "of a time entry: says that somebody saved",
    "lastupdate": "of a timer: moves while it runs",
    "module": "of a project's module: the name of another row",
    "worktype": "of a project's work type: the name of another row",
}

RULES, ROWS = noticeable.load(), catalogue.load()


def test_every_documented_resource_has_a_row() -> None:
    assert RULES.keys() == ROWS.resources.keys()
    assert all(rules.resource == name for name, rules in RULES.items())


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_way_is_one_that_the_resource_allows(name: str) -> None:
    rules, filters = RULES[name], documented()[name].filters
    match rules.way:
        case Way.LIST:
            assert ROWS.resources[name].whole
        case Way.MODIFIED:
            assert "datemodifiedbegin" in filters
            assert documented()[name].paged
            assert "id" in documented()[name].sort
            assert rules.overlap >= 7200
        case Way.FULL:
            assert documented()[name].paged
            assert not any(it.required for it in filters.values())
            assert rules.every > 1
        case Way.WRITES:
            assert not ROWS.resources[name].whole
    assert rules.polled == (rules.way is not Way.WRITES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_derived_columns_are_columns_that_nobody_sets(name: str) -> None:
    fields = documented()[name].fields
    assert RULES[name].derived <= fields.keys() | {"isrunning"}
    assert {column for column in RULES[name].derived & fields.keys() if fields[column].type} <= set(SET_BY_CLIENTS)


def test_whole_lists_are_looked_at_as_lists() -> None:
    assert {name for name, row in ROWS.resources.items() if row.whole} == {
        name for name, rules in RULES.items() if rules.way is Way.LIST
    }
