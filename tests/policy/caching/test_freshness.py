from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import cachecontrol, freshness
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.freshness import Forward, Fresh, Refreshable
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey

ENTRY = Entry(
    key=CacheKey("k"),
    account=AccountName("acme"),
    resource="client",
    target="/client/",
    response=Response(200),
    requested_at=1000.0,
    received_at=1000.0,
    initial_age=0.0,
    lifetime=60.0,
    stale_while_revalidate=30.0,
    stale_if_error=100.0,
)


def held(cache_control: str = "", **changes: Any) -> Entry:
    return replace(ENTRY, response=Response(200, Headers([("Cache-Control", cache_control)])), **changes)


@pytest.mark.parametrize(
    ("stored", "asked", "now", "expected"),
    [
        ("", "", 1000.0, Fresh(0.0, 60.0)),
        ("", "", 1059.0, Fresh(59.0, 1.0)),
        ("", "", 1060.0, Refreshable(60.0, 0.0)),
        ("", "", 1089.0, Refreshable(89.0, -29.0)),
        ("", "", 1090.0, Forward("stale")),
        ("", "no-cache", 1000.0, Forward("request")),
        ("no-cache", "", 1000.0, Forward("stale")),
        ('no-cache="a"', "", 1000.0, Fresh(0.0, 60.0)),
        ("s-maxage=60", "", 1061.0, Forward("stale")),
        ("proxy-revalidate", "max-stale", 1100.0, Forward("stale")),
        ("immutable", "", 1100.0, Forward("stale")),
        ("immutable", "no-cache", 1000.0, Forward("request")),
        ("", "max-age=10", 1010.0, Fresh(10.0, 50.0)),
        ("", "max-age=10", 1011.0, Forward("request")),
        ("", "max-age=0", 1000.0, Fresh(0.0, 60.0)),
        ("", "min-fresh=10", 1050.0, Fresh(50.0, 10.0)),
        ("", "min-fresh=10", 1051.0, Forward("request")),
        ("", "max-stale", 5000.0, Fresh(4000.0, -3940.0)),
        ("", "max-stale=40", 1100.0, Fresh(100.0, -40.0)),
        ("", "max-stale=39", 1100.0, Forward("stale")),
        ("", "max-stale=abc", 1100.0, Forward("stale")),
        ("must-revalidate", "max-stale", 1100.0, Forward("stale")),
        ("must-revalidate", "", 1061.0, Forward("stale")),
        ("", "max-age=100", 1061.0, Forward("stale")),
        ("", "", 900.0, Fresh(0.0, 60.0)),
    ],
)
def test_decide(stored: str, asked: str, now: float, expected: object) -> None:
    assert freshness.decide(held(stored), cachecontrol.read(asked), now) == expected


@pytest.mark.parametrize(
    ("stored", "asked", "now", "serves"),
    [
        ("", "", 1159.0, True),
        ("", "", 1160.0, False),
        ("must-revalidate", "", 1061.0, False),
        ("", "no-cache", 1000.0, False),
        ("", "stale-if-error=200", 1259.0, True),
        ("", "stale-if-error=200", 1260.0, False),
        ("", "stale-if-error=0", 1159.0, True),
        ("must-revalidate", "stale-if-error=200", 1061.0, False),
        ("", "no-cache, stale-if-error=200", 1061.0, False),
    ],
)
def test_serves_error(stored: str, asked: str, now: float, serves: bool) -> None:
    """RFC 5861 §4, in either direction."""
    assert (freshness.serves_error(held(stored), cachecontrol.read(asked), now) is not None) is serves


@pytest.mark.parametrize(
    ("stored", "asked", "now", "serves"),
    [
        ("", "", 1060.0 + freshness.DISCONNECTED - 1, True),
        ("", "", 1060.0 + freshness.DISCONNECTED, False),
        ("must-revalidate", "", 1061.0, False),
        ("proxy-revalidate", "", 1061.0, False),
        ("s-maxage=60", "", 1061.0, False),
        ("no-cache", "", 1061.0, False),
        ("", "no-cache", 1000.0, False),
    ],
)
def test_serves_disconnected(stored: str, asked: str, now: float, serves: bool) -> None:
    """RFC 9111 §4.2.4."""
    found = freshness.serves_disconnected(held(stored), cachecontrol.read(asked), now)
    assert (found is not None) is serves


