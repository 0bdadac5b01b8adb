import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import httpdate


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777.0),
        ("Sun Nov  6 08:49:37 1994", 784111777.0),
        ("SUN, 06 nov 1994 08:49:37 gmt", 784111777.0),
        (" Sun, 06 Nov 1994 08:49:37 GMT ", 784111777.0),
        ("Thursday, 01-Jan-70 00:00:00 GMT", 0.0),
        ("Tuesday, 01-Jan-69 00:00:00 GMT", 3124224000.0),
        ("Fri, 31 Dec 9999 23:59:60 GMT", 253402300800.0),
        (None, None),
        ("", None),
        ("0", None),
        ("Sun, 06 Nov 94 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 UTC", None),
        ("Sun, 06 Nov 1994 08:49:37 +0000", None),
        ("Sun, 06 Nov 1994 8:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:60:00 GMT", None),
        ("Sun, 00 Nov 1994 08:49:37 GMT", None),
        ("Sun 06 Nov 1994 08:49:37 GMT", None),
        ("Mon, 29 Feb 2028 00:00:00 GMT", 1835395200.0),
        ("Sun, 29 Feb 2026 00:00:00 GMT", None),
        ("Sun, 31 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06-Nov-1994 08:49:37 GMT", None),
        ("Sun, ٠٦ Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 0000 08:49:37 GMT", None),
    ],
)
def test_the_three_forms_and_nothing_else(value: str | None, expected: float | None) -> None:
    """RFC 9110 §5.6.7; what is no date is a time in the past for RFC 9111 §5.3, so it must not be guessed."""
    assert httpdate.read(value) == expected


@given(st.text(max_size=60))
def test_nothing_a_peer_writes_raises(value: str) -> None:
    httpdate.read(value)


@given(st.integers(0, 4_000_000_000))
def test_what_is_written_is_read(moment: int) -> None:
    assert httpdate.read(httpdate.write(moment)) == moment
