"""Conditions, both ways, and what a 304 or a HEAD does to what is stored: RFC 9111 §3.2, §4.3, RFC 9110 §13."""

from __future__ import annotations

from tests.journeys.http_cache.case import By, Case, Step, hit, may, miss, must

_FRESH = "Cache-Control: max-age=600"
_STALE = "Age: 90 | Cache-Control: max-age=60"
_TAG = 'ETag: "a"'
_OLD = "Last-Modified: @-9000"
_HAS = 'If-None-Match: "a"'

_OF_CALLERS = [
    may("9111 §4.3.2 If-None-Match of what is stored", miss(f"{_FRESH} | {_TAG}"), hit(_HAS, status=304, has=_TAG)),
    may("9111 §4.3.2 a weak tag", miss(f'{_FRESH} | ETag: W/"a"'), hit('If-None-Match: W/"a"', status=304)),
    may("9110 §8.8.3.2 weak against strong", miss(f"{_FRESH} | {_TAG}"), hit('If-None-Match: W/"a"', status=304)),
    may("9110 §8.8.3.2 strong against weak", miss(f'{_FRESH} | ETag: W/"a"'), hit(_HAS, status=304)),
    *(
        may(f"9110 §13.1.2 among others: {tags}", miss(f"{_FRESH} | {_TAG}"), hit(f"If-None-Match: {tags}", status=304))
        for tags in ('"a", "b", "c"', '"b", "a", "c"', '"b","c","a"', 'W/"b" , W/"a"')
    ),
    may("9110 §13.1.2 *", miss(f"{_FRESH} | {_TAG}"), hit("If-None-Match: *", status=304)),
    must("9110 §13.1.2 another tag gets the whole", miss(f"{_FRESH} | {_TAG}"), Step(By.ANYBODY, 'If-None-Match: "b"')),
    may("9110 §13.1.2 another tag, from what is stored", miss(f"{_FRESH} | {_TAG}"), hit('If-None-Match: "b"')),
    may(
        "9111 §4.3.2 If-Modified-Since at it", miss(f"{_FRESH} | {_OLD}"), hit("If-Modified-Since: @-9000", status=304)
    ),
    may("9111 §4.3.2 If-Modified-Since later", miss(f"{_FRESH} | {_OLD}"), hit("If-Modified-Since: @-10", status=304)),
    may("9111 §4.3.2 If-Modified-Since earlier", miss(f"{_FRESH} | {_OLD}"), hit("If-Modified-Since: @-9001")),
    may(
        "9111 §4.3.2 If-Modified-Since without Last-Modified: the Date",
        miss(f"{_FRESH} | Date: @-50"),
        hit("If-Modified-Since: @-10", status=304),
    ),
    must("9110 §13.1.3 If-Modified-Since that is no date", miss(f"{_FRESH} | {_OLD}"), hit("If-Modified-Since: never")),
    must(
        "9110 §13.2.2 If-None-Match goes before If-Modified-Since",
        miss(f"{_FRESH} | {_TAG} | {_OLD}"),
        hit('If-None-Match: "b" | If-Modified-Since: @-10'),
    ),
    may(
        "9110 §13.2.2 If-None-Match matches, whatever the date",
        miss(f"{_FRESH} | {_TAG} | {_OLD}"),
        hit('If-None-Match: "a" | If-Modified-Since: @-9999', status=304),
    ),
    must(
        "9110 §15.4.5 a 304 has what the 200 would have",
        miss(f"{_FRESH} | {_TAG} | Vary: A | Content-Location: /x | Expires: @700"),
        hit(_HAS, status=304, has=f"{_TAG} | {_FRESH} | Vary: A | Content-Location: /x | Expires: @700"),
    ),
    may(
        "9110 §13.2.1 a condition on a 404 is none", miss(f"404 | {_FRESH} | {_TAG}", status=404), hit(_HAS, status=404)
    ),
    must("9111 §4.3.2 nothing stored: the condition goes on", miss(f"304 | {_TAG}", _HAS, status=304, sent=_HAS)),
    must(
        "9111 §4.3.3 a 304 is not stored as a response",
        miss(f"304 | {_TAG} | {_FRESH}", _HAS, status=304),
        miss(f"{_FRESH} | {_TAG}"),
        hit(),
    ),
    may(
        "9111 §4.3.2 a 200 to the caller's condition is stored",
        miss(f'{_FRESH} | ETag: "b"', _HAS, has='ETag: "b"'),
        hit(),
        hit('If-None-Match: "b"', status=304),
    ),
    may(
        "9111 §4.3.2 a 200 that the caller has already",
        miss(f"{_FRESH} | {_TAG}"),
        miss(f"{_FRESH} | {_TAG}", f"Cache-Control: no-cache | {_HAS}", status=304),
    ),
    must("9111 §4.3.2 If-Match is for the origin", miss(_FRESH), miss("412", 'If-Match: "a"', status=412)),
    must(
        "9111 §4.3.2 If-Unmodified-Since is for the origin",
        miss(_FRESH),
        miss("412", "If-Unmodified-Since: @-9000", status=412),
    ),
]

