"""Both spellings of the quota document, and what each document changes in the ledger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.quota import closure, reconciling
from gateway.policy.quota.budget import Stamp, State
from gateway.policy.quota.closure import DAY, Reason
from gateway.policy.quota.reconciling import Plan

TODAY = 20_410  # 2025-11-18
NOON = TODAY * DAY + DAY / 2
TOMORROW = (TODAY + 1) * DAY


def document(**record: Any) -> bytes:
    return json.dumps({"personid": 1, "status": "OK", "code": 200, "quota": record}).encode()


@pytest.mark.parametrize(
    "body",
    [
        document(quota="6000", used="120", next_reset="2025-11-19 00:00:00", exceeded="f"),
        document(quota=6000, used=120, business_day="2025-11-18", exceeded="f"),
        document(quota=6000, used="120", next_reset="2025-11-19T00:00:00Z", exceeded=False),
        document(quota="6,000", used=120, next_reset="2025-11-19 00:00:00 GMT"),
        json.dumps({"quota": [{"quota": "6000", "used": 120, "next_reset": "2025-11-19"}]}).encode(),
    ],
)
def test_every_spelling_says_the_same(body: bytes) -> None:
    assert reconciling.read(body) == Plan(6000, 120, TOMORROW, exceeded=False)


@pytest.mark.parametrize(
    ("record", "plan"),
    [
        ({"quota": 10, "used": 10}, Plan(10, 10, None, exceeded=True)),
        ({"quota": 0, "used": 10}, Plan(0, 10, None, exceeded=False)),
        ({"quota": 10, "used": 3, "exceeded": "t"}, Plan(10, 3, None, exceeded=True)),
        (
            {"quota": 10, "used": 3, "next_reset": "soon", "business_day": "2025-13-99"},
            Plan(10, 3, None, exceeded=False),
        ),
    ],
)
def test_what_is_missing_or_odd(record: dict[str, Any], plan: Plan) -> None:
    assert reconciling.read(document(**record)) == plan


@pytest.mark.parametrize(
    "body",
    [
        b"<quota/>",
        b"[]",
        b'{"quota": 5}',
        b"{" * 10_000,
        b" " * 70_000,
        document(quota="many", used=1),
        document(quota=1),
        document(quota=True, used=1),
        document(quota=-1, used=1),
        document(quota=1.5, used=1),
    ],
)
def test_what_is_no_quota_document_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="quota document"):
        reconciling.read(body)


@given(st.binary())
def test_nothing_but_a_value_error_comes_of_garbage(body: bytes) -> None:
    with pytest.raises(ValueError, match="quota document"):
        reconciling.read(body)


NEW = State()


def corrected(used: int = 0, *, state: State = NEW, reset: float | None = TOMORROW, **changes: Any) -> State:
    now = changes.pop("now", NOON)
    plan = Plan(**{"limit": 6000, "used": used, "reset_at": reset, "exceeded": False, **changes})
    return reconciling.corrected(state, plan, now=now)


OURS = State(day=TODAY, used=100, spent={"tool": 100})


@pytest.mark.parametrize(
    ("told", "foreign", "used"),
    [
        (0, 0, 100),  # what timed out was counted here and may not have arrived there
        (96, 0, 100),  # four are under way
        (100, 0, 100),
        (130, 30, 130),
    ],
)
def test_the_larger_count_holds_and_what_is_more_is_foreign(told: int, foreign: int, used: int) -> None:
    state = corrected(told, state=OURS)
    assert (state.foreign, state.used, state.told, state.plan) == (foreign, used, told, 6000)
    assert (state.spent, state.asked_at) == ({"tool": 100}, NOON)


def test_the_same_foreign_requests_are_counted_once() -> None:
    state = corrected(130, state=OURS)
    for told, foreign in ((130, 30), (110, 30), (135, 35)):
        state = corrected(told, state=state)
        assert (state.foreign, state.used) == (foreign, 100 + foreign)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 50))
def test_never_more_foreign_than_there_were_and_never_less_used_than_told(
    arrived: int, foreign: int, lost: int, under_way: int
) -> None:
    charged = arrived + lost + under_way
    state = corrected(arrived + foreign, state=State(day=TODAY, used=charged, spent={"a": charged}))
    assert state.foreign <= foreign
    assert state.used >= max(charged, arrived + foreign)
    assert state.used == charged + state.foreign


def test_an_unexpected_end_of_the_day_is_confirmed_or_taken_back() -> None:
    shut = State(day=TODAY, used=100, closed=closure.spent(NOON))
    confirmed = corrected(6000, state=shut, exceeded=True)
    assert (confirmed.used, confirmed.foreign) == (6000, 5900)
    assert confirmed.closed is not None
    assert confirmed.closed.until == TOMORROW
    assert corrected(100, state=shut).closed is None
    barred = closure.shut(Reason.BANNED, status=418, api_code=5, can_pass=False, now=NOON)
    assert corrected(6000, state=State(day=TODAY, closed=barred), exceeded=True).closed == barred
    assert corrected(100, state=State(day=TODAY, closed=barred)).closed == barred


def test_seconds_after_our_midnight_the_upstream_may_still_tell_of_yesterday() -> None:
    now = TOMORROW + 5
    left = State((Stamp("l", now + 60, "tool"),), TODAY, 6000)
    state = corrected(6000, state=left, exceeded=True, now=now)
    assert (state.day, state.used, state.foreign, state.told) == (TODAY + 1, 1, 0, None)
    assert state.closed is not None
    assert state.closed.until == now + closure.RECHECK, "not for a whole day"
    again = corrected(2, state=state, now=now + 60, reset=TOMORROW + DAY)
    assert (again.closed, again.foreign, again.told) == (None, 1, 2)


def test_seconds_before_our_midnight_the_upstream_may_have_begun_the_next_day() -> None:
    now = TOMORROW - 5
    spent = State((Stamp("l", now + 60, "tool"),), TODAY, 6000, foreign=7, closed=closure.spent(now - 100))
    state = corrected(1, state=spent, now=now, reset=TOMORROW + DAY)
    assert (state.day, state.used, state.foreign, state.closed) == (TODAY + 1, 1, 0, None)
    assert corrected(1, state=state, now=TOMORROW + 5, reset=TOMORROW + DAY).used == 1, (
        "our own midnight changes nothing"
    )


@pytest.mark.parametrize("reset", [None, TOMORROW - 100 * DAY, TOMORROW + 2 * DAY])
def test_a_calendar_that_is_plainly_another_one_is_not_followed(reset: float | None) -> None:
    state = corrected(130, state=OURS, reset=reset)
    assert (state.day, state.used) == (TODAY, 130)


def test_a_plan_that_is_not_told_is_not_forgotten() -> None:
    assert corrected(state=State(plan=12_000), limit=0).plan == 12_000
