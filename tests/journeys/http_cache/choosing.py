"""Variants, ranges, writes, groups, failures: RFC 9111 §3.3, §4.1, §4.2.4, §4.4, RFC 9110 §14, RFC 5861, RFC 9875."""

from __future__ import annotations

from tests.journeys.http_cache.case import By, Case, Step, hit, may, miss, must

_FRESH = "Cache-Control: max-age=600"
_VARIES = f"{_FRESH} | Vary: A"
_TEXT = "0123456789"


def _same(name: str, field: str, first: str, second: str) -> Case:
    told = f"{_FRESH} | Vary: {field}"
    return may(f"9111 §4.1 {name}", miss(told, f"{field}: {first}"), hit(f"{field}: {second}"))


_VARIANTS = [
    may("9111 §4.1 the same field", miss(_VARIES, "A: 1"), hit("A: 1", marks="hit")),
    must("9111 §4.1 another value", miss(_VARIES, "A: 1"), miss(_VARIES, "A: 2", marks="fwd=vary-miss")),
    must("9111 §4.1 absent from the second request", miss(_VARIES, "A: 1"), miss(_VARIES)),
    must("9111 §4.1 absent from the first request", miss(_VARIES), miss(_VARIES, "A: 1")),
    may("9111 §4.1 absent from both", miss(_VARIES), hit()),
    may("9111 §4.1 fields that Vary does not name", miss(_VARIES, "A: 1 | B: 1"), hit("A: 1 | B: 2")),
    may("9111 §4.1 two fields", miss(f"{_FRESH} | Vary: A, B", "A: 1 | B: 2"), hit("B: 2 | A: 1")),
    must(
        "9111 §4.1 two fields, one differs", miss(f"{_FRESH} | Vary: A, B", "A: 1 | B: 2"), miss(_FRESH, "A: 1 | B: 3")
    ),
    must(
        "9111 §4.1 two lines of Vary", miss(f"{_FRESH} | Vary: A | Vary: B", "A: 1 | B: 2"), miss(_FRESH, "A: 1 | B: 3")
    ),
    must("9111 §4.1 names in any case", miss(f"{_FRESH} | Vary: aBC", "Abc: 1"), miss(_FRESH, "ABC: 2")),
    may(
        "9111 §4.1 several variants stay",
        miss(_VARIES, "A: 1", body="one"),
        miss(_VARIES, "A: 2", body="two"),
        miss(_VARIES, "A: 3", body="three"),
        hit("A: 1", body="one"),
        hit("A: 2", body="two"),
        hit("A: 3", body="three"),
    ),
    *(
        must(f"9111 §4.1 Vary: {value}", miss(f"{_FRESH} | Vary: {value}", "A: 1"), miss(_FRESH, "A: 1"))
        for value in ("*", "*, *", ", *", "* | Vary: *", "A | Vary: *", "*, A", "A, *")
    ),
    _same("white space", "A", "1,2", "1, 2"),
    _same("lines joined", "A", "1, 2", "1 | A: 2"),
    _same("Accept-Language in any order", "Accept-Language", "en, de", "de, en"),
    _same("Accept-Language in any case", "Accept-Language", "en, de", "EN, De"),
    _same("Accept-Encoding in any order", "Accept-Encoding", "gzip, br", "br,gzip"),
    must("9111 §4.1 the order of others counts", miss(_VARIES, "A: 1, 2"), miss(_FRESH, "A: 2, 1")),
    must(
        "9111 §4.1 the most recent", miss(_VARIES, "A: 1"), miss(_VARIES, "A: 1 | Cache-Control: no-cache"), hit("A: 1")
    ),
    *(
        must(
            f"9111 §4.3.3 what is replaced is gone, also if the new one {how}",
            miss(f'{_VARIES} | ETag: "a"', "A: 1"),
            miss(f"{_FRESH}{vary}", "A: 1 | Cache-Control: no-cache", body="new", sent='If-None-Match: "a"'),
            hit("A: 1", body="new"),
        )
        for how, vary in (("does not vary", ""), ("varies by another field", " | Vary: B"))
    ),
    may(
        "9111 §4.3.3 what is older than a newer answer does not come back in its place",
        miss(_VARIES, "A: 1"),
        miss(_FRESH, "A: 2"),
        miss("Cache-Control: no-store", "A: 1 | Cache-Control: no-cache"),
        miss(_FRESH, "A: 1"),
    ),
    must(
        "9111 §4.1 a validator is the variant's",
        miss(f'{_VARIES} | ETag: "a"', "A: 1"),
        miss(_FRESH, "A: 2", unsent="If-None-Match"),
    ),
    must("9110 §12.5.5 Vary goes on", miss(_VARIES, "A: 1", has="Vary: A"), hit("A: 1", has="Vary: A")),
]


