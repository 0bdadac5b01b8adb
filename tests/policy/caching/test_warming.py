from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import warming
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.warming import LEAST_USES, Usage
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey

ACME = AccountName("acme")
NOW = 1_000_000.0
NOON = {ACME: 43_200.0}
LATE = {ACME: 300.0}


def usage(
    ttl: float, *, uses: int = 9, lately: float = 9.0, lifetime: float = 900.0, tried: bool = False, name: str = "list"
) -> Usage:
    """A list of which `ttl` seconds of its lifetime are left now."""
    received = NOW + ttl - lifetime
    entry = Entry(CacheKey(name), ACME, "client", "/client/", Response(200), received, received, 0.0, lifetime)
    return Usage(entry, uses, lately, tried)


@pytest.mark.parametrize(
    ("it", "left", "is_due"),
    [
        (usage(91), NOON, False),
        (usage(90), NOON, True),
        (usage(1), NOON, True),
        (usage(0), NOON, False),
        (usage(-5), NOON, False),
        (usage(90, uses=LEAST_USES), NOON, True),
        (usage(90, uses=LEAST_USES - 1), NOON, False),
        (usage(90, tried=True), NOON, False),
        (usage(6, lifetime=60), NOON, True),
        (usage(5, lifetime=59), NOON, False),
        (usage(90), {}, True),  # an account without a day
        (usage(500), LATE, True),  # fetched 400 s ago, before the last ten minutes began
        (usage(500, uses=1), LATE, True),
        (usage(500, uses=0), LATE, False),
        (usage(650), LATE, False),  # fetched in these minutes already
        (usage(500, tried=True), LATE, False),
        (usage(3600, lifetime=7200), LATE, True),
        (usage(3601, lifetime=7200), LATE, False),
        (usage(500), {ACME: 601.0}, False),
    ],
)
def test_when_a_list_is_fetched_anew(it: Usage, left: dict[AccountName, float], is_due: bool) -> None:
    assert bool(warming.due([it], left, most=1, now=NOW)) is is_due


def test_only_the_most_used_lists_first_what_expires_first() -> None:
    usages = [
        usage(80, lately=5.0, name="second"),
        usage(80, lately=1.0, name="rarely"),
        usage(40, lately=4.0, name="first"),
        usage(500, lately=9.0, name="young"),
    ]
    assert [entry.key for entry in warming.due(usages, NOON, most=3, now=NOW)] == ["first", "second"]
    assert warming.due(usages, NOON, most=0, now=NOW) == []


@pytest.mark.parametrize(
    ("remaining", "limit", "reserve", "spare"),
    [
        (1201, 6000, 0.2, True),
        (1200, 6000, 0.2, False),
        (1, 6000, 0.0, True),
        (0, 6000, 0.0, False),
        (0, 0, 0.2, True),
        (6000, 6000, 1.0, False),
    ],
)
def test_the_reserve_is_never_touched(remaining: int, limit: int, reserve: float, spare: bool) -> None:
    assert warming.spare(remaining, limit, reserve) is spare


@given(st.floats(0, 1e6), st.integers(0, 1000), st.floats(0, 1e6))
def test_old_uses_fade_and_new_ones_count_in_full(before: float, uses: int, elapsed: float) -> None:
    assert uses <= warming.lately(before, uses, elapsed=elapsed) <= before + uses


def test_of_the_uses_an_hour_ago_a_good_third_counts() -> None:
    assert math.isclose(warming.lately(100.0, 0, elapsed=3600.0), 36.8, rel_tol=0.01)
