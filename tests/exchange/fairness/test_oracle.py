"""The oracle itself: worked examples, and what makes a division max-min fair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.fairness.oracle import Claimant, fair_shares, jain, max_min

EQUAL = dict.fromkeys("abc", 1.0)


@pytest.mark.parametrize(
    ("capacity", "demands", "weights", "shares"),
    [
        (9, {"a": 10, "b": 10, "c": 10}, EQUAL, {"a": 3, "b": 3, "c": 3}),
        (9, {"a": 1, "b": 10, "c": 10}, EQUAL, {"a": 1, "b": 4, "c": 4}),
        (9, {"a": 1, "b": 3, "c": 10}, EQUAL, {"a": 1, "b": 3, "c": 5}),
        (9, {"a": 1, "b": 2, "c": 3}, EQUAL, {"a": 1, "b": 2, "c": 3}),
        (8, {"a": 10, "b": 10, "c": 10}, {"a": 2, "b": 1, "c": 1}, {"a": 4, "b": 2, "c": 2}),
        (8, {"a": 2, "b": 10, "c": 10}, {"a": 2, "b": 2, "c": 1}, {"a": 2, "b": 4, "c": 2}),
        (0, {"a": 2, "b": 0, "c": 1}, EQUAL, {"a": 0, "b": 0, "c": 0}),
    ],
)
def test_worked_examples(
    capacity: float, demands: dict[str, float], weights: dict[str, float], shares: dict[str, float]
) -> None:
    assert max_min(capacity, demands, weights) == pytest.approx(shares)


amounts = st.floats(0, 1e3)
crowds = st.dictionaries(st.sampled_from("abcdef"), st.tuples(amounts, st.floats(0.1, 10)), min_size=1)


@given(amounts, crowds)
def test_nobody_could_get_more_but_from_one_who_has_less(
    capacity: float, crowd: dict[str, tuple[float, float]]
) -> None:
    demands = {name: demand for name, (demand, _) in crowd.items()}
    weights = {name: weight for name, (_, weight) in crowd.items()}
    shares = max_min(capacity, demands, weights)
    assert sum(shares.values()) == pytest.approx(min(capacity, sum(demands.values())), abs=1e-6)
    levels = {name: shares[name] / weights[name] for name in crowd}
    for name in crowd:
        assert shares[name] <= demands[name] + 1e-6
        if shares[name] < demands[name] - 1e-6:
            assert levels[name] >= max(levels.values()) - 1e-6


def test_levels_divide_one_after_the_other() -> None:
    claimants = [
        Claimant("screen", 2.0, priority="interactive"),
        Claimant("report", 100.0, weight=3),
        Claimant("sync", 100.0),
        Claimant("other", 100.0, account="globex"),
        Claimant("export", 100.0, priority="batch"),
    ]
    # The screen leaves 100 - 2 = 98, of which 4 : 1 are 78.4 for normal work, half of that for each account.
    shares = fair_shares(100.0, claimants)
    assert shares == pytest.approx({"screen": 2, "report": 29.4, "sync": 9.8, "other": 39.2, "export": 19.6})


def test_jains_index() -> None:
    assert jain([3.0, 3.0, 3.0]) == pytest.approx(1.0)
    assert jain([5.0, 0.0, 0.0, 0.0]) == pytest.approx(0.25)