def _part(name: str, asked: str, text: str, span: str, length: int = 10) -> Case:
    has = f"Content-Range: bytes {span}/{length}"
    part = hit(f"Range: bytes={asked}", status=206, body=text, has=f"{has} | Test: 1")
    return may(f"9110 §14.1.2 {name}", miss(f"{_FRESH} | Test: 1", body=_TEXT), part)


def _whole(name: str, asked: str, told: str = "") -> Case:
    return may(f"9110 §14.2 {name}", miss(f"{_FRESH} | {told}", body=_TEXT), Step(By.ANYBODY, asked, _FRESH))


_RANGES = [
    _part("first to last", "0-1", "01", "0-1"),
    _part("from a position", "7-", "789", "7-9"),
    _part("the last bytes", "-3", "789", "7-9"),
    _part("beyond the end", "8-99", "89", "8-9"),
    _part("more last bytes than there are", "-99", _TEXT, "0-9"),
    _part("one byte", "4-4", "4", "4-4"),
    may(
        "9110 §15.5.17 none of it",
        miss(_FRESH, body=_TEXT),
        hit("Range: bytes=10-", status=416, has="Content-Range: bytes */10"),
    ),
    may("9110 §14.1.2 the last bytes of nothing", miss(_FRESH, body=""), hit("Range: bytes=-5", body="")),
    may("9110 §15.5.17 no last bytes", miss(_FRESH, body=_TEXT), hit("Range: bytes=-0", status=416)),
    _whole("another unit is ignored", "Range: lines=1-2"),
    _whole("what is no range is ignored", "Range: bytes=2-1"),
    _whole("If-Range of another", 'Range: bytes=0-1 | If-Range: "b"', 'ETag: "a"'),
    _whole("If-Range is strong", 'Range: bytes=0-1 | If-Range: W/"a"', 'ETag: W/"a"'),
    may(
        "9110 §13.1.5 If-Range of this",
        miss(f'{_FRESH} | ETag: "a"', body=_TEXT),
        hit('Range: bytes=0-1 | If-Range: "a"', status=206, body="01"),
    ),
    may(
        "9110 §13.1.5 If-Range by date",
        miss(f"{_FRESH} | Last-Modified: @-90 | Date: @-1", body=_TEXT),
        hit("Range: bytes=0-1 | If-Range: @-90", status=206, body="01"),
    ),
    may(
        "9110 §13.2.2 a condition goes first",
        miss(f'{_FRESH} | ETag: "a"'),
        hit('Range: bytes=0-1 | If-None-Match: "a"', status=304),
    ),
    may("9110 §14.2 HEAD has no range", miss(_FRESH, body=_TEXT), hit("Range: bytes=0-1", method="HEAD")),
    must(
        "9110 §14.2 not stored: the range goes on",
        miss("206 | Content-Range: bytes 0-1/10", "Range: bytes=0-1", status=206, sent="Range: bytes=0-1"),
    ),
    must(
        "9111 §3.3 a part is not the whole",
        miss(f"206 | {_FRESH} | Content-Range: bytes 0-1/10", "Range: bytes=0-1", status=206, body="01"),
        miss(_FRESH, unsent="Range", body=_TEXT),
    ),
]


def _invalidates(method: str) -> list[Case]:
    fresh, written = miss(_FRESH), miss("", method=method)
    other = miss(_FRESH, path="/x")
    moved = [miss(f"{name}: {{path}}/x", method=method) for name in ("Location", "Content-Location")]
    return [
        must(f"9111 §4.4 {method}", fresh, written, miss(_FRESH)),
        must(
            f"9111 §4.4 {method} and every variant",
            miss(_VARIES, "A: 1"),
            miss(_VARIES, "A: 2"),
            written,
            miss(_FRESH, "A: 1"),
        ),
        may(f"9111 §4.4 {method} that failed", fresh, miss("500", method=method, status=500), hit()),
        may(f"9111 §4.4 {method} that was refused", fresh, miss("403", method=method, status=403), hit()),
        may(f"9111 §4.4 {method} and Location", other, moved[0], miss(_FRESH, path="/x")),
        may(f"9111 §4.4 {method} and Content-Location", other, moved[1], miss(_FRESH, path="/x")),
        may(f"9111 §4.4 {method} leaves other paths", other, written, hit(path="/x")),
    ]