_OF_THE_CACHE = [
    may("9111 §4.3.1 the stored tag is sent", miss(f"{_STALE} | {_TAG}"), miss(f"304 | {_TAG}", sent=_HAS)),
    may(
        "9111 §4.3.1 a weak tag is sent",
        miss(f'{_STALE} | ETag: W/"a"'),
        miss('304 | ETag: W/"a"', sent='If-None-Match: W/"a"'),
    ),
    may(
        "9111 §4.3.1 the date is sent",
        miss(f"{_STALE} | {_OLD}"),
        miss(f"304 | {_OLD}", sent="If-Modified-Since: @-9000"),
    ),
    may(
        "9111 §4.3.1 both are sent",
        miss(f"{_STALE} | {_TAG} | {_OLD}"),
        miss(f"304 | {_TAG}", sent=f"{_HAS} | If-Modified-Since: @-9000", marks="fwd=stale; fwd-status=304"),
    ),
    may("9111 §5.2.2.4 no-cache is validated", miss(f"Cache-Control: no-cache | {_TAG}"), miss("304", sent=_HAS)),
    may("9111 §5.2.2.4 also if fresh", miss(f"{_FRESH}, no-cache | {_TAG}"), miss(f"304 | {_TAG}", sent=_HAS)),
    may(
        "9111 §5.2.1.4 the caller's no-cache",
        miss(f"{_FRESH} | {_TAG}"),
        miss("304", "Cache-Control: no-cache", sent=_HAS),
    ),
    may("9111 §4.3.1 after Expires", miss(f"Expires: @-9 | Date: @-20 | {_TAG}"), miss("304", sent=_HAS)),
    must(
        "9111 §4.3.3 a 200 replaces it", miss(f"{_STALE} | {_TAG}"), miss(f'{_FRESH} | ETag: "b"'), hit(has='ETag: "b"')
    ),
    may(
        "9111 §4.3.4 a 304 makes it fresh",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"304 | {_TAG} | {_FRESH}", sent=_HAS),
        hit(),
    ),
    must(
        "9111 §4.3.4 a 304 that does not",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"304 | {_TAG} | {_STALE}", sent=_HAS),
        miss(f"304 | {_TAG}", sent=_HAS),
    ),
    may(
        "9111 §4.3.4 a 304 says no-store",
        miss(f"{_STALE} | {_TAG}"),
        miss("304 | Cache-Control: no-store", sent=_HAS),
        miss(_FRESH, unsent="If-None-Match"),
    ),
    may(
        "9111 §4.3.4 a 304 that names another updates nothing",
        miss(f"{_STALE} | {_TAG}"),
        miss(f'304 | ETag: "b" | {_FRESH}', sent=_HAS, has=_TAG),
        miss(_FRESH, unsent="If-None-Match"),
    ),
    may(
        "9111 §4.3.2 the caller's tag is judged by what validating the stored one brings",
        miss(f"{_STALE} | {_TAG}"),
        miss(f'{_FRESH} | ETag: "b"', 'If-None-Match: "b"', status=304, sent=_HAS, has='ETag: "b"'),
        hit('If-None-Match: "b"', status=304),
    ),
    must(
        "9111 §4.3.4 a 304 that names nothing is not taken for the caller's",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"304 | {_FRESH}", 'If-None-Match: "b"', sent=_HAS, has=_TAG),
    ),
    must(
        "9111 §4.3.4 a 304 to the caller's tag says nothing of what has none",
        miss(f"{_STALE}"),
        miss(f"304 | {_FRESH}", 'If-None-Match: "b"', status=304, sent='If-None-Match: "b"'),
        miss(_FRESH, unsent="If-None-Match"),
    ),
    may(
        "9111 §4.3.2 validated for a caller who has it",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"304 | {_TAG} | {_FRESH}", _HAS, status=304, sent=_HAS),
        hit(),
    ),
    may(
        "9111 §4.3.2 validated for a caller who has it, by date",
        miss(f"{_STALE} | {_OLD}"),
        miss(f"304 | {_OLD}", "If-Modified-Since: @-9000", status=304),
    ),
    must(
        "9111 §4.3.1 what Vary names goes along",
        miss(f"{_STALE} | {_TAG} | Vary: A", "A: 1"),
        miss("304", "A: 1", sent="A: 1"),
    ),
]


