"""When a day runs dry: tables of steady paces, bursts that pass, and who is to blame."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.quota import forecasting
from gateway.policy.quota.closure import DAY
from gateway.policy.quota.forecasting import FOREIGN, Forecast, Pace

HOUR = 3_600.0
START = 20_000 * DAY


Spending = tuple[float, float, dict[str, float]]
"""From an hour to an hour, requests an hour by app."""


def day(*spending: Spending, limit: int = 6000, until: float) -> Forecast:
    """Let apps spend, looked at every minute until some hour."""
    pace: Pace | None = None
    counts: dict[str, int] = {}
    for minute in range(int(until * 60) + 1):
        hour = minute / 60
        exact: dict[str, float] = {}
        for begin, end, rates in spending:
            for app, rate in rates.items():
                exact[app] = exact.get(app, 0) + rate * max(0.0, min(hour, end) - begin)
        counts = {app: int(amount) for app, amount in exact.items()}
        pace = forecasting.observed(pace, counts, day=20_000, elapsed=hour * HOUR, now=START + hour * HOUR)
    assert pace is not None
    remaining = max(0, limit - sum(counts.values()))
    return forecasting.forecast(pace, remaining=remaining, elapsed=until * HOUR, left=DAY - until * HOUR)


def hour_of(forecast: Forecast) -> float:
    return (forecast.dry_at - START) / HOUR


@pytest.mark.parametrize(
    ("rate", "until", "dry"),
    [
        (200, 12, math.inf),  # 4800 by midnight
        (240, 12, math.inf),
        (600, 5, 10),
        (600, 1, 10),
        (3000, 1, 2),
        (500, 11.9, 12),
    ],
)
def test_an_even_pace_is_foretold_exactly(rate: float, until: float, dry: float) -> None:
    forecast = day((0, 24, {"a": rate}), until=until)
    assert hour_of(forecast) == pytest.approx(dry, abs=0.1)
    assert forecast.per_hour == pytest.approx(rate, rel=0.02)


def test_a_burst_is_no_alarm_and_passes() -> None:
    burst: list[Spending] = [(0, 24, {"a": 60}), (9, 9.1, {"b": 3000})]
    for hour in (9.05, 9.1, 9.5, 12):
        assert day(*burst, until=hour).dry_at == math.inf
    assert day(*burst, until=12).parts["a"] > 0.5


def test_a_new_pace_that_stays_is_seen_within_the_hour() -> None:
    changed: list[Spending] = [(0, 10, {"a": 60}), (10, 24, {"a": 60, "b": 1500})]
    assert hour_of(day(*changed, until=10.8)) < 24
    forecast = day(*changed, until=12)
    assert hour_of(forecast) == pytest.approx(13.8, abs=0.5)
    assert forecast.parts["b"] > 0.9
    assert not forecast.clearly


def test_requests_past_the_gateway_are_a_spender_like_any_other() -> None:
    forecast = day((0, 24, {"a": 100, FOREIGN: 300}), until=12)
    assert hour_of(forecast) == pytest.approx(15, abs=0.2)
    assert forecast.parts == pytest.approx({FOREIGN: 0.75, "a": 0.25}, abs=0.01)
    assert next(iter(forecast.parts)) == FOREIGN, "who spends most comes first"


def test_nothing_spent_lasts_and_nothing_left_is_dry_now() -> None:
    nothing = day(until=3)
    assert (nothing.dry_at, nothing.clearly, nothing.parts) == (math.inf, True, {})
    assert hour_of(day((0, 24, {"a": 600}), limit=600, until=3)) == pytest.approx(3, abs=0.01)


def test_a_new_day_begins_with_the_pace_of_the_last_hours() -> None:
    pace = forecasting.observed(None, {"a": 2400}, day=1, elapsed=DAY, now=DAY * 2)
    pace = forecasting.observed(pace, {"a": 2}, day=2, elapsed=60, now=DAY * 2 + 60)
    assert pace.rates["a"] == pytest.approx(2400 / DAY, rel=0.05)
    assert forecasting.observed(pace, {"a": 9}, day=2, elapsed=60, now=DAY * 2 + 60) == pace


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 5000)),
    st.floats(0, DAY - 1),
    st.integers(0, 12_000),
    st.floats(0, 1),
)
def test_a_forecast_is_within_the_day_or_never(
    counts: dict[str, int], elapsed: float, remaining: int, recent: float
) -> None:
    pace = Pace(START + elapsed, 20_000, counts, dict.fromkeys(counts, recent))
    forecast = forecasting.forecast(pace, remaining=remaining, elapsed=elapsed, left=DAY - elapsed)
    assert forecast.dry_at == math.inf or START + elapsed <= forecast.dry_at <= START + DAY
    assert not forecast.parts or sum(forecast.parts.values()) == pytest.approx(1)
    assert not (forecast.clearly and forecast.dry_at < math.inf)
