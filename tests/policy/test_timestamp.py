"""A moment is written as RFC 3339 does."""

from __future__ import annotations

import pytest

from gateway.policy.timestamp import timestamp


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "1970-01-01T00:00:00Z"), (1e9 + 0.7, "2001-09-09T01:46:40Z")])
def test_moments_are_rfc_3339(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text