def test_a_targeted_field_decides() -> None:
    """RFC 9213 §2.1."""
    headers = Headers([("Cache-Control", "no-cache"), ("CDN-Cache-Control", "max-age=60")])
    entry = replace(ENTRY, response=Response(200, headers))
    assert freshness.decide(entry, {}, 1000.0) == Fresh(0.0, 60.0)


@pytest.mark.parametrize(
    ("fields", "requested", "received", "expected"),
    [
        ([], 10.0, 10.0, 0.0),
        ([], 10.0, 12.0, 2.0),
        ([("Age", "30")], 10.0, 12.0, 32.0),
        ([("Age", "-1")], 10.0, 10.0, 0.0),
        ([("Age", "7, 9")], 10.0, 10.0, 7.0),
        ([("Age", "x")], 10.0, 10.0, 0.0),
        ([("Age", "9" * 5000)], 10.0, 10.0, 2.0**31),
        ([("Date", "Thu, 01 Jan 1970 00:00:00 GMT")], 50.0, 50.0, 50.0),
        ([("Date", "Thu, 01 Jan 1970 00:02:00 GMT")], 50.0, 50.0, 0.0),
    ],
)
def test_initial_age(fields: list[tuple[str, str]], requested: float, received: float, expected: float) -> None:
    assert freshness.initial_age(Headers(fields), requested_at=requested, received_at=received) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], None),
        ([("Cache-Control", "public")], None),
        ([("Cache-Control", "max-age=5")], 5.0),
        ([("CDN-Cache-Control", "max-age=9"), ("Cache-Control", "max-age=5")], 9.0),
        ([("CDN-Cache-Control", "public"), ("Expires", "Thu, 01 Jan 1970 00:01:00 GMT")], None),
        ([("CDN-Cache-Control", "max-age=x"), ("Cache-Control", "max-age=5")], 5.0),
        ([("Cache-Control", "max-age=5, s-maxage=9")], 9.0),
        ([("Cache-Control", "max-age=x")], 0.0),
        ([("Expires", "Thu, 01 Jan 1970 00:01:00 GMT"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")], 60.0),
        ([("Expires", "0"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")], 0.0),
        ([("Expires", "Thu, 01 Jan 1970 00:01:00 GMT")], 0.0),
        ([("Expires", "Thu, 01 Jan 1970 00:01:00 GMT"), ("Cache-Control", "max-age=1")], 1.0),
    ],
)
def test_explicit_lifetime(fields: list[tuple[str, str]], expected: float | None) -> None:
    assert freshness.explicit_lifetime(Response(200, Headers(fields))) == expected


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_response_never_gets_younger(first: float, second: float) -> None:
    early, late = sorted((first, second))
    assert freshness.age(ENTRY, early) <= freshness.age(ENTRY, late)


@given(
    st.sampled_from(["", "max-age=100", "no-cache", 'no-cache="Set-Cookie"', "must-revalidate", "s-maxage=100"]),
    st.sampled_from(
        ["", "no-cache", "max-age=40", "max-age=x", "min-fresh=30", "max-stale", "max-age=60, min-fresh=70"]
    ),
    st.integers(-50, 250),
    st.integers(0, 120),
)
def test_until_then_it_is_fresh_and_a_second_later_it_is_not(stored: str, asked: str, after: int, initial: int) -> None:
    entry = held(stored, initial_age=float(initial), lifetime=100.0)
    directives = cachecontrol.read(asked)

    def fresh(now: float) -> bool:
        decided = freshness.decide(entry, directives, now)
        return isinstance(decided, Fresh) and decided.ttl > 0

    until, now = freshness.fresh_until(entry, directives), entry.received_at + after
    assert fresh(now) or now >= until
    assert not fresh(max(until, entry.received_at, now if now >= until else 0.0) + 1)


@given(st.floats(0.0, 1e5), st.floats(0.0, 100.0), st.floats(1.0, 1e5), st.floats(0.0, 1.0))
def test_until_it_says_age_and_ttl_stay_the_same_in_whole_seconds(
    later: float, initial: float, lifetime: float, part: float
) -> None:
    entry = held(initial_age=initial, lifetime=lifetime, received_at=1.7e9)
    now = 1.7e9 + later

    def told(at: float) -> tuple[int, int]:
        age = freshness.age(entry, at)
        return int(age), int((lifetime - age) // 1)

    until = freshness.steady_until(entry, now)
    assert until <= now + 1.0
    if until > now:
        assert told(now + (until - now) * part) == told(now)
