"""What a plan takes is taken from all budgets or from none, and the changes say the same as the states."""

from __future__ import annotations

from gateway.exchange.line.draft import Draft, judged
from gateway.policy.quota.arithmetic import Daily, Sliding, Window
from gateway.policy.quota.budget import State
from gateway.policy.quota.closure import DAY
from gateway.policy.quota.shares import Allowed, Refused, Sharing

NOW = 20_000 * DAY + 60.0
SHARING = {"day": Sharing({"a": 0.5}, 0.0)}


def draft(limit: int = 10, per_day: int = 4) -> Draft:
    windows: dict[str, list[Window]] = {"minute": [Sliding(limit, 60.0)], "day": [Daily(per_day)]}
    return Draft({name: State(day=20_000) for name in windows}, windows, SHARING, 5.0, NOW)


def test_all_or_none() -> None:
    it = draft(limit=1)
    assert it.take(("minute", "day"), "one", "a") is None
    before = dict(it.states), list(it.changes)
    assert it.take(("day", "minute"), "two", "a") == "minute"
    assert (it.states, it.changes) == before


def test_the_changes_lead_to_the_same_states() -> None:
    it = draft()
    for number, app in enumerate("aab"):
        assert it.take(("minute", "day"), str(number), app) is None
    it.change("day", lambda state, _: State(day=state.day, used=state.used + 1))
    replayed = {name: State(day=20_000) for name in it.windows}
    for budget, change in it.changes:
        replayed[budget] = change(replayed[budget], NOW)
    assert replayed == it.states
    assert it.states["day"].used == 4


def test_only_accounts_know_whose_requests_they_count() -> None:
    it = draft()
    it.take(("minute", "day"), "one", "a")
    assert [stamp.app for state in (it.states["minute"], it.states["day"]) for stamp in state.stamps] == ["", "a"]
    assert (it.states["minute"].spent, it.states["day"].spent) == ({}, {"a": 1})


def test_a_share_keeps_others_out() -> None:
    it = draft(per_day=4)
    assert [it.may_spend("day", "b", interactive=False) and it.take(("day",), str(n), "b") for n in range(3)] == [
        None,
        None,
        False,
    ]
    assert it.may_spend("day", "a", interactive=False)


def test_an_account_without_a_limit_or_a_division_keeps_nobody_out() -> None:
    state = State(day=20_000, used=100)
    assert judged(state, [Daily(0)], SHARING["day"], "b", interactive=False, now=NOW) == Allowed()
    assert judged(state, [Daily(100)], Sharing({}, 0.0), "b", interactive=False, now=NOW) == Allowed()
    assert judged(state, [Daily(100)], None, "b", interactive=False, now=NOW) == Allowed()
    assert isinstance(judged(state, [Daily(100)], SHARING["day"], "b", interactive=False, now=NOW), Refused)
