"""Which octets of a request are percent-encoded before it is parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web.target import encoded

REST = b" HTTP/1.1\r\nHost: gateway\r\nX-Note: caf\xe9\r\n\r\n\xff\x80"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"GET /client/?search=caf\xc3\xa9", b"GET /client/?search=caf%C3%A9"),
        (b"GET /client/?search=caf\xe9&limit=1", b"GET /client/?search=caf%E9&limit=1"),
        (b"DELETE /\xf0\x9f\x9a\x80/%C3%A9", b"DELETE /%F0%9F%9A%80/%C3%A9"),
        (b"GET /client/?search=100%", b"GET /client/?search=100%"),
        (b'GET /client/?search="a|b"', b'GET /client/?search="a|b"'),
    ],
)
def test_only_the_octets_of_the_target_that_are_not_ascii(line: bytes, expected: bytes) -> None:
    assert encoded(line + REST) == expected + REST
    assert encoded(line) == expected, "the rest may come later"


@pytest.mark.parametrize(
    "octets", [b"", b"\x16\x03\x01\x02\x00\xfc", b"g\xc3\xa9t / HTTP/1.1\r\n\r\n", b"\r\nGET /\xe9 "]
)
def test_what_does_not_begin_like_a_request_stays_as_it_is(octets: bytes) -> None:
    assert encoded(octets) == octets


@given(st.binary(max_size=60))
def test_what_was_encoded_once_stays(octets: bytes) -> None:
    once = encoded(b"GET /" + octets)
    assert encoded(once) == once
