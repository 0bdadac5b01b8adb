"""What callers prefer, as they write it."""

from __future__ import annotations

import pytest

from gateway.policy.preference import wants_async


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
