"""The arithmetic of windows: a walked-time table, and the proof by random schedules that no window is ever overrun."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.policy.quota import arithmetic
from gateway.policy.quota.arithmetic import Bound, Daily, Denied, Granted, Sliding, Window
from gateway.policy.quota.budget import Stamp, State
from gateway.policy.quota.closure import DAY

MIDNIGHT = 20_001 * DAY
HOLD = 8.0
TEN = Sliding(3, 10.0)


def take(state: State, now: float, *leases: str, windows: Sequence[Window] = (TEN,)) -> Granted | Denied:
    return arithmetic.take(state, windows, leases or ("x",), hold=HOLD, now=now)


def taken(state: State, now: float, *leases: str, windows: Sequence[Window] = (TEN,)) -> State:
    result = take(state, now, *leases, windows=windows)
    assert isinstance(result, Granted)
    return result.state


def test_a_walk_through_one_window() -> None:
    noon = MIDNIGHT - DAY / 2
    result = take(State(), noon, "a", "b")
    assert isinstance(result, Granted)
    assert result.leases == ("a", "b")
    state = arithmetic.settle(result.state, "a", ended=noon + 1)
    result = take(state, noon + 2, "c", "d", "e")
    assert isinstance(result, Granted)
    assert result.leases == ("c",), "as many as fit"
    state = result.state
    assert take(state, noon + 3) == Denied(Bound.WINDOW, 8.0), "until a period after the end of a"
    assert arithmetic.remaining(state, TEN, now=noon + 3) == 0
    assert arithmetic.reset(state, TEN, now=noon + 3) == 2 + HOLD + 10 - 3
    state = taken(state, noon + 11, "d")
    assert arithmetic.used(state, TEN, now=noon + 11) == 3
    state = arithmetic.give_back(state, "d")
    assert arithmetic.remaining(state, TEN, now=noon + 11) == 1
    assert arithmetic.settle(state, "unknown", ended=noon) == state


def test_without_a_limit_no_stamp_is_kept() -> None:
    free = (Sliding(0, 10.0), Daily(0))
    assert take(State(), 5.0, "a", windows=free) == Granted(State(), ("a",))
    assert arithmetic.retry_after(State(), free, now=5.0) == 0
    assert arithmetic.forecast(State(), free, 1000, hold=HOLD, latency=1.0, now=5.0) == 0


def test_the_day_turns_at_midnight_and_counts_what_is_under_way_again() -> None:
    day = (Daily(3),)
    state = taken(State(), MIDNIGHT - 20, "early", windows=day)
    state = arithmetic.settle(state, "early", ended=MIDNIGHT - 19)
    state = taken(state, MIDNIGHT - 5, "late", "later", windows=day)
    assert take(state, MIDNIGHT - 1, windows=day) == Denied(Bound.DAY, 1.0)
    assert arithmetic.remaining(state, day[0], now=MIDNIGHT) == 1
    known = arithmetic.settle(state, "late", ended=MIDNIGHT - 0.5)
    assert arithmetic.remaining(known, day[0], now=MIDNIGHT) == 2, "it cannot arrive after midnight any more"
    turned = taken(state, MIDNIGHT, "new", windows=day)
    assert turned.used == 3
    assert arithmetic.settle(turned, "late", ended=MIDNIGHT - 0.5).used == 2
    assert arithmetic.give_back(turned, "later").used == 2
    assert arithmetic.settle(turned, "later", ended=MIDNIGHT + 1).used == 3


def test_a_clock_that_was_stepped_back_neither_blocks_nor_reopens() -> None:
    ahead = taken(taken(State(), MIDNIGHT + 5000, "a"), MIDNIGHT + 5001, "b", "c")
    denied = take(ahead, MIDNIGHT + 10)
    assert denied == Denied(Bound.WINDOW, HOLD + 10), "no longer than had it just been sent"
    day = (Daily(2),)
    state = taken(State(), MIDNIGHT + 1, "a", "b", windows=day)
    assert take(state, MIDNIGHT - 3, windows=day) == Denied(Bound.DAY, DAY + 3), "the day that was left stays left"
    wrong = taken(State(), MIDNIGHT + 30 * DAY, "a", "b", windows=day)
    assert take(wrong, MIDNIGHT - 3, windows=day) == Denied(Bound.DAY, 3.0)
    corrected = arithmetic.current(wrong, day, hold=HOLD, now=MIDNIGHT - 300)
    assert isinstance(take(corrected, MIDNIGHT + HOLD, windows=day), Granted)


@pytest.mark.parametrize(("ahead", "seconds"), [(0, 0), (1, 3), (2, 10), (3, 11), (4, 14), (6, 22)])
def test_the_forecast_walks_along_the_stamps_and_then_by_periods(ahead: int, seconds: float) -> None:
    noon = MIDNIGHT - DAY / 2
    state = State(stamps=(Stamp("settled", noon - 7), Stamp("under way", noon - 6.5 + HOLD)), day=int(noon // DAY))
    assert arithmetic.forecast(state, [TEN], ahead, hold=HOLD, latency=1.0, now=noon) == seconds


def test_the_forecast_of_a_day_is_midnight_and_of_a_pause_its_end() -> None:
    now = MIDNIGHT - 100
    state = State(day=20_000, used=3)
    waits = [arithmetic.forecast(state, [Daily(5)], n, hold=HOLD, latency=1.0, now=now) for n in (0, 1, 2, 6, 7)]
    assert waits == [0, 0, 100, 100, 100 + DAY]
    paused = State(paused_until=now + 7)
    assert take(paused, now) == Denied(Bound.PAUSE, 7)
    assert arithmetic.forecast(paused, [TEN], 0, hold=HOLD, latency=1.0, now=now) == 7


@pytest.mark.parametrize(
    ("after", "asked", "until"),
    [
        (0, None, 60),
        (0, 90, 90),
        (30, None, 60),  # the answer to a request that was under way with the first
        (30, 50, 80),
        (61, None, 61 + 120),
        (61, 200, 261),
        (60 + 3_600, None, 60 + 3_600 + 60),  # an hour of peace
        (0, 1e9, DAY),
    ],
)
def test_pauses_grow_on_repetition(after: float, asked: float | None, until: float) -> None:
    now = MIDNIGHT
    state = arithmetic.pause(State(), asked=None, first=60.0, now=now) if after else State()
    state = arithmetic.pause(state, asked=asked, first=60.0, now=now + after)
    assert state.paused_until == now + until


@dataclass(frozen=True)
class Try:
    """One attempt: seconds after the one before, how long it takes, when in that it arrives, and its fate."""

    gap: int
    latency: int
    arrival: int
    fate: str


tries = st.builds(
    Try,
    gap=st.sampled_from([0, 0, 0, 1, 5, 30, 75, 79]),
    latency=st.integers(0, 4) | st.integers(0, 64),
    arrival=st.sampled_from([0, 20, 63, 64]),
    fate=st.sampled_from(["settled", "settled", "settled", "told late", "crashed", "given back"]),
)
TICK = 1 / 8
"""Times are eighths of a second, which floating point adds without error."""


def played(schedule: list[Try], windows: Sequence[Window], began: float) -> list[float]:
    """Let a schedule happen; returns when the requests arrived at the upstream."""
    state, now = State(), began
    due: list[tuple[float, str, float | None]] = []
    arrivals: list[float] = []
    for number, attempt in enumerate(schedule):
        now += attempt.gap * TICK
        while due and due[0][0] <= now:
            _, lease, ended = heapq.heappop(due)
            state = (
                arithmetic.give_back(state, lease) if ended is None else arithmetic.settle(state, lease, ended=ended)
            )
        result = arithmetic.take(state, windows, [str(number)], hold=HOLD, now=now)
        if isinstance(result, Denied):
            assert result.retry_after > 0
            continue
        state, ended = result.state, now + attempt.latency * TICK
        told = {"settled": ended, "told late": ended + 7, "given back": ended}.get(attempt.fate)
        if told is not None:
            heapq.heappush(due, (told, str(number), None if attempt.fate == "given back" else ended))
        if attempt.fate != "given back":
            arrivals.append(now + attempt.latency * TICK * attempt.arrival / 64)
    return arrivals


@settings(max_examples=300)
@given(st.lists(tries, max_size=80), st.integers(1, 5))
def test_whatever_happens_no_window_is_overrun(schedule: list[Try], limit: int) -> None:
    arrivals = played(schedule, [Sliding(limit, 10.0), Daily(1000)], MIDNIGHT - 7)
    assert all(sum(at - 10.0 < other <= at for other in arrivals) <= limit for at in arrivals)


@settings(max_examples=300)
@given(st.lists(tries, max_size=40), st.integers(1, 5), st.integers(0, 60))
def test_whatever_happens_no_day_is_overrun(schedule: list[Try], limit: int, before_midnight: int) -> None:
    arrivals = played(schedule, [Daily(limit)], MIDNIGHT - before_midnight * TICK)
    assert all(number <= limit for number in Counter(at // DAY for at in arrivals).values())


@given(st.integers(1, 100), st.floats(0.01, 0.5))
def test_with_work_waiting_the_limit_is_used_to_98_of_100(limit: int, latency: float) -> None:
    window, state, began = Sliding(limit, 60.0), State(), MIDNIGHT
    now, sent = began, 0
    while now < began + 1200:
        result = arithmetic.take(state, [window], [f"{sent}.{n}" for n in range(5)], hold=60.0, now=now)
        if isinstance(result, Denied):
            assert result.retry_after <= 61
            now += result.retry_after
            continue
        state = result.state
        for lease in result.leases:
            state = arithmetic.settle(state, lease, ended=now + latency)
        sent += len(result.leases)
    assert sent >= 0.98 * limit * 20


@pytest.mark.parametrize(
    ("window", "plan", "limit"),
    [
        (Daily(6000), 0, 6000),
        (Daily(6000), 12_000, 6000),  # the operator may keep to less than the plan
        (Daily(6000), 500, 500),
        (Daily(6000, learns=True), 12_000, 12_000),
        (Daily(6000, learns=True), 0, 6000),
        (Daily(0), 500, 0),
        (Sliding(100, 60.0), 500, 100),
    ],
)
def test_the_plan_that_was_told_holds_where_it_is_lower_or_learnt(window: Window, plan: int, limit: int) -> None:
    assert arithmetic.in_force(window, State(plan=plan)).limit == limit


def test_requests_are_counted_by_app_over_midnight() -> None:
    day = (Daily(10),)
    state = State()
    for lease, app in (("1", "a"), ("2", "a"), ("3", "b")):
        result = arithmetic.take(state, day, [lease], hold=HOLD, now=MIDNIGHT - 5, app=app)
        assert isinstance(result, Granted)
        state = result.state
    assert state.spent == {"a": 2, "b": 1}
    assert arithmetic.give_back(state, "2").spent == {"a": 1, "b": 1}
    state = arithmetic.settle(state, "1", ended=MIDNIGHT - 1)
    turned = arithmetic.turned(state, MIDNIGHT)
    assert (turned.used, turned.spent) == (2, {"a": 1, "b": 1}), "what may still arrive counts again, by whose it is"
    settled = arithmetic.settle(turned, "3", ended=MIDNIGHT - 1)
    assert (settled.used, settled.spent) == (1, {"a": 1, "b": 0})


def test_a_day_that_was_left_goes_on_counting_while_the_clock_is_behind() -> None:
    day = (Daily(2),)
    state = taken(State(), MIDNIGHT + 300, "a", windows=day)
    state = arithmetic.settle(state, "a", ended=MIDNIGHT - 900, hold=HOLD)
    assert state.used == 1, "it has not ended before it left"
    state = taken(state, MIDNIGHT - 900, "b", windows=day)
    assert take(state, MIDNIGHT - 890, windows=day) == Denied(Bound.DAY, DAY + 890)
