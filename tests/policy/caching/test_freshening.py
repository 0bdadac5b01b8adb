import pytest

from gateway.policy.caching import freshening
from gateway.policy.caching.freshening import Bearing
from gateway.policy.messages import Headers, Response

A, B, WEAK_A = ("ETag", '"a"'), ("ETag", '"b"'), ("ETag", 'W/"a"')
OLD, NEW = ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Last-Modified", "Mon, 07 Nov 1994 08:49:37 GMT")
Fields = list[tuple[str, str]]


def stored(*fields: tuple[str, str]) -> Response:
    return Response(200, Headers(fields), b"12345")


@pytest.mark.parametrize(
    ("sent", "held", "expected"),
    [
        ([], [], {}),
        ([], [A], {"If-None-Match": '"a"'}),
        ([], [OLD], {"If-Modified-Since": OLD[1]}),
        ([], [A, OLD], {"If-None-Match": '"a"', "If-Modified-Since": OLD[1]}),
        ([("If-None-Match", '"b", "a"')], [A], {"If-None-Match": '"a"'}),
        ([("If-None-Match", '"b"')], [OLD], {"If-Modified-Since": OLD[1]}),
        ([("If-None-Match", "*")], [A], {"If-None-Match": '"a"'}),
        ([("If-Modified-Since", NEW[1])], [A], {"If-None-Match": '"a"'}),
        ([("If-None-Match", '"b"')], [], {"If-None-Match": '"b"'}),
        ([("Range", "bytes=0-1")], [A], {"Range": "bytes=0-1", "If-None-Match": '"a"'}),
    ],
)
def test_asking(sent: Fields, held: Fields, expected: dict[str, str]) -> None:
    """RFC 9111 §4.3.1, §4.3.2."""
    assert dict(freshening.asking(Headers(sent), stored(*held))) == expected


@pytest.mark.parametrize(
    ("method", "sent", "held", "status", "told", "expected"),
    [
        ("GET", [], [A], 304, [A], Bearing.FRESHENS),
        ("GET", [], [A], 304, [], Bearing.FRESHENS),
        ("GET", [], [WEAK_A], 304, [WEAK_A], Bearing.FRESHENS),
        ("GET", [], [A], 304, [WEAK_A], Bearing.FRESHENS),
        ("GET", [], [WEAK_A], 304, [A], Bearing.STANDS),
        ("GET", [], [A], 304, [B], Bearing.STANDS),
        ("GET", [("If-None-Match", '"b"')], [A], 304, [B], Bearing.STANDS),
        ("GET", [("If-None-Match", '"b"')], [A], 304, [], Bearing.FRESHENS),
        ("GET", [("If-None-Match", '"b"')], [], 304, [B], Bearing.REPLACES),
        ("GET", [("If-None-Match", '"b"')], [], 304, [], Bearing.REPLACES),
        ("GET", [("If-Modified-Since", OLD[1])], [], 304, [OLD], Bearing.REPLACES),
        ("GET", [("If-Modified-Since", OLD[1])], [], 304, [], Bearing.FRESHENS),
        ("GET", [], [], 304, [], Bearing.FRESHENS),
        ("GET", [], [], 304, [A], Bearing.STANDS),
        ("GET", [], [OLD], 304, [OLD], Bearing.FRESHENS),
        ("GET", [], [OLD], 304, [NEW], Bearing.STANDS),
        ("GET", [], [OLD], 304, [A], Bearing.STANDS),
        ("GET", [], [A], 200, [B], Bearing.REPLACES),
        ("GET", [], [A], 404, [], Bearing.REPLACES),
        ("GET", [], [A], 206, [B], Bearing.REPLACES),
        ("GET", [], [A], 416, [], Bearing.NONE),
        ("GET", [], [A], 503, [], Bearing.NONE),
        ("HEAD", [], [A], 200, [A], Bearing.FRESHENS),
        ("HEAD", [], [A], 200, [], Bearing.NONE),
        ("HEAD", [], [], 200, [("Content-Length", "5")], Bearing.FRESHENS),
        ("HEAD", [], [A], 200, [("Content-Length", "5")], Bearing.FRESHENS),
        ("HEAD", [], [A], 200, [("Content-Length", "6")], Bearing.REPLACES),
        ("HEAD", [], [A], 200, [B], Bearing.REPLACES),
        ("HEAD", [], [], 200, [A], Bearing.REPLACES),
        ("HEAD", [], [OLD], 200, [NEW], Bearing.REPLACES),
        ("HEAD", [], [A], 404, [], Bearing.NONE),
        ("HEAD", [], [A], 304, [A], Bearing.FRESHENS),
    ],
)
def test_bearing(method: str, sent: Fields, held: Fields, status: int, told: Fields, expected: Bearing) -> None:
    """RFC 9111 §4.3.3 to §4.3.5."""
    answer = Response(status, Headers(told))
    assert freshening.bearing(method, Headers(sent), stored(*held), answer) is expected


def test_without_a_stored_response_an_answer_is_about_nothing() -> None:
    assert freshening.bearing("GET", Headers(), None, Response(304)) is Bearing.NONE


def test_updated() -> None:
    """RFC 9111 §3.2: named fields are replaced with all their lines; what tells how to read the body stays."""
    before = stored(("X", "1"), ("x", "2"), ("Y", "1"), ("Age", "90"), ("Content-Encoding", "gzip"))
    of_no_body = [("Content-Encoding", "br"), ("Content-Length", "0"), ("Content-Digest", "sha-256=:a:")]
    newer = Headers([("x", "3"), ("Z", "1"), *of_no_body])
    after = freshening.updated(before, newer)
    assert list(after.headers) == [("Y", "1"), ("Content-Encoding", "gzip"), ("x", "3"), ("Z", "1")]
    assert (after.status, after.body) == (200, b"12345")