def _updates(name: str, before: str, told: str, after: str, **more: str) -> Case:
    told = f"304 | {_TAG} | {_FRESH} | {told}"
    stale = f"{_STALE} | {_TAG} | {before}"
    return must(f"9111 §3.2 {name}", miss(stale), miss(told, sent=_HAS, has=after, **more), hit(has=after, **more))


_UPDATES = [
    _updates("a 304 leaves what it does not name", "Test: 1", "Other: 2", "Test: 1 | Other: 2"),
    _updates("a 304 replaces what it names", "Test: 1", "Test: 2", "Test: 2"),
    _updates("a 304 replaces all lines", "Test: 1 | Test: 2", "Test: 3", "Test: 3"),
    _updates("a 304 updates Cache-Control", "X: 1", "X: 1", _FRESH),
    _updates("a 304 updates Expires", "Expires: @-5", "Expires: @700", "Expires: @700"),
    _updates("a 304 updates the Date", "Date: @-60", "Date: @-1", "Date: @-1"),
    _updates(
        "a 304 updates Content-Type", "Content-Type: text/plain", "Content-Type: text/html", "Content-Type: text/html"
    ),
    _updates("a 304 updates Set-Cookie", "Set-Cookie: a=b", "Set-Cookie: a=c", "Set-Cookie: a=c"),
    _updates("a 304 updates Content-MD5", "Content-MD5: a", "Content-MD5: b", "Content-MD5: b"),
    _updates("a 304 leaves Content-Encoding", "Content-Encoding: x", "Content-Encoding: y", "Content-Encoding: x"),
    _updates("a 304's connection fields are not stored", "X: 1", "Connection: b | B: 2", "X: 1", lacks="B"),
    must(
        "9111 §3.2 Content-Length is the body's",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"304 | {_TAG} | {_FRESH} | Content-Length: 5", sent=_HAS),
        hit(),
    ),
    may("9111 §4.3.4 a 304 without a validator", miss(f"{_STALE} | {_TAG}"), miss(f"304 | {_FRESH}", sent=_HAS), hit()),
]

_HEAD = [
    must("9110 §9.3.2 HEAD reaches the origin as HEAD", miss(f"{_FRESH} | Content-Length: 7", method="HEAD")),
    must("9110 §8.6 HEAD tells the length", miss("Content-Length: 7", method="HEAD", has="Content-Length: 7")),
    may("9111 §4.3.5 HEAD of the same freshens", miss(_STALE), miss(_FRESH, method="HEAD"), hit()),
    may(
        "9111 §4.3.5 with the same tag",
        miss(f"{_STALE} | {_TAG}"),
        miss(f"{_FRESH} | {_TAG} | Test: 2", method="HEAD"),
        hit(has="Test: 2"),
    ),
    must(
        "9111 §4.3.5 another tag",
        miss(f"{_STALE} | {_TAG}"),
        miss(f'{_FRESH} | ETag: "b"', method="HEAD"),
        miss(_FRESH),
    ),
    must(
        "9111 §4.3.5 another date",
        miss(f"{_STALE} | {_OLD}"),
        miss(f"{_FRESH} | Last-Modified: @-8", method="HEAD"),
        miss(_FRESH),
    ),
    must(
        "9111 §4.3.5 another length",
        miss(_STALE),
        miss(f"{_FRESH} | Content-Length: 99999", method="HEAD"),
        miss(_FRESH),
    ),
    must(
        "9111 §4.3.5 a 404 to HEAD freshens nothing",
        miss(_STALE),
        miss(f"404 | {_FRESH}", method="HEAD", status=404),
        miss(_FRESH),
    ),
]

CASES = [*_OF_CALLERS, *_OF_THE_CACHE, *_UPDATES, *_HEAD]
