"""When a delivery is tried again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.webhooks.retries import JITTER, LONGEST_ASKED, WAITS, asked, respected, wait

DRAWN = st.floats(0, 1, exclude_max=True)


def test_the_plan_is_that_of_standard_webhooks() -> None:
    hours = [wait(attempts, drawn=0.0, asked=None) for attempts in range(10)]
    assert hours == [0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600]
    assert wait(10, drawn=0.0, asked=None) is None


@given(st.integers(0, len(WAITS) - 1), DRAWN, st.none() | st.floats())
def test_a_wait_is_never_shorter_than_planned_or_asked_for(attempts: int, drawn: float, asked: float | None) -> None:
    seconds = wait(attempts, drawn=drawn, asked=asked)
    assert seconds is not None
    assert WAITS[attempts] <= seconds
    assert respected(asked) <= seconds <= max(WAITS[attempts] * (1 + JITTER), LONGEST_ASKED)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(None, 0), (0, 0), (-5, 0), (7.5, 7.5), (1e9, LONGEST_ASKED), (math.inf, LONGEST_ASKED), (math.nan, 0)],
)
def test_what_a_receiver_asks_for_is_bounded(asked: float | None, seconds: float) -> None:
    assert respected(asked) == seconds


def test_the_plan_ends_also_when_the_receiver_asks_for_more() -> None:
    assert wait(len(WAITS), drawn=0.5, asked=10.0) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
        ("9" * 400, 999_999_999_999.0),
        ("Mon, 16 Jun 2025 12:00:30 GMT", 30.0),
        ("Mon, 16 Jun 2025 11:00:00 GMT", 0.0),
    ],
)
def test_both_forms_of_retry_after_are_read(value: str | None, seconds: float | None) -> None:
    assert asked(value, 1_750_075_200.0) == seconds
