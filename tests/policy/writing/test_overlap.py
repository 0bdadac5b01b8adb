"""Writes to one row overlap when the second left before the first was answered."""

from __future__ import annotations

import pytest

from gateway.policy.writing import overlap
from gateway.policy.writing.overlap import Overlaps


@pytest.mark.parametrize(
    ("writes", "met"),
    [
        ([("a", 0.0, 1.0), ("a", 1.0, 2.0)], [False, False]),
        ([("a", 0.0, 1.0), ("a", 0.5, 2.0)], [False, True]),
        ([("a", 0.0, 3.0), ("a", 0.5, 2.0), ("a", 2.5, 4.0)], [False, True, True]),
        ([("a", 0.0, 1.0), ("b", 0.5, 2.0)], [False, False]),
        ([("a", 5.0, 6.0), ("a", 0.0, 7.0), ("a", 8.0, 9.0)], [False, True, False]),
    ],
)
def test_overlapping_writes_are_met(writes: list[tuple[str, float, float]], met: list[bool]) -> None:
    overlaps = Overlaps()
    assert [overlaps.met(row, began=began, ended=ended) for row, began, ended in writes] == met


def test_only_so_many_rows_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "_MOST", 2)
    overlaps = Overlaps()
    for row in "abc":
        overlaps.met(row, began=0.0, ended=9.0)
    assert [overlaps.met(row, began=1.0, ended=9.0) for row in "cb"] == [True, True]
    assert not overlaps.met("a", began=1.0, ended=9.0)
