"""Rows come in the order of their keys; ties only as the upstream has shown them for the same rows."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.catalogue import Sort
from gateway.policy.lists import sorting
from gateway.policy.lists.listquery import Undecided
from gateway.policy.lists.sorting import NOTHING, Key, Page, Shown

ALL = Page(0, None)


def keys(text: str) -> list[Key]:
    """Rows numbered from 1 on with these keys."""
    return [(str(number), key) for number, key in enumerate(text.split(), start=1)]


def arranged(given: list[Key], order: Sort, page: Page = ALL, shown: Shown = NOTHING, *, down: bool = False) -> str:
    try:
        return " ".join(sorting.arranged(given, order, page, shown, descending=down))
    except Undecided:
        return "undecided"


@pytest.mark.parametrize(
    ("order", "given", "up", "down"),
    [
        (Sort.INTEGER, "10 9 100", "2 1 3", "3 1 2"),
        (Sort.INTEGER, "10 9 10", "undecided", "undecided"),
        (Sort.INTEGER, "10 09", "undecided", "undecided"),
        (Sort.PADDED, "0010 0009", "2 1", "1 2"),
        (Sort.PADDED, "010 0009", "undecided", "undecided"),
        (Sort.DATE, "2024-02-01 2024-01-31", "2 1", "1 2"),
        (Sort.DATE, "2024-02-01 soon", "undecided", "undecided"),
        (Sort.TEXT, "a b", "undecided", "undecided"),
        (Sort.TEXT, "a", "1", "1"),
        (Sort.FIGURE, "1 2", "undecided", "undecided"),
        (Sort.TEXT, "", "", ""),
    ],
)
def test_keys_order_rows_where_they_can(order: Sort, given: str, up: str, down: str) -> None:
    assert (arranged(keys(given), order), arranged(keys(given), order, down=True)) == (up, down)


@pytest.mark.parametrize(
    ("page", "told"),
    [(Page(0, 1), "2"), (Page(0, 2), "undecided"), (Page(4, 5), "5"), (Page(2, 9), "undecided"), (Page(5, 9), "")],
)
def test_a_tie_matters_only_where_the_page_has_a_part_of_it(page: Page, told: str) -> None:
    assert arranged(keys("7 5 7 7 9"), Sort.INTEGER, page) == told


TIED = keys("7 5 7 7 9")


@pytest.mark.parametrize(
    ("page", "answered", "then", "told"),
    [
        (ALL, "2 4 1 3 5", ALL, "2 4 1 3 5"),
        (ALL, "2 4 1 3 5", Page(2, 4), "1 3"),
        (Page(0, 3), "2 4 1", Page(0, 3), "2 4 1"),
        (Page(0, 3), "2 4 1", Page(0, 4), "undecided"),  # who came third of the tie was not seen
        (Page(2, 5), "1 3 5", Page(2, 5), "1 3 5"),
        (Page(2, 5), "1 3 5", Page(3, 5), "3 5"),
        (Page(2, 5), "1 3 5", Page(1, 5), "undecided"),  # who came first was not seen
    ],
)
def test_what_was_shown_of_a_tie_is_used(page: Page, answered: str, then: Page, told: str) -> None:
    shown = sorting.shown(TIED, Sort.INTEGER, page, answered.split(), descending=False)
    assert shown is not None
    assert arranged(TIED, Sort.INTEGER, then, shown) == told


@pytest.mark.parametrize("answered", ["2 4 1 3", "2 4 1 3 5 6", "4 2 1 3 5", "2 4 1 6 5", ""])
def test_nothing_is_learnt_from_an_answer_about_other_rows(answered: str) -> None:
    assert sorting.shown(TIED, Sort.INTEGER, ALL, answered.split(), descending=False) is None


def test_a_tie_with_other_rows_or_other_keys_is_not_the_one_that_was_shown() -> None:
    shown = sorting.shown(TIED, Sort.INTEGER, ALL, ["2", "4", "1", "3", "5"], descending=False)
    assert shown is not None
    assert arranged([*TIED, ("6", "7")], Sort.INTEGER, ALL, shown) == "undecided"
    assert arranged(TIED[1:], Sort.INTEGER, ALL, shown) == "undecided"
    assert arranged([*TIED[:4], ("5", "4")], Sort.INTEGER, ALL, shown) == "5 2 4 1 3", "only another row moved"
    named = keys("b a")
    shown = sorting.shown(named, Sort.TEXT, ALL, ["2", "1"], descending=False)
    assert shown is not None
    assert arranged(named, Sort.TEXT, ALL, shown) == "2 1"
    assert arranged([("1", "b"), ("2", "c")], Sort.TEXT, ALL, shown) == "undecided"


@given(
    st.lists(st.integers(1, 5), max_size=12),
    st.integers(0, 12),
    st.integers(0, 12),
    st.sampled_from([Sort.INTEGER, Sort.TEXT]),
    st.booleans(),
    st.integers(0, 99),
)
def test_a_service_that_orders_alike_is_followed(
    numbers: list[int], first: int, count: int, order: Sort, down: bool, seed: int
) -> None:
    given = [(str(place), str(number)) for place, number in enumerate(numbers, start=1)]
    own = Random(seed).sample(given, len(given))
    if order is Sort.INTEGER:
        own.sort(key=lambda key: int(key[1]), reverse=down)
    page = Page(first, first + count)
    answered = [number for number, _ in own[first : first + count]]
    shown = sorting.shown(given, order, page, answered, descending=down)
    assert shown is not None
    assert arranged(given, order, page, shown, down=down) == " ".join(answered)
