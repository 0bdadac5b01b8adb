import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import ranges
from gateway.policy.messages import Headers, Response

DATE, BEFORE = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT"
WHOLE = Response(200, Headers([("ETag", '"a"'), ("Date", DATE), ("Last-Modified", BEFORE)]), b"0123456789")


@pytest.mark.parametrize(
    ("asked", "part", "span"),
    [
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=8-1000", b"89", "bytes 8-9/10"),
        ("bytes=-1", b"9", "bytes 9-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ("Bytes= 1-2 ", b"12", "bytes 1-2/10"),
    ],
)
def test_one_range(asked: str, part: bytes, span: str) -> None:
    """RFC 9110 §14.1.2, §15.3.7."""
    answer = ranges.answered(Headers([("Range", asked)]), WHOLE)
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (206, part, span)
    assert answer.headers.get("etag") == '"a"'


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999999999999999999-"])
def test_none_of_it(asked: str) -> None:
    """RFC 9110 §15.5.17."""
    answer = ranges.answered(Headers([("Range", asked)]), WHOLE)
    assert (answer.status, answer.body, answer.headers.get("content-range")) == (416, b"", "bytes */10")


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,3-4", "bytes=5-2", "bytes=-", "bytes=a-b", "bytes 0-1", "lines=0-1", "", "bytes=٠-١", "bytes=--1"],
)
def test_what_is_no_single_range_gets_the_whole(asked: str) -> None:
    """RFC 9110 §14.2."""
    assert ranges.answered(Headers([("Range", asked)]), WHOLE) is WHOLE


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"a"', 206),
        ('"b"', 200),
        ('W/"a"', 200),
        (BEFORE, 206),
        (DATE, 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_if_range(condition: str, status: int) -> None:
    """RFC 9110 §13.1.5: a strong validator, by its exact match."""
    assert ranges.answered(Headers([("Range", "bytes=0-1"), ("If-Range", condition)]), WHOLE).status == status


def test_a_date_of_the_same_second_is_weak() -> None:
    """RFC 9110 §8.8.2.2."""
    young = Response(200, Headers([("Date", DATE), ("Last-Modified", DATE)]), b"0123")
    assert ranges.answered(Headers([("Range", "bytes=0-1"), ("If-Range", DATE)]), young) is young


@pytest.mark.parametrize(("asked", "status"), [("bytes=-5", 200), ("bytes=-0", 416), ("bytes=0-", 416)])
def test_of_nothing_the_last_octets_are_there(asked: str, status: int) -> None:
    """RFC 9110 §14.1.2: a suffix that is not 0 can be satisfied; with the whole, since no Content-Range can say it."""
    assert ranges.answered(Headers([("Range", asked)]), Response(200)).status == status


def test_a_digest_of_the_whole_content_is_not_told_of_a_part() -> None:
    """RFC 9530 §2, §3."""
    digests = [("Content-Digest", "sha-256=:a:"), ("Content-MD5", "b"), ("Repr-Digest", "sha-256=:c:")]
    answer = ranges.answered(Headers([("Range", "bytes=0-0")]), Response(200, Headers(digests), b"01"))
    assert [name for name, _ in answer.headers] == ["Repr-Digest", "Content-Range"]


def test_only_a_200_has_parts() -> None:
    missing = Response(404, Headers(), b"0123")
    assert ranges.answered(Headers([("Range", "bytes=0-1")]), missing) is missing


@given(st.binary(max_size=20), st.integers(0, 25), st.integers(0, 25))
def test_a_part_is_what_slicing_gives(body: bytes, first: int, last: int) -> None:
    answer = ranges.answered(Headers([("Range", f"bytes={first}-{last}")]), Response(200, Headers(), body))
    if last < first:
        assert answer.body == body
    else:
        assert answer.body == body[first : last + 1]
        assert (answer.status == 416) is (first >= len(body))
