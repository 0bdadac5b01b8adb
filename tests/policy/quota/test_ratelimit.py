import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.quota.ratelimit import Allowance, fields

DAY = 86_400.0
ITEM = r'"[a-z]+"(?:;[a-z]+=\d{1,15})+'
"""An item of a structured list as both fields use it: a string and integer parameters (RFC 9651 §3.1, §3.3)."""


def test_both_windows_are_said_in_whole_seconds_rounded_up() -> None:
    minute = Allowance("minute", 100, 60.0, 37, 0.0, 12.2)
    day = Allowance("day", 6000, DAY, -2, 3600.0, 3600.0)
    assert fields([minute, day]) == [
        ("RateLimit-Policy", '"minute";q=100;w=60, "day";q=6000;w=86400'),
        ("RateLimit", '"minute";r=37;t=13, "day";r=0;t=3600'),
    ]


def test_no_limit_no_field() -> None:
    assert fields([]) == []


@pytest.mark.parametrize(
    ("remaining", "wait", "reset", "effective"),
    [
        (100, 0.0, 0.0, 60),  # untouched: so many in a whole window
        (37, 0.0, 12.2, 13),
        (0, 7.1, 58.0, 8),  # until one more may leave
        (0, 110.0, 119.0, 60),  # what is under way may end late, and still the window is no longer than it is
        (5, 0.0, 61.5, 60),
    ],
)
def test_the_effective_window(remaining: int, wait: float, reset: float, effective: int) -> None:
    assert Allowance("minute", 100, 60.0, remaining, wait, reset).effective == effective


@given(st.integers(1, 12_000), st.integers(-10, 12_000), st.floats(0, 2 * DAY), st.floats(0, 2 * DAY))
def test_the_syntax_is_that_of_structured_lists_and_no_effective_window_exceeds_its_window(
    limit: int, remaining: int, wait: float, reset: float
) -> None:
    said = fields(
        [Allowance(name, limit, period, remaining, wait, reset) for name, period in (("m", 60.0), ("d", DAY))]
    )
    for _, value in said:
        assert re.fullmatch(rf"{ITEM}, {ITEM}", value)
    windows, effective = (re.findall(r";[wt]=(\d+)", value) for _, value in said)
    assert all(int(t) <= int(w) for t, w in zip(effective, windows, strict=True))
