import pytest

from gateway.policy.lists.collection import Collection
from gateway.policy.lists.patching import Unpatchable, patched_for_others, patched_for_writer
from gateway.policy.translation.document import Fields, Scalar
from gateway.policy.writing.change import Created, Deleted, Updated
from tests.policy.listing import MILESTONE, MODULE, PROJECT, rows, whole

LISTED = rows(6, active=["t"], name=["a", "b"], budget=["1"])
STORED = whole(PROJECT, LISTED)
SHUFFLED = whole(PROJECT, [LISTED[place] for place in (1, 0, 2, 3, 4, 5)])
FALLING = whole(PROJECT, LISTED[::-1])


def row(number: str, **fields: Scalar) -> Fields:
    return {"budget": "1", "name": "a", "active": "t", **fields, "id": number}


def updated(number: str, **fields: Scalar) -> Updated:
    return Updated(number, row(number, **fields), frozenset(fields))


def ids(taken: Collection | Unpatchable) -> list[str]:
    assert isinstance(taken, Collection), taken
    assert taken.document.fields["listcount"] == len(taken.rows)
    return list(taken.rows)


def test_an_update_takes_the_rows_place_and_keeps_the_columns_order() -> None:
    taken = patched_for_writer(STORED, PROJECT, updated("3", name="new"))
    assert ids(taken) == list(STORED.rows)
    assert isinstance(taken, Collection)
    assert list(taken.rows["3"].items()) == [("id", "3"), ("active", "t"), ("name", "new"), ("budget", "1")]
    assert STORED.rows["3"]["name"] == "a"
    assert taken.rows["2"] is STORED.rows["2"]


@pytest.mark.parametrize(
    ("stored", "number", "expected"),
    [(STORED, "9", "1 2 3 4 5 6 9"), (FALLING, "9", "9 6 5 4 3 2 1")],
)
def test_a_creation_goes_where_its_id_belongs(stored: Collection, number: str, expected: str) -> None:
    assert ids(patched_for_writer(stored, PROJECT, Created(number, row(number)))) == expected.split()


@pytest.mark.parametrize(
    ("stored", "element"),
    [
        (SHUFFLED, row("9")),
        (whole(PROJECT, LISTED[:3]), row("9")),  # too few rows to tell their order
        (whole(PROJECT, []), row("9")),
        (STORED, row("6")),
        (whole(PROJECT, [*LISTED[1:], row("9")]), row("8")),
        (STORED, {"id": "9", "name": "a"}),
        (STORED, row("9", more="1")),
    ],
)
def test_a_creation_whose_place_or_form_is_not_known_ends_the_list(stored: Collection, element: Fields) -> None:
    change = Created(str(element["id"]), element)
    assert isinstance(patched_for_writer(stored, PROJECT, change), Unpatchable)


@pytest.mark.parametrize("patch", [patched_for_writer, patched_for_others])
def test_a_deleted_row_goes_from_every_list(patch: type) -> None:
    assert ids(patch(STORED, PROJECT, Deleted("3"))) == ["1", "2", "4", "5", "6"]
    assert patch(STORED, PROJECT, Deleted("99")) is STORED


@pytest.mark.parametrize("patch", [patched_for_writer, patched_for_others])
def test_in_a_list_of_unknown_order_a_row_stays_only_if_no_sort_field_changed(patch: type) -> None:
    assert isinstance(patch(SHUFFLED, PROJECT, updated("3", name="new")), Unpatchable)
    assert ids(patch(SHUFFLED, PROJECT, updated("3", budget="2"))) == list(SHUFFLED.rows)
    alone = whole(PROJECT, LISTED[:1])
    assert ids(patch(alone, PROJECT, updated("1", name="new"))) == ["1"]


def test_where_no_sort_field_is_documented_any_change_may_move_the_row() -> None:
    listed = rows(6, active=["t"], module=["a"])
    shuffled = whole(MODULE, [*listed[1:], listed[0]])
    element: Fields = {"id": "3", "active": "t", "module": "c"}
    assert isinstance(patched_for_writer(shuffled, MODULE, Updated("3", element, frozenset())), Unpatchable)


def test_the_writers_own_list_must_hold_the_element_with_the_same_fields() -> None:
    assert isinstance(patched_for_writer(STORED, PROJECT, updated("99")), Unpatchable)
    assert isinstance(patched_for_writer(STORED, PROJECT, updated("3", more="1")), Unpatchable)
    assert isinstance(patched_for_writer(STORED, PROJECT, Updated("3", {"id": "3"}, frozenset())), Unpatchable)


def test_an_administrator_sees_what_he_deactivates() -> None:
    assert ids(patched_for_writer(STORED, PROJECT, updated("3", active="f"))) == list(STORED.rows)


def test_a_milestone_stays_with_its_writer_only_in_projects_he_is_known_to_see() -> None:
    stored = whole(MILESTONE, rows(6, projectid=["1", "2"]))
    for number in ("3", "9"):
        seen: Fields = {"id": number, "projectid": "2"}
        unseen: Fields = {"id": number, "projectid": "77"}
        change = Created if number == "9" else lambda n, e: Updated(n, e, frozenset({"projectid"}))
        assert isinstance(patched_for_writer(stored, MILESTONE, change(number, seen)), Collection)
        assert isinstance(patched_for_writer(stored, MILESTONE, change(number, unseen)), Unpatchable)


FEWER = whole(PROJECT, [{"name": listed["name"], "id": listed["id"]} for listed in LISTED])


def test_others_get_the_fields_they_see_and_nothing_new() -> None:
    taken = patched_for_others(FEWER, PROJECT, updated("3", name="new"))
    assert isinstance(taken, Collection)
    assert list(taken.rows["3"].items()) == [("name", "new"), ("id", "3")]
    assert isinstance(patched_for_others(FEWER, PROJECT, Created("9", row("9"))), Unpatchable)


@pytest.mark.parametrize(
    ("stored", "change"),
    [
        (STORED, updated("3", active="f")),  # out of sight?
        (FEWER, updated("3", active="f")),  # the list does not show whether it changed
        (FEWER, updated("99", active="t")),  # into sight?
        (STORED, Updated("3", {"id": "3", "name": "new"}, frozenset({"name"}))),  # the writer sees less
    ],
)
def test_others_lose_the_list_where_they_may_see_other_rows_now(stored: Collection, change: Updated) -> None:
    assert isinstance(patched_for_others(stored, PROJECT, change), Unpatchable)


def test_others_keep_a_list_that_never_had_the_row() -> None:
    assert patched_for_others(FEWER, PROJECT, updated("99", name="new")) is FEWER


def test_the_weight_follows() -> None:
    grown = patched_for_writer(STORED, PROJECT, updated("3", name="x" * 1000))
    assert isinstance(grown, Collection)
    assert grown.weight > STORED.weight + 1000
    shrunk = patched_for_writer(grown, PROJECT, Deleted("4"))
    assert isinstance(shrunk, Collection)
    assert shrunk.weight < grown.weight
