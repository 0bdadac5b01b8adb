"""Which closure holds, for how long, and when a probe may leave."""

from __future__ import annotations

import pytest

from gateway.policy.quota.closure import (
    DAY,
    RECHECK,
    SKEW,
    Closure,
    Reason,
    holding,
    next_midnight,
    probed,
    shut,
    spent,
)

NOW = 20_000 * DAY + 3_600


def closed(reason: Reason = Reason.SUSPENDED, *, can_pass: bool = True, now: float = NOW) -> Closure:
    return shut(reason, status=503, api_code=4, can_pass=can_pass, now=now)


@pytest.mark.parametrize("now", [NOW, 20_000 * DAY + SKEW, 20_001 * DAY - 1])
def test_a_spent_day_ends_at_midnight(now: float) -> None:
    closure = spent(now)
    assert closure.until == next_midnight(now) == 20_001 * DAY
    assert closure.in_force(now)
    assert not closure.in_force(20_001 * DAY)
    assert closure.retry_after(now) == 20_001 * DAY - now
    assert closure.bars(free_of_day=False, now=now)
    assert not closure.bars(free_of_day=True, now=now)
    assert not closure.probe_due(now)


@pytest.mark.parametrize("after_midnight", [0, 1, SKEW - 1])
def test_a_day_that_is_spent_at_its_start_may_be_the_day_before(after_midnight: float) -> None:
    now = 20_000 * DAY + after_midnight
    assert spent(now).until == now + RECHECK


def test_probes_leave_at_growing_intervals_of_an_hour_at_most() -> None:
    closure, now, intervals = closed(), NOW, []
    for _ in range(9):
        assert closure.probe_at is not None
        intervals.append(closure.probe_at - now)
        assert closure.retry_after(now) == intervals[-1]
        now = closure.probe_at
        assert closure.probe_due(now)
        closure = probed(closure, now=now)
        assert not closure.probe_due(now)
    assert intervals == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_while_a_probe_is_due_others_are_told_the_interval() -> None:
    assert closed().retry_after(NOW + 61) == 60


def test_a_ban_ends_only_by_hand() -> None:
    closure = closed(Reason.BANNED, can_pass=False)
    assert closure.retry_after(NOW) is None
    assert closure.bars(free_of_day=True, now=NOW + 1000 * DAY)
    assert not closure.probe_due(NOW + 1000 * DAY)


BANNED, SUSPENDED, UNPAID, SPENT = (
    closed(Reason.BANNED, can_pass=False),
    probed(closed(), now=NOW),
    closed(Reason.UNPAID),
    spent(NOW),
)


@pytest.mark.parametrize(
    ("old", "new", "holds"),
    [
        (None, SUSPENDED, SUSPENDED),
        (SUSPENDED, closed(now=NOW + 5), SUSPENDED),  # the second of two answers under way, or a failed probe
        (SUSPENDED, UNPAID, UNPAID),
        (SUSPENDED, SPENT, SUSPENDED),
        (SPENT, SUSPENDED, SUSPENDED),
        (BANNED, SUSPENDED, BANNED),
        (SUSPENDED, BANNED, BANNED),
        (spent(NOW - DAY), SPENT, SPENT),
    ],
)
def test_the_graver_closure_holds(old: Closure | None, new: Closure, holds: Closure) -> None:
    assert holding(old, new, now=NOW) is holds
