from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator.clock import Clock
from gateway.simulator.errors import Refused
from gateway.simulator.journal import most_within
from gateway.simulator.limits import AddressLimit, DayLimit
from gateway.simulator.options import Options
from tests.simulator.asking import NOON


def code(call: Callable[[], None]) -> int:
    try:
        call()
    except Refused as refused:
        return refused.code
    return 0


@pytest.mark.parametrize(
    ("stamps", "codes"),
    [
        ([0, 0, 0, 0], [0, 0, 0, 12]),
        ([0, 1, 2, 9.999], [0, 0, 0, 12]),
        ([0, 1, 2, 10], [0, 0, 0, 0]),
        ([0, 1, 2, 10, 10.5, 11], [0, 0, 0, 0, 12, 0]),
    ],
)
def test_the_window_slides(stamps: list[float], codes: list[int]) -> None:
    limit = AddressLimit(Options(limit=3, period=10, suspension=0))
    assert [code(partial(limit.admit, "a", at)) for at in stamps] == codes


def test_refused_requests_may_fill_the_window_too() -> None:
    limit = AddressLimit(Options(limit=1, period=10, suspension=0, count_refused=True))
    assert [code(partial(limit.admit, "a", at)) for at in (0, 9, 18, 28)] == [0, 12, 12, 0]


def test_addresses_are_apart_and_zero_is_no_limit() -> None:
    limit = AddressLimit(Options(limit=1))
    limit.admit("a", 0)
    limit.admit("b", 0)
    free = AddressLimit(Options(limit=0))
    for _ in range(500):
        free.admit("a", 0)


def test_a_suspension_doubles_and_is_forgotten_after_a_quiet_day() -> None:
    limit = AddressLimit(Options(limit=1, period=1, suspension=60))

    def overrun(at: float) -> float:
        limit.admit("a", at)
        with pytest.raises(Refused):
            limit.admit("a", at + 0.5)
        return round(limit.suspended(at + 0.5)["a"], 6)

    assert overrun(1000) == 60
    with pytest.raises(Refused):
        limit.admit("a", 1060.4)
    assert overrun(1060.5) == 120
    assert limit.suspended(2000) == {}
    assert overrun(200_000) == 60


@given(st.lists(st.floats(0, 100), max_size=80), st.integers(1, 9))
def test_no_window_ever_lets_more_through(stamps: list[float], most: int) -> None:
    limit = AddressLimit(Options(limit=most, period=10, suspension=3))
    through = [at for at in sorted(stamps) if code(partial(limit.admit, "a", at)) == 0]
    assert most_within(through, 10) <= most


def test_the_day_ends_at_midnight_gmt() -> None:
    options = Options(now=lambda: NOON)
    day = DayLimit(Clock(options))
    day.take("acme", 2)
    day.take("acme", 2)
    assert code(lambda: day.take("acme", 2)) == 11
    assert day.used("acme") == 2
    assert code(lambda: day.take("globex", 2)) == 0
    options.clock_offset = 12 * 3600 - 1
    assert code(lambda: day.take("acme", 2)) == 11
    options.clock_offset = 12 * 3600
    assert code(lambda: day.take("acme", 2)) == 0
    assert day.used("acme") == 1


def test_somebody_else_spends_and_zero_is_no_limit() -> None:
    day = DayLimit(Clock(Options(now=lambda: NOON)))
    day.spend("acme", 5)
    assert code(lambda: day.take("acme", 5)) == 11
    assert code(lambda: day.take("acme", 0)) == 0
