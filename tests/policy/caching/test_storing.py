from dataclasses import replace

import pytest

from gateway.policy import httpdate
from gateway.policy.caching import cachecontrol, storing
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.storing import Storable
from gateway.policy.catalogue import Lifetimes
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AccountName, CacheKey

ROW = Lifetimes(60.0, 10.0, 100.0)
ENTRY = Entry(
    key=CacheKey("k"),
    account=AccountName("acme"),
    resource="other",
    target="/x",
    response=Response(200),
    requested_at=100.0,
    received_at=100.0,
    initial_age=0.0,
    lifetime=60.0,
)


@pytest.mark.parametrize(
    ("asked", "status", "said", "why_not", "expected"),
    [
        ("", 200, "", None, Lifetimes(60.0, 10.0, 100.0)),
        ("", 200, "max-age=5", None, Lifetimes(5.0, 10.0, 100.0)),
        ("", 200, "max-age=5, stale-while-revalidate=1, stale-if-error=2", None, Lifetimes(5.0, 1.0, 2.0)),
        ("", 200, "private", None, Lifetimes(60.0, 10.0, 100.0)),
        ("", 200, "no-store", None, None),
        ("no-store", 200, "", None, None),
        ("", 404, "", None, None),
        ("", 200, "", "moves with the clock", None),
    ],
)
def test_document(asked: str, status: int, said: str, why_not: str | None, expected: Lifetimes | None) -> None:
    answer = Response(status, Headers([("Cache-Control", said)] if said else []))
    verdict = storing.document(cachecontrol.read(asked), answer, ROW, why_not)
    assert (verdict.lifetimes if isinstance(verdict, Storable) else None) == expected


@pytest.mark.parametrize(
    ("method", "sent", "status", "said", "lent", "stored"),
    [
        ("GET", [], 200, [("Cache-Control", "max-age=5")], False, True),
        ("GET", [], 200, [], False, False),
        ("GET", [], 500, [("Cache-Control", "max-age=5")], False, True),
        ("GET", [], 206, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [], 304, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [], 101, [("Cache-Control", "max-age=5")], False, False),
        ("HEAD", [], 200, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [], 200, [("Expires", "Thu, 01 Jan 1970 00:01:00 GMT")], False, False),
        ("GET", [], 200, [("ETag", '"a"')], False, False),
        ("GET", [], 200, [("ETag", '"a"'), ("Cache-Control", "no-cache")], False, True),
        ("GET", [], 200, [("Cache-Control", "no-cache, max-age=5")], False, False),
        ("GET", [], 200, [("Cache-Control", 'no-cache="a", max-age=5')], False, True),
        ("GET", [], 200, [("Cache-Control", "max-age=0")], False, False),
        ("GET", [], 200, [("Cache-Control", "max-age=0, stale-if-error=5")], False, True),
        ("GET", [], 200, [("Cache-Control", "max-age=0"), ("Last-Modified", "x")], False, True),
        ("GET", [], 200, [("Cache-Control", "max-age=5, no-store, must-understand")], False, True),
        ("GET", [], 599, [("Cache-Control", "max-age=5, must-understand")], False, False),
        ("GET", [], 599, [("Cache-Control", "max-age=5")], False, True),
        ("GET", [], 200, [("Cache-Control", "no-store"), ("CDN-Cache-Control", "max-age=5")], False, True),
        ("GET", [], 200, [("Cache-Control", "max-age=5"), ("CDN-Cache-Control", "no-store")], False, False),
        ("GET", [], 200, [("Cache-Control", 'max-age=5, private="a"')], False, True),
        ("POST", [], 200, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [], 200, [("Cache-Control", "max-age=5, private")], False, False),
        ("GET", [], 200, [("Cache-Control", "max-age=5"), ("Vary", "*")], False, False),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5")], True, True),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5, public")], False, True),
        ("GET", [("Cache-Control", "no-store")], 200, [("Cache-Control", "max-age=5")], False, False),
    ],
)
def test_plain(
    method: str, sent: list[tuple[str, str]], status: int, said: list[tuple[str, str]], lent: bool, stored: bool
) -> None:
    verdict = storing.plain(Request(method, "/x", Headers(sent)), Response(status, Headers(said)), lent=lent)
    assert isinstance(verdict, Storable) is stored


@pytest.mark.parametrize(
    ("said", "shared"),
    [
        ([], True),
        ([("Cache-Control", "max-age=0, must-revalidate")], True),
        ([("Cache-Control", "no-store")], False),
        ([("Cache-Control", "private, max-age=5")], False),
        ([("Cache-Control", "no-cache")], False),
        ([("Cache-Control", 'max-age=5, private="a"')], False),
        ([("Cache-Control", 'max-age=5, no-cache="a"')], False),
        ([("Set-Cookie", "a=b")], False),
        ([("Vary", "*")], False),
    ],
)
def test_who_asks_at_the_same_time_may_have_it_too(said: list[tuple[str, str]], shared: bool) -> None:
    assert storing.for_all_who_ask(Response(200, Headers(said))) is shared


@pytest.mark.parametrize("dates", [[], ["soon"], ["Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:09 GMT"]])
def test_a_date_that_cannot_be_read_is_that_of_receipt(dates: list[str]) -> None:
    """RFC 9110 §6.6.1."""
    answer = storing.dated(Response(200, Headers(("Date", date) for date in dates)), received_at=60.0)
    assert answer.headers.lines("date") == ["Thu, 01 Jan 1970 00:01:00 GMT"]


def test_a_date_stays() -> None:
    answer = Response(200, Headers([("Date", "Thu, 01 Jan 1970 00:00:00 GMT")]))
    assert storing.dated(answer, received_at=60.0) is answer


def test_fields_that_a_directive_lists_are_not_stored() -> None:
    """RFC 9111 §3.1, §5.2.2.4, §5.2.2.7."""
    said = [("Cache-Control", 'no-cache="A", private="b, c"'), ("a", "1"), ("B", "2"), ("C", "3"), ("D", "4")]
    kept = storing.without_unstored(Response(200, Headers([*said, ("Content-Length", "0")])))
    assert [name for name, _ in kept.headers] == ["Cache-Control", "D"]


@pytest.mark.parametrize(
    ("later", "received_at", "mine", "theirs", "expected"),
    [
        (1.0, 109.0, 0, 0, True),
        (1.0, 109.0, 0, 5, True),
        (1.0, 109.0, 5, 0, False),
        (1.0, 109.0, None, 0, True),
        (1.0, 109.0, 0, None, True),
        (0.0, 109.0, 0, 5, True),
        (0.0, 109.0, 0, 0, False),
        (-1.0, 109.0, 0, 5, True),
        (-1.0, 109.0, 0, 0, False),
        (-1.0, 99.5, 0, 5, False),
    ],
)
def test_the_most_recent_stays(
    later: float, received_at: float, mine: int | None, theirs: int | None, expected: bool
) -> None:
    """RFC 9111 §4: the present one was asked for `later`; this one is on its way from 100.0 on."""
    answer, present = (
        replace(ENTRY, requested_at=asked_at, received_at=at, response=Response(200, Headers(fields)))
        for asked_at, at, fields in (
            (100.0, 110.0, [] if mine is None else [("Date", httpdate.write(mine))]),
            (100.0 + later, received_at, [] if theirs is None else [("Date", httpdate.write(theirs))]),
        )
    )
    assert storing.outrun(answer, present) is expected
