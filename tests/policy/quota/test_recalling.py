"""A ledger that has forgotten: what is known anywhere counts, and the rest has time to pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.policy.quota import arithmetic, closure
from gateway.policy.quota.arithmetic import Daily, Sliding
from gateway.policy.quota.budget import Stamp, State
from gateway.policy.quota.closure import Reason
from gateway.policy.quota.recalling import forgot, recalled, resting

NOW = 20_000 * 86_400.0 + 43_200.0
DAY = 20_000
KNOWN = State(
    stamps=(Stamp("a", NOW - 1, "tool"), Stamp("b", NOW + 5, "tool")),
    day=DAY,
    used=70,
    spent={"tool": 70},
    plan=12_000,
    told=69,
    asked_at=NOW - 60,
    born=NOW - 1000,
    writes=80,
)
EGRESS, ACCOUNT = [Sliding(100, 60.0)], [Daily(6000)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (KNOWN, False),
        (replace(KNOWN, writes=81), False),
        (replace(KNOWN, writes=79), True),
        (State(), True),
        (State(born=NOW, writes=500), True),
    ],
)
def test_a_text_that_is_older_or_of_another_beginning_is_noticed(found: State, expected: bool) -> None:
    assert forgot(KNOWN, found) is expected
    assert not forgot(State(), found), "who knew nothing cannot tell"


def test_all_that_is_known_counts_and_nothing_is_sent_until_the_rest_has_passed() -> None:
    found = State(stamps=(Stamp("b", NOW + 5), Stamp("c", NOW + 6)), day=DAY, used=1, born=NOW - 2, writes=1)
    state = recalled(KNOWN, found, EGRESS, hold=65.0, now=NOW)
    assert {stamp.lease for stamp in state.stamps} == {"a", "b", "c"}
    assert arithmetic.pause_left(state, NOW) == pytest.approx(125.0)
    assert (state.born, state.writes, state.pauses) == (found.born, 80, 0)
    assert isinstance(arithmetic.take(state, EGRESS, ("d",), hold=65.0, now=NOW + 124), arithmetic.Denied)
    assert isinstance(arithmetic.take(state, EGRESS, ("d",), hold=65.0, now=NOW + 126), arithmetic.Granted)


def test_an_account_keeps_its_day_and_asks_the_upstream_for_what_is_missing() -> None:
    shut = closure.shut(Reason.BANNED, status=418, api_code=5, can_pass=False, now=NOW)
    state = recalled(KNOWN, State(closed=shut, used=75, day=DAY), ACCOUNT, hold=65.0, now=NOW)
    assert (state.used, state.plan, state.told, state.asked_at) == (75, 12_000, None, 0.0)
    assert state.closed is shut
    assert arithmetic.pause_left(state, NOW) == 0.0, "a day is counted, it need not pass"


def test_a_rest_is_no_pause_in_a_row_and_never_shortens_one() -> None:
    asked = arithmetic.pause(State(), asked=None, first=60.0, now=NOW)
    assert resting(asked, EGRESS, until=NOW + 2).paused_until == asked.paused_until
    rested = resting(State(), EGRESS, until=NOW + 2)
    assert (rested.paused_until, rested.pauses) == (NOW + 2, 0)
    assert resting(State(), [Sliding(0, 60.0)], until=NOW + 2) == State()
