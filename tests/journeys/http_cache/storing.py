"""What may be stored, with which fields, and for whom it is reused: RFC 9111 §3, §4, §4.1, §5.2.1."""

from __future__ import annotations

from tests.journeys.http_cache.case import By, Case, Step, hit, may, miss, must

_FRESH = "Cache-Control: max-age=600"
_STALE = "Age: 90 | Cache-Control: max-age=60"


def _not_stored(name: str, told: str, asked: str = "") -> Case:
    return must(name, miss(told, asked), miss(told, asked))


def _keeps(field: str, value: str) -> Case:
    return must(f"9111 §3.1 {field} is stored", miss(f"{_FRESH} | {field}: {value}"), hit(has=f"{field}: {value}"))


_DIRECTIVES = [
    _not_stored("9111 §5.2.2.5 no-store", f"{_FRESH}, no-store"),
    _not_stored("9111 §5.2.2.5 no-store in any case", f"{_FRESH}, No-Store"),
    _not_stored("9111 §5.2.2.5 no-store with Expires", "Cache-Control: no-store | Expires: @600"),
    _not_stored("9111 §5.2.2.7 private, in a shared cache", f"{_FRESH}, private"),
    _not_stored("9111 §5.2.2.4 no-cache without a validator", f"{_FRESH}, no-cache"),
    _not_stored("9111 §5.2.1.5 the caller's no-store", _FRESH, "Cache-Control: no-store"),
    may("9111 §5.2.2.3 must-understand over no-store", miss(f"{_FRESH}, no-store, must-understand"), hit()),
    must(
        "9111 §5.2.2.3 must-understand with a status nobody knows",
        miss(f"599 | {_FRESH}, must-understand, no-store", status=599),
        miss(f"599 | {_FRESH}", status=599),
    ),
    may("9111 §5.2.2.4 no-cache of one field stores the rest", miss(f'{_FRESH}, no-cache="a" | A: 1'), hit()),
    must(
        "9111 §5.2.2.4 no-cache of fields: not sent again",
        miss(f'{_FRESH}, no-cache="a, b" | A: 1 | B: 2 | C: 3', has="A: 1"),
        Step(By.ANYBODY, told=_FRESH, lacks="A | B"),
    ),
    may("9111 §5.2.2.7 private of one field stores the rest", miss(f'{_FRESH}, private="a" | A: 1'), hit(lacks="A")),
    may("9111 §5.2.2.2 must-revalidate is reused while fresh", miss(f"{_FRESH}, must-revalidate"), hit()),
    may("8246 §2 immutable is reused while fresh", miss(f"{_FRESH}, immutable"), hit()),
    must("8246 §2 immutable is stale when it is", miss(f"{_STALE}, immutable"), miss(_STALE)),
    may("9111 §7.3 Set-Cookie does not keep it out", miss(f"{_FRESH} | Set-Cookie: a=b"), hit()),
    may("9111 §4 a request with a Cookie gets it", miss(_FRESH), hit("Cookie: a=b")),
    may("9111 §5.4 Pragma in a response means nothing", miss(f"{_FRESH} | Pragma: no-cache"), hit()),
]

_FINAL = [200, 203, 204, 299, 300, 301, 302, 303, 307, 308, 400, 404, 405, 410, 414, 451, 499]
_FINAL += [500, 501, 502, 503, 504, 599]

_STATUSES = [
    *(
        may(f"9111 §3 {status} with a lifetime", miss(f"{status} | {_FRESH}", status=status), hit(status=status))
        for status in _FINAL
    ),
    *(
        must(
            f"9111 §4 {status} that is stale is not reused",
            miss(f"{status} | {_STALE}", status=status),
            miss(f"{status} | {_STALE}", status=status),
        )
        for status in (200, 204, 301, 302, 404, 410, 500, 503)
    ),
]

_FIELDS = [
    *(_keeps(name, "value") for name in ("X-Frame-Options", "Content-Language", "Clear-Site-Data", "Test")),
    _keeps("Set-Cookie", "a=b"),
    _keeps("Content-Type", "text/plain;charset=utf-8"),
    _keeps("Content-Location", "/elsewhere"),
    _keeps("ETag", '"a"'),
    _keeps("Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT"),
    must(
        "9111 §3.1 what Connection names is not stored",
        miss(f"{_FRESH} | Connection: a, b | A: 1 | B: 2 | C: 3", has="C: 3", lacks="A | B"),
        hit(has="C: 3", lacks="A | B"),
    ),
    must(
        "9110 §7.6.1 connection fields end here",
        miss(f"{_FRESH} | Keep-Alive: timeout=5 | Proxy-Connection: close | Upgrade: h2c", lacks="Proxy-Connection"),
        hit(lacks="Proxy-Connection | Upgrade"),
    ),
    must(
        "9111 §3.1 Proxy-Authenticate is not stored",
        miss(f"{_FRESH} | Proxy-Authenticate: x"),
        hit(lacks="Proxy-Authenticate"),
    ),
    must("9110 §5.3 lines of one field stay", miss(f"{_FRESH} | A: 1 | A: 2"), hit(has="A: 1, 2")),
]

