from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.events import seen
from gateway.policy.events.seen import By, Seen, Sight
from gateway.policy.notices import Json
from gateway.policy.translation.document import Number

rows = st.dictionaries(st.text(), st.none() | st.text() | st.integers() | st.booleans())


@given(row=st.none() | rows, began=st.floats(0, 4e9), told=st.integers(0, 99))
def test_a_record_is_read_as_it_was_written(row: dict[str, Json] | None, began: float, told: int) -> None:
    record = Seen(row, round(began, 6), round(began, 6) + 1, By.POLL, told)
    again = seen.load(record.text)
    assert (again.row, again.told) == (row, told)
    assert again.began == pytest.approx(record.began, abs=1e-6)
    assert seen.load(again.text) == again
    if row is not None:
        assert seen.unchanged(record.text, seen.canonical(row))
        assert not seen.unchanged(record.text, seen.canonical({**row, "more": "x"}))


def test_the_order_of_columns_makes_no_difference() -> None:
    assert seen.canonical({"b": "1", "a": None}) == seen.canonical({"a": None, "b": "1"}) == '{"a":null,"b":"1"}'


@pytest.mark.parametrize(
    ("value", "plain"), [("x", "x"), (7, 7), (None, None), (Number("1.10"), 1.1), (Number("1e400"), "1e400")]
)
def test_values_become_those_of_json(value: str | int | Number | None, plain: object) -> None:
    row = seen.plain({"a": value, "nested": ["x"]})
    assert row == {"a": plain}
    assert json.loads(seen.canonical(row)) == row


@pytest.mark.parametrize(
    ("began", "ended", "before", "after"),
    [
        (1, 5, True, False),
        (1, 10, True, False),
        (1, 11, False, False),
        (12, 13, False, False),
        (19, 25, False, False),
        (20, 25, False, True),
        (21, 22, False, True),
    ],
)
def test_sights_that_overlap_are_neither_earlier_nor_later(
    began: int, ended: int, *, before: bool, after: bool
) -> None:
    sight, record = Sight(By.LIST, began, ended), Seen({}, 10, 20, By.LIST, 0)
    assert (sight.before(record), sight.after(record)) == (before, after)
