"""A write reaches what the catalogue says; one to somebody's rights reaches everything."""

from __future__ import annotations

import pytest

from gateway.policy import catalogue
from gateway.policy.translation.document import Fields
from gateway.policy.writing.change import Change, Created, Deleted, Updated
from gateway.policy.writing.reach import reach

ROWS = catalogue.load()
ROW: Fields = {"id": "7", "groupid": "2", "active": "t", "title": "Dev"}


def updated(**sent: str) -> Updated:
    return Updated("7", {**ROW, **sent}, frozenset(sent))


@pytest.mark.parametrize(
    ("change", "known", "all_of_it"),
    [
        (updated(title="Ops"), [], False),
        (updated(groupid="3"), [], True),
        (updated(groupid="3"), [ROW], True),
        (updated(groupid="2", title="Ops"), [ROW], False),
        (updated(groupid="2", allprojects="t"), [ROW], True),  # how that was is not known
        (updated(groupid="2"), [{"id": "7"}], True),
        (updated(groupid="2"), [{**ROW, "groupid": "3"}, ROW], False),
        (Created("8", {**ROW, "id": "8"}), [], False),
        (Deleted("7"), [ROW], True),
        (None, [], True),
    ],
)
def test_rights_reach_far(change: Change | None, known: list[Fields], all_of_it: bool) -> None:
    reached = reach(ROWS, "person", change, known)
    assert reached == (ROWS.everything if all_of_it else ROWS.changed_by("person"))


@pytest.mark.parametrize("change", [updated(active="f"), Deleted("7"), None])
def test_other_resources_have_no_rights(change: Change | None) -> None:
    assert reach(ROWS, "client", change, []) == ROWS.changed_by("client")
    assert reach(ROWS, "other", change, []) == {"other"}


def test_everything_is_every_label() -> None:
    assert {*ROWS.resources, "other"} == ROWS.everything > ROWS.changed_by("person")