_KEYS = [
    must("9111 §4 another path", miss(_FRESH), miss(_FRESH, path="/other")),
    must("9111 §4 another query", miss(_FRESH, path="?a=1"), miss(_FRESH, path="?a=2")),
    may("9111 §4 the same query", miss(_FRESH, path="?a=1"), hit(path="?a=1")),
    must("9111 §4 a query and none", miss(_FRESH), miss(_FRESH, path="?a=1")),
    must("9111 §4 POST is not answered by GET's", miss(_FRESH), miss(method="POST")),
    must("9111 §4 OPTIONS is not answered by GET's", miss(_FRESH), miss(method="OPTIONS")),
    may("9110 §9.3.2 HEAD is answered by GET's", miss(_FRESH), hit(method="HEAD", has="Age: <=5")),
    must("9111 §4 GET is not answered by HEAD's", miss(_FRESH, method="HEAD"), miss(_FRESH)),
    must("9111 §3 POST without Content-Location", miss(_FRESH, method="POST"), miss(_FRESH)),
    may(
        "9110 §9.3.3 POST's answer that is also GET's",
        miss(f"{_FRESH} | Content-Location: {{path}}", method="POST", body="both"),
        hit(body="both"),
    ),
    must(
        "9110 §9.3.3 POST's answer that is another's",
        miss(f"{_FRESH} | Content-Location: {{path}}/x", method="POST"),
        miss(_FRESH),
    ),
]

_AUTHORIZATION = [
    _not_stored("9111 §3.5 asked with Authorization", _FRESH, "Authorization: Bearer a"),
    must("9111 §3.5 is not for others", miss(_FRESH, "Authorization: Bearer a"), miss(_FRESH)),
    must("9110 §11.6.2 it reaches the origin", miss(_FRESH, "Authorization: Bearer a", sent="Authorization: Bearer a")),
    *(
        may(
            f"9111 §3.5 {directive} lets it be stored",
            miss(f"{_FRESH}, {directive}", "Authorization: Bearer a"),
            hit("Authorization: Bearer a"),
        )
        for directive in ("public", "must-revalidate", "s-maxage=600")
    ),
]

_ASKED = [
    must("9111 §5.2.1.4 no-cache", miss(_FRESH), miss(_FRESH, "Cache-Control: no-cache", marks="fwd=request")),
    must("9111 §5.4 Pragma alone is no-cache", miss(_FRESH), miss(_FRESH, "Pragma: no-cache")),
    may("9111 §5.4 Pragma beside Cache-Control is nothing", miss(_FRESH), hit("Pragma: no-cache | Cache-Control: x")),
    must("9111 §5.2.1.1 max-age", miss(f"{_FRESH} | Age: 300"), miss(_FRESH, "Cache-Control: max-age=200")),
    may("9111 §5.2.1.1 max-age that is met", miss(f"{_FRESH} | Age: 300"), hit("Cache-Control: max-age=400")),
    must("9111 §5.2.1.3 min-fresh", miss(_FRESH), miss(_FRESH, "Cache-Control: min-fresh=700")),
    must(
        "9111 §5.2.1.3 min-fresh counts Age", miss(f"{_FRESH} | Age: 300"), miss(_FRESH, "Cache-Control: min-fresh=400")
    ),
    may("9111 §5.2.1.3 min-fresh that is met", miss(_FRESH), hit("Cache-Control: min-fresh=500")),
    may("9111 §5.2.1.2 max-stale", miss(_STALE), hit("Cache-Control: max-stale", has="Age: >=90", marks="hit")),
    may("9111 §5.2.1.2 max-stale of enough seconds", miss(_STALE), hit("Cache-Control: max-stale=60")),
    must("9111 §5.2.1.2 max-stale of too few", miss(_STALE), miss(_STALE, "Cache-Control: max-stale=10")),
    must(
        "9111 §5.2.2.2 max-stale against must-revalidate",
        miss(f"{_STALE}, must-revalidate"),
        miss(_STALE, "Cache-Control: max-stale"),
    ),
    may("9111 §5.2.1.7 only-if-cached, stored", miss(_FRESH), hit("Cache-Control: only-if-cached")),
    must("9111 §5.2.1.7 only-if-cached, not stored", Step(By.NOBODY, "Cache-Control: only-if-cached", status=504)),
    must(
        "9111 §5.2.1.7 only-if-cached, stale",
        miss(_STALE),
        Step(By.NOBODY, "Cache-Control: only-if-cached", status=504),
    ),
    may("9111 §5.2.1.5 the caller's no-store takes what is stored", miss(_FRESH), hit("Cache-Control: no-store")),
]

CASES = [
    must(
        "9112 §6.3 a body longer than its Content-Length is no answer, and is not stored",
        miss(f"{_FRESH} | Content-Length: 3", status=502),
        miss(_FRESH),
        hit(),
    ),
    *_DIRECTIVES,
    *_STATUSES,
    *_FIELDS,
    *_KEYS,
    *_AUTHORIZATION,
    *_ASKED,
]
