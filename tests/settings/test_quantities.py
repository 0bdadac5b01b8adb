from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from gateway.settings.quantities import Duration, Size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("90s", 90), ("15m", 900), ("1.5h", 5400), ("1d", 86400), (" 2 m ", 120), ("0.05s", 0.05)],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert Duration.parse(text) == seconds


@pytest.mark.parametrize(
    ("text", "count"), [("512B", 512), ("64KiB", 65536), ("10MiB", 10 * 1024**2), ("1GiB", 1024**3)]
)
def test_a_size_is_bytes(text: str, count: int) -> None:
    assert Size.parse(text) == count


@pytest.mark.parametrize("text", ["", "s", "60", "60sec", "60S", "-1s", "1m30s", "1e3s", 60, 1.5, True, None])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a duration"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["10MB", "10", "10mib", "-1B", 10])
def test_what_is_no_size(text: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a size"):
        Size.parse(text)


@given(st.integers(0, 10**9).map(float) | st.floats(0, 10**6).map(lambda seconds: round(seconds, 3)))
def test_a_written_duration_reads_back(seconds: float) -> None:
    assert Duration.parse(str(Duration(seconds))) == pytest.approx(seconds)


@given(st.integers(0, 2**45))
def test_a_written_size_reads_back(count: int) -> None:
    assert Size.parse(str(Size(count))) == count


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (60, "1m"), (90, "90s"), (5400, "90m"), (604800, "7d")])
def test_durations_are_written_in_the_largest_whole_unit(seconds: float, text: str) -> None:
    assert str(Duration(seconds)) == text
