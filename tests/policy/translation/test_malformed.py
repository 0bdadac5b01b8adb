from __future__ import annotations

import pytest

from gateway.policy.translation.malformed import Limits, Malformed, TooLarge


def test_an_error_says_what_and_where() -> None:
    assert str(Malformed("mismatched tag", 3, 7)) == "mismatched tag (line 3, column 7)"


def test_size_is_checked_in_bytes() -> None:
    limits = Limits(size=3)
    limits.check_size(b"abc")
    with pytest.raises(TooLarge, match="4 bytes are more than the 3 accepted"):
        limits.check_size(b"abcd")
