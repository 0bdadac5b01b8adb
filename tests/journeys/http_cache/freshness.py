"""How long a response is good, and how old it is: RFC 9111 §4.2, §5.1 to §5.3, and RFC 9213."""

from __future__ import annotations

from tests.journeys.http_cache.case import Case, hit, may, miss, must

_FRESH = "Cache-Control: max-age=600"


def _reused(name: str, told: str) -> Case:
    return may(name, miss(told), hit())


def _not_reused(name: str, told: str) -> Case:
    return must(name, miss(told), miss(told))


CASES = [
    _not_reused("9111 §4.2.2 without explicit freshness nothing is reused here", ""),
    _reused("9111 §4.2.1 max-age", _FRESH),
    _reused("9111 §4.2.1 s-maxage", "Cache-Control: s-maxage=600"),
    _reused("9111 §4.2.1 s-maxage before a shorter max-age", "Cache-Control: max-age=0, s-maxage=600"),
    _not_reused("9111 §4.2.1 s-maxage before a longer max-age", "Cache-Control: max-age=600, s-maxage=0"),
    _not_reused("9111 §4.2.1 s-maxage on a line of its own", "Cache-Control: max-age=600 | Cache-Control: s-maxage=0"),
    _reused("9111 §4.2.1 max-age before a past Expires", f"{_FRESH} | Expires: @-600 | Date: @0"),
    _reused("9111 §4.2.1 max-age before an Expires that is no date", f"{_FRESH} | Expires: 0 | Date: @0"),
    _not_reused("9111 §4.2.1 max-age=0 before a future Expires", "Cache-Control: max-age=0 | Expires: @600 | Date: @0"),
    _reused("9111 §4.2.1 Expires", "Expires: @600 | Date: @0"),
    _reused("9111 §4.2.1 Expires without a Date counts from receipt", "Expires: @600"),
    _reused("9111 §4.2.1 Expires beside a Date that is none counts from receipt", "Date: nonsense | Expires: @600"),
    _not_reused("9111 §4.2.1 a past Expires", "Expires: @-600 | Date: @0"),
    _not_reused("9111 §4.2.1 Expires at the Date", "Expires: @0 | Date: @0"),
    _not_reused("9111 §4.2.1 Expires before a Date that runs fast", "Expires: @300 | Date: @400"),
    _not_reused("9111 §4.2.1 different lifetimes: the shorter", "Cache-Control: max-age=600, max-age=0"),
    _not_reused("9111 §4.2.1 different lifetimes: the shorter, first", "Cache-Control: max-age=0, max-age=600"),
    _reused("9111 §4.2.1 the same lifetime twice", "Cache-Control: max-age=600, max-age=600"),
    _reused("9111 §5.2 directives in any case", "Cache-Control: MAX-age=600"),
    _reused("9111 §5.2 a directive nobody knows", "Cache-Control: colour=blue, max-age=600"),
    _reused("9111 §5.2 an argument in quotes", 'Cache-Control: max-age="600"'),
    _not_reused("9111 §5.2 an argument in single quotes is none", "Cache-Control: max-age='600'"),
    _not_reused("9111 §5.2 what is in another's quotes does not count", 'Cache-Control: x="max-age=600", max-age=0'),
    _not_reused("9111 §5.2 what is in another's quotes, behind", 'Cache-Control: max-age=0, x="max-age=600"'),
    _not_reused("9111 §5.2 no argument", "Cache-Control: max-age"),
    _not_reused("9111 §1.2.2 a negative span", "Cache-Control: max-age=-600"),
    _not_reused("9111 §1.2.2 no digits", "Cache-Control: max-age=many"),
    _not_reused("9111 §1.2.2 digits and more", "Cache-Control: max-age=600a"),
    _reused("9111 §1.2.2 leading zeros", "Cache-Control: max-age=000600"),
    _reused("9111 §1.2.2 2147483648 seconds", "Cache-Control: max-age=2147483648"),
    _reused("9111 §1.2.2 more seconds than fit a machine word", "Cache-Control: max-age=99999999999999999999"),
    _reused("9110 §5.6.7 Expires as RFC 850 writes it", "Expires: Saturday, 01-Jan-50 00:00:00 GMT | Date: @0"),
    _reused("9110 §5.6.7 Expires as asctime writes it", "Expires: Sat Jan  1 00:00:00 2050 | Date: @0"),
    *(
        _not_reused(f"9111 §5.3 Expires that is no date: {value}", f"Expires: {value} | Date: @0")
        for value in (
            "0",
            "-1",
            "1900000000",
            "tomorrow",
            "Sat, 01 Jan 2050 00:00:00 UTC",
            "Sat, 01 Jan 50 00:00:00 GMT",
            "Sat, 01-Jan-2050 00:00:00 GMT",
            "Sat, 01 Jan 2050 00.00.00 GMT",
            "Sat, 01 Jan 2050 0:00:00 GMT",
            "Sat 01 Jan 2050 00:00:00 GMT",
            "Sat, 32 Jan 2050 00:00:00 GMT",
            "Thu, 31 Feb 2050 00:00:00 GMT",
        )
    ),
    _not_reused("9111 §4.2.3 Age beyond max-age", "Cache-Control: max-age=60 | Age: 90"),
    _not_reused("9111 §4.2.3 Age at max-age", "Cache-Control: max-age=60 | Age: 60"),
    _not_reused("9111 §4.2.3 Age beyond Expires, the Date slow", "Date: @-10 | Expires: @10 | Age: 25"),
    _not_reused("9111 §4.2.3 Age beyond Expires, the Date fast", "Date: @10 | Expires: @20 | Age: 15"),
    _not_reused("9111 §4.2.3 an old Date is an age", "Cache-Control: max-age=60 | Date: @-90"),
    _not_reused("9111 §5.1 of two ages the first counts", "Cache-Control: max-age=60 | Age: 90, 0"),
    _reused("9111 §5.1 an Age that is no number is ignored", f"{_FRESH} | Age: old"),
    _reused("9111 §5.1 a negative Age is ignored", f"{_FRESH} | Age: -700"),
    *(
        _reused(f"9111 §5.1 an Age that is no whole number is ignored: {value}", f"{_FRESH} | Age: {value}")
        for value in ("7200.0", "7200;a=b", "7200;a=1", "")
    ),
    _reused("9111 §5.1 of two ages the first counts, also when it is younger", f"{_FRESH} | Age: 0, 7200"),
    _reused("9111 §5.1 of two lines the first counts", f"{_FRESH} | Age: 0 | Age: 7200"),
    _reused("9111 §5.1 the same age twice", f"{_FRESH} | Age: 0, 0"),
    _reused("9111 §5.1 the same age on two lines", f"{_FRESH} | Age: 300 | Age: 300"),
    _not_reused("9111 §5.1 of two lines the first counts, and it is old", f"{_FRESH} | Age: 7200 | Age: 0"),
    must("9111 §5.1 a stored response has an Age", miss(_FRESH), hit(has="Age: <=5")),
    must("9111 §5.1 Age goes on from what came", miss(f"{_FRESH} | Age: 300"), hit(has="Age: >=300")),
    must("9111 §5.1 Age from the Date", miss(f"{_FRESH} | Date: @-200"), hit(has="Age: >=200")),
    must("9111 §4.2.3 two lines of Age leave one", miss(f"{_FRESH} | Age: 30 | Age: 30"), hit(has="Age: <=60")),
    must("9110 §6.6.1 the Date stays", miss(f"{_FRESH} | Date: @-100"), hit(has="Date: @-100")),
    must("9111 §5.3 Expires stays", miss("Expires: @900 | Date: @-1"), hit(has="Expires: @900")),
    _reused("9213 §3.1 CDN-Cache-Control", "CDN-Cache-Control: max-age=600"),
    _reused("9213 §2.1 before a shorter Cache-Control", "CDN-Cache-Control: max-age=600 | Cache-Control: max-age=0"),
    _not_reused("9213 §2.1 before a longer Cache-Control", f"CDN-Cache-Control: max-age=0 | {_FRESH}"),
    _not_reused("9213 §2.1 before Expires", "CDN-Cache-Control: max-age=0 | Expires: @600 | Date: @0"),
    _not_reused("9213 §2.1 without a lifetime, Expires does not help", "CDN-Cache-Control: public | Expires: @600"),
    _reused("9213 §2.1 over no-store", "CDN-Cache-Control: max-age=600 | Cache-Control: no-store"),
    _not_reused("9213 §2.1 no-store", f"CDN-Cache-Control: no-store | {_FRESH}"),
    _not_reused("9213 §2.1 private", f"CDN-Cache-Control: private | {_FRESH}"),
    _not_reused("9213 §2.1 no-cache", f"CDN-Cache-Control: no-cache | {_FRESH}"),
    _not_reused("9213 §2.1 Age counts", "CDN-Cache-Control: max-age=600 | Age: 700"),
    _reused("9213 §2.1 malformed: as if it were not there", f"CDN-Cache-Control: max-age=0, && | {_FRESH}"),
    _not_reused("9213 §2.1 malformed, with a space", "CDN-Cache-Control: max-age =600 | Cache-Control: max-age=0"),
    _not_reused("9213 §2.1 a lifetime in quotes is none", 'CDN-Cache-Control: max-age="600" | Cache-Control: no-store'),
    _reused("9213 §2.1 empty: as if it were not there", f"CDN-Cache-Control: | {_FRESH}"),
    must("9213 §2.2 the field goes on", miss(f"CDN-Cache-Control: x | {_FRESH}", has="CDN-Cache-Control: x")),
]