_WRITES = [
    *(case for method in ("POST", "PUT", "DELETE", "PATCH", "M-SEARCH") for case in _invalidates(method)),
    may("9111 §4.4 OPTIONS is safe", miss(_FRESH), miss("", method="OPTIONS"), hit()),
    may(
        "9111 §4.4 Location elsewhere",
        miss(_FRESH, path="/x"),
        miss("201 | Location: http://elsewhere.example{path}/x", method="POST", status=201),
        hit(path="/x"),
    ),
    must(
        "9111 §4.4 a redirect is no error",
        miss(_FRESH),
        miss("303 | Location: /", method="POST", status=303),
        miss(_FRESH),
    ),
]

_GROUPS = [
    must(
        "9875 §3 a group is invalidated",
        miss(f'{_FRESH} | Cache-Groups: "g", "h"', path="/x"),
        miss(_FRESH, path="/y"),
        miss('Cache-Group-Invalidation: "g"', method="POST"),
        miss(_FRESH, path="/x"),
        hit(path="/y"),
    ),
    may("9875 §2 a member is reused", miss(f'{_FRESH} | Cache-Groups: "g"'), hit()),
    may(
        "9875 §3 another group is left",
        miss(f'{_FRESH} | Cache-Groups: "g2"', path="/x"),
        miss('Cache-Group-Invalidation: "G2"', method="POST"),
        hit(path="/x"),
    ),
    may(
        "9875 §3 a safe request invalidates nothing",
        miss(f'{_FRESH} | Cache-Groups: "g3"', path="/x"),
        miss('Cache-Group-Invalidation: "g3"'),
        hit(path="/x"),
    ),
]


def _never_stale(directive: str) -> Case:
    told = f"Age: 5 | Cache-Control: max-age=2, stale-if-error=600, {directive}"
    return must(
        f"9111 §4.2.4 {directive}, the origin away", miss(told), Step(By.NOBODY, told="close", status=502, settles=1)
    )


_SIE = "Age: 90 | Cache-Control: max-age=60, stale-if-error=600"
_SWR = "Age: 90 | Cache-Control: max-age=60, stale-while-revalidate="
_FAILURES = [
    may(
        "5861 §4 stale-if-error, the origin away",
        miss(_SIE),
        hit(told="close", settles=1, has="Age: >=90", marks="hit"),
    ),
    may("9111 §4.2.4 stale, the origin away", miss("Age: 3 | Cache-Control: max-age=2"), hit(told="close", settles=1)),
    *(
        may(f"5861 §4 stale-if-error, {status}", miss(_SIE), hit(told=f"{status}", settles=1))
        for status in (500, 502, 503, 504)
    ),
    must(
        "5861 §4 beyond its seconds",
        miss("Age: 90 | Cache-Control: max-age=60, stale-if-error=10"),
        miss("503", status=503),
    ),
    may(
        "5861 §4 the caller's own stale-if-error",
        miss("Age: 90 | Cache-Control: max-age=60"),
        hit("Cache-Control: stale-if-error=600", told="503", settles=1),
    ),
    must(
        "9111 §5.2.2.2 the caller's stale-if-error against must-revalidate",
        miss("Age: 90 | Cache-Control: max-age=60, must-revalidate"),
        miss("503", "Cache-Control: stale-if-error=600", status=503),
    ),
    must("5861 §4 a 404 is no failure", miss(_SIE), miss("404", status=404)),
    must("9111 §4.2.4 stale, 503 without leave", miss("Age: 3 | Cache-Control: max-age=2"), miss("503", status=503)),
    *map(_never_stale, ("must-revalidate", "proxy-revalidate", "s-maxage=2", "no-cache")),
    may("5861 §3 stale-while-revalidate", miss(f"{_SWR}600"), hit(told=_FRESH, settles=1, has="Age: >=90")),
    must("5861 §3 beyond its seconds", miss(f"{_SWR}10"), miss(_FRESH)),
    must("5861 §3 with must-revalidate", miss(f"{_SWR}600, must-revalidate"), miss(_FRESH)),
]

CASES = [*_VARIANTS, *_RANGES, *_WRITES, *_GROUPS, *_FAILURES]
