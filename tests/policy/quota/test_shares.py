"""The division of a day, as a table, and as days played through by greedy, idle and steady apps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.policy.quota import shares
from gateway.policy.quota.budget import Stamp, State
from gateway.policy.quota.closure import DAY
from gateway.policy.quota.shares import Allowed, Kept, Refused, Sharing, Standing

RULE = Sharing({"a": 0.5, "b": 0.25}, 0.02)
HALF = DAY / 2


def standing(limit: int = 1000, *, left: float = DAY, foreign: int = 0, lent: int = 0, **spent: int) -> Standing:
    return Standing(limit, sum(spent.values()) + foreign, foreign, spent, {"b": lent} if lent else {}, left)


@pytest.mark.parametrize(
    ("day", "app", "interactive", "verdict"),
    [
        (standing(), "a", False, None),
        (standing(a=499), "a", False, None),
        (standing(a=500), "a", False, None),  # b's 250 and the reserve of 20 are still there
        (standing(a=729), "a", False, None),
        (standing(a=730), "a", False, Kept.RESERVE),
        (standing(a=730), "a", True, None),
        (standing(a=750), "a", True, Kept.SHARES),
        (standing(a=750), "b", False, None),  # its own, whatever the others did
        (standing(a=750, b=249), "b", False, None),
        (standing(a=750, b=250), "b", True, Kept.SHARES),  # the day is spent
        (standing(c=229), "c", False, None),
        (standing(c=230), "c", False, Kept.RESERVE),
        (standing(c=250), "c", True, Kept.SHARES),
        (standing(left=HALF, a=730), "a", False, Kept.RESERVE),  # kept whole until noon
        (standing(left=HALF / 2, a=730), "a", False, None),  # then lent: half of b's is left
        (standing(left=HALF / 2, a=855), "a", False, Kept.RESERVE),
        (standing(left=HALF / 2, a=875), "b", False, None),
        (standing(left=HALF / 2, a=875, b=125, lent=125), "b", False, Kept.SHARES),
        (standing(left=HALF, foreign=200, a=200), "a", False, None),
        (standing(left=HALF, foreign=200, a=450), "a", False, Kept.FOREIGN),
    ],
)
def test_who_may_spend(day: Standing, app: str, interactive: bool, verdict: Kept | None) -> None:
    judged = shares.may_spend(RULE, app, day, interactive=interactive)
    assert (judged.kept if isinstance(judged, Refused) else None) == verdict


def test_the_time_to_come_back_is_true() -> None:
    day = standing(left=HALF, a=730)
    judged = shares.may_spend(RULE, "a", day, interactive=False)
    assert isinstance(judged, Refused)
    assert 0 < judged.retry_after < DAY / 200, "one of b's 250 is lent every three minutes"
    back = replace(day, left=day.left - judged.retry_after)
    early = replace(day, left=day.left - judged.retry_after + 2)
    assert shares.may_spend(RULE, "a", back, interactive=False) == Allowed()
    assert isinstance(shares.may_spend(RULE, "a", early, interactive=False), Refused)
    third = shares.may_spend(RULE, "a", day, interactive=False, ahead=2)
    assert isinstance(third, Refused)
    assert third.retry_after == pytest.approx(3 * judged.retry_after, rel=0.1)


def test_what_never_opens_before_midnight_says_midnight() -> None:
    judged = shares.may_spend(Sharing({}, 0.02), "a", standing(left=HALF, a=980), interactive=False)
    assert judged == Refused(Kept.RESERVE, HALF)


@pytest.mark.parametrize(
    ("foreign", "left", "ahead"),
    [(0, HALF, 0), (100, HALF, 100), (100, DAY * 0.25, 33), (5, DAY - 600, 20), (900, HALF, 50), (1200, HALF, 0)],
)
def test_foreign_requests_are_expected_to_go_on_as_today(foreign: int, left: float, ahead: int) -> None:
    assert int(standing(left=left, foreign=foreign).foreign_ahead) == pytest.approx(ahead, abs=1)


def test_a_state_of_yesterday_is_read_as_todays() -> None:
    noon = 20_001 * DAY + HALF
    late = Stamp("l", 20_001 * DAY + 1, "a")
    state = State((late,), 20_000, 70, foreign=3, spent={"a": 60, "b": 7}, lent={"b": 4})
    assert Standing.of(state, 100, now=noon) == Standing(100, 1, 0, {"a": 1}, {}, HALF)


@dataclass
class Account:
    """A day of an account, kept as the ledger keeps it."""

    limit: int
    rule: Sharing
    spent: dict[str, int] = field(default_factory=dict)
    lent: dict[str, int] = field(default_factory=dict)

    def ask(self, app: str, at: float, *, interactive: bool = False) -> bool:
        day = Standing(self.limit, sum(self.spent.values()), 0, dict(self.spent), dict(self.lent), DAY - at)
        if isinstance(shares.may_spend(self.rule, app, day, interactive=interactive), Refused):
            return False
        if app in self.rule.shares:
            self.lent[app] = shares.lend(self.rule, app, day)
        self.spent[app] = self.spent.get(app, 0) + 1
        assert sum(self.spent.values()) <= self.limit
        return True

    def ask_often(self, app: str, at: float, times: int, *, interactive: bool = False) -> None:
        """Ask at a part of the day until so many were granted or one was refused: the next would be refused too."""
        for _ in range(times):
            if not self.ask(app, at * DAY, interactive=interactive):
                return


PARTS = st.lists(st.integers(0, 10), min_size=4, max_size=4).filter(any)
MOMENTS = st.integers(0, 39)
GREEDY = st.lists(st.tuples(MOMENTS, MOMENTS, st.sampled_from("abcxy"), st.integers(1, 40)), max_size=8)
"""From one fortieth of the day to another an app asks again and again, so many times at once."""

Asking = tuple[float, str, int]


def asking(greedy: list[tuple[int, int, str, int]]) -> list[Asking]:
    return [(n / 40, app, times) for begin, end, app, times in greedy for n in range(begin, end + 1)]


@settings(max_examples=100, deadline=None)
@given(PARTS, GREEDY, st.integers(5, 120), st.floats(0, 0.5), st.floats(0.01, 0.99))
def test_whatever_the_others_do_who_asks_steadily_gets_the_guarantee(
    parts: list[int], greedy: list[tuple[int, int, str, int]], limit: int, begins: float, phase: float
) -> None:
    """`d` asks evenly from some moment before noon; all others as they like. The oracle is the guarantee itself."""
    rule = Sharing({app: part / max(sum(parts), 10) for app, part in zip("abcd", parts, strict=True)}, 0.02)
    promised = int(parts[3] * limit / max(sum(parts), 10) + 1e-9)
    account = Account(limit, rule)
    steady = [(begins + (1 - begins) * (n + phase) / promised, "d", 1) for n in range(promised)]
    for at, app, times in sorted([*asking(greedy), *steady]):
        account.ask_often(app, at, times, interactive=app == "x")
    assert account.spent.get("d", 0) >= promised


def test_who_comes_late_does_not_take_from_who_is_steady() -> None:
    """`c` sleeps until most of its share is lent to the greedy `a`; then it may have what is left of it, no more."""
    account, got = Account(1000, Sharing({"c": 0.5, "d": 0.3}, 0.0)), 0
    for step in range(1200):
        got += step % 4 == 2 and account.ask("d", DAY * step / 1200)
        for app in "ac" if step > 960 else "a":
            account.ask_often(app, step / 1200, 20)
    assert got == 300
    assert 190 <= account.spent["c"] <= 210, "a fifth of the day was left when it came"
    assert sum(account.spent.values()) == 1000


def test_control_without_shares_the_greedy_leave_nothing() -> None:
    account = Account(100, Sharing({}, 0.0))
    for at, app in ((0.0, "a"), (0.5, "b")):
        for _ in range(100):
            account.ask(app, at * DAY)
    assert account.spent == {"a": 100}


@given(PARTS, st.integers(50, 400))
def test_who_is_alone_may_use_all_but_the_reserve(parts: list[int], limit: int) -> None:
    """Up to one last request of each share, which is kept to the end."""
    rule = Sharing({app: part / sum(parts) for app, part in zip("abcd", parts, strict=True)}, 0.02)
    account = Account(limit, rule)
    for step in range(200):
        while account.ask("lonely", DAY * step / 200):
            pass
    while account.ask("lonely", DAY - 1):
        pass
    assert limit - int(0.02 * limit) - 4 <= account.spent["lonely"] <= limit - int(0.02 * limit)


@given(GREEDY, st.integers(100, 400))
def test_the_reserve_is_there_for_interactive_apps(greedy: list[tuple[int, int, str, int]], limit: int) -> None:
    account = Account(limit, Sharing({}, 0.02))
    for at, app, times in sorted([*asking(greedy), (0.5, "a", limit)]):
        account.ask_often(app, at, times)
    assert all(account.ask("screen", DAY - 1, interactive=True) for _ in range(int(0.02 * limit)))
