import pytest

from gateway.policy.caching import conditional
from gateway.policy.messages import Headers, Response

OLD, MIDDLE, NEW = (f"Sun, 06 Nov 1994 08:49:{second} GMT" for second in (30, 40, 50))


def stored(*fields: tuple[str, str], status: int = 200) -> Response:
    return Response(status, Headers([("Content-Type", "text/plain"), ("Vary", "A"), *fields]), b"body")


TAGGED = stored(("ETag", '"a"'), ("Last-Modified", MIDDLE))


@pytest.mark.parametrize(
    ("asked", "held", "status"),
    [
        ([], TAGGED, 200),
        ([("If-None-Match", '"a"')], TAGGED, 304),
        ([("If-None-Match", 'W/"a", "b"')], TAGGED, 304),
        ([("If-None-Match", '"b"')], TAGGED, 200),
        ([("If-None-Match", "*")], stored(), 304),
        ([("If-None-Match", '"a"')], stored(), 200),
        ([("If-None-Match", "a")], stored(("ETag", "a")), 304),
        ([("If-Modified-Since", MIDDLE)], TAGGED, 304),
        ([("If-Modified-Since", NEW)], TAGGED, 304),
        ([("If-Modified-Since", OLD)], TAGGED, 200),
        ([("If-Modified-Since", "soon")], TAGGED, 200),
        ([("If-Modified-Since", NEW)], stored(("Date", MIDDLE)), 304),
        ([("If-Modified-Since", OLD)], stored(("Date", MIDDLE)), 200),
        ([("If-Modified-Since", NEW)], stored(), 200),
        ([("If-None-Match", '"b"'), ("If-Modified-Since", NEW)], TAGGED, 200),
        ([("If-None-Match", '"a"'), ("If-Modified-Since", OLD)], TAGGED, 304),
        ([("If-None-Match", '"a"')], stored(("ETag", '"a"'), status=404), 404),
        ([("If-None-Match", '"a"')], stored(("ETag", '"a"'), status=301), 301),
    ],
)
def test_answered(asked: list[tuple[str, str]], held: Response, status: int) -> None:
    """RFC 9111 §4.3.2, RFC 9110 §13.1.2, §13.1.3, §13.2.2."""
    answer = conditional.answered(Headers(asked), held)
    assert answer.status == status
    assert answer is held or answer.body == b""


def test_a_304_leaves_out_what_is_about_the_body() -> None:
    """RFC 9110 §15.4.5."""
    answer = conditional.answered(Headers([("If-None-Match", '"a"')]), TAGGED)
    assert [name for name, _ in answer.headers] == ["Vary", "ETag", "Last-Modified"]
