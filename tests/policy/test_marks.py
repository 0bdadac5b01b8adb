from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import marks, noticeable
from gateway.policy.marks import Mark
from gateway.policy.names import Partition

RULES = noticeable.load()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()
ONE = Partition("one")


def test_a_mark_is_read_by_who_made_it() -> None:
    mark = Mark(ONE, 12.5, "2026-03-10 10:00:00", 7)
    assert marks.load(mark.text, ONE) == mark
    assert marks.load(mark.text, Partition("two")) is None
    assert marks.load(None, ONE) is None
    assert marks.load('{"place": 7}', ONE) is None
    assert marks.load("7", ONE) is None


@pytest.mark.parametrize(
    ("before", "rows", "doubted", "doubtful"),
    [(10, 4, False, True), (10, 5, False, False), (9, 0, False, False), (500, 0, False, True), (500, 0, True, False)],
)
def test_a_list_that_has_lost_most_of_its_rows_is_doubted_once(
    before: int, rows: int, *, doubted: bool, doubtful: bool
) -> None:
    assert marks.doubtful(Mark(ONE, 1.0, rows=before, doubted=doubted), rows) == doubtful


def test_the_first_look_begins_further_back_than_any_zone_is_away() -> None:
    assert marks.first(NOW) == "2026-03-09 00:00:00"


def test_looks_overlap() -> None:
    assert marks.stretches("2026-03-10 11:00:00", RULES["time"], now=NOW) == [("2026-03-10 09:00:00", None)]
    assert marks.stretches("2026-03-10 11:00:00", RULES["task"], now=NOW) == [("2026-03-09 20:00:00", None)]
    assert marks.stretches("2025-03-10 11:00:00", RULES["time"], now=NOW) == [("2025-03-10 09:00:00", None)]


@given(days=st.floats(0, 100))
def test_stretches_leave_no_gap_and_none_is_longer_than_the_filter_takes(days: float) -> None:
    modified = datetime.fromtimestamp(NOW, UTC) - timedelta(days=days)
    text = modified.strftime("%Y-%m-%d %H:%M:%S")
    found = marks.stretches(text, RULES["tasknote"], now=NOW)
    begins = [datetime.fromisoformat(begin).replace(tzinfo=UTC) for begin, _ in found]
    ends = [datetime.fromisoformat(end).replace(tzinfo=UTC) for _, end in found if end is not None]
    assert found[-1][1] is None
    assert begins[0] <= modified - timedelta(hours=1)
    assert all(later < end for later, end in zip(begins[1:], ends, strict=True))
    last = datetime.fromtimestamp(NOW, UTC)
    assert all(end - begin <= timedelta(days=7) for begin, end in zip(begins, [*ends, last], strict=True))


@pytest.mark.parametrize(
    ("modified", "decided", "undecided", "moved"),
    [
        ("2026-03-10 10:00:00", [], [], "2026-03-10 10:00:00"),
        ("2026-03-10 10:00:00", ["2026-03-10 11:59:00", "2026-03-10 11:00:00"], [], "2026-03-10 11:59:00"),
        ("2026-03-10 10:00:00", ["2026-03-10 09:00:00"], [], "2026-03-10 10:00:00"),
        ("2026-03-10 10:00:00", ["2026-03-10 11:59:00"], ["2026-03-10 11:30:00"], "2026-03-10 11:30:00"),
        ("2026-03-10 10:00:00", ["2026-03-10 11:59:00"], ["2026-03-10 09:30:00"], "2026-03-10 10:00:00"),
        ("2026-03-10 10:00:00", ["2026-03-11 02:00:00"], [], "2026-03-11 02:00:00"),
        ("2026-03-10 10:00:00", ["2036-03-11 02:00:00", "soon", "", "2026-03-10"], [], "2026-03-10 10:00:00"),
        ("2026-01-01 10:00:00", [], [], "2026-03-09 00:00:00"),
        ("2026-01-01 10:00:00", [], ["2026-02-01 00:00:00"], "2026-02-01 00:00:00"),
    ],
)
def test_the_mark_moves_with_the_rows(modified: str, decided: list[str], undecided: list[str], moved: str) -> None:
    assert marks.moved(modified, decided, undecided, now=NOW) == moved
