"""What callers prefer, as they write it."""

from __future__ import annotations

import pytest

from gateway.policy.preference import patience, wants_async


@pytest.mark.parametrize(
    ("prefer", "wanted"),
    [
        (None, False),
        ("", False),
        ("respond-async", True),
        ("Respond-Async", True),
        ("respond-async, wait=10", True),
        ("wait=10 , respond-async", True),
        ('respond-async=""', True),
        ("respond-async; priority=5", True),
        ("wait=respond-async", False),
        ("respond-asynchronously", False),
        ("return=minimal", False),
    ],
)
def test_respond_async_is_found_where_it_is(prefer: str | None, wanted: bool) -> None:
    assert wants_async(prefer) is wanted


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        (None, 30.0),
        ("wait=5", 5.0),
        ("respond-async, wait=10", 10.0),
        ('wait="7"; x=1', 7.0),
        ("WAIT=3", 3.0),
        ("wait=900", 30.0),
        ("wait=0", 0.0),
        ("wait=-1", 30.0),
        ("wait=abc", 30.0),
        ("wait", 30.0),
        ("wait=99999999999999999999999999", 30.0),
    ],
)
def test_the_shorter_patience_holds(prefer: str | None, expected: float) -> None:
    assert patience(prefer, 30.0) == expected
