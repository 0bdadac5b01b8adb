"""Fairness as scenarios with an independent oracle and a control that must fail; the rest as properties."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.policy.quota.backlog import SHARES, Line, Priority, Ticket

INTERACTIVE, NORMAL, BATCH = Priority
Seat = Ticket[str]
FairLine = Line[Seat, str]


def seat(app: str = "tool", account: str = "acme", priority: Priority = NORMAL, weight: float = 1.0) -> Seat:
    return Ticket(account, app, priority, weight)


def joined(line: FairLine, *tickets: Seat) -> list[Seat]:
    for ticket in tickets:
        assert line.join(ticket)
    return list(tickets)


def max_min(demands: Mapping[str, int], weights: Mapping[str, Fraction], supply: int) -> dict[str, Fraction]:
    """Water-filling: raise every share alike (by weight) until demand or supply ends it."""
    given_out: dict[str, Fraction] = dict.fromkeys(demands, Fraction(0))
    left, thirsty = Fraction(supply), {name for name, demand in demands.items() if demand}
    while left > 0 and thirsty:
        lowest = min((demands[name] - given_out[name]) / weights[name] for name in thirsty)
        level = min(lowest, left / sum(weights[name] for name in thirsty))
        for name in thirsty:
            given_out[name] += level * weights[name]
            left -= level * weights[name]
        thirsty = {name for name in thirsty if given_out[name] < demands[name]}
    return given_out


def test_the_oracle_itself() -> None:
    one = Fraction(1)
    assert max_min({"a": 10, "b": 2, "c": 0}, {"a": one, "b": one, "c": one}, 8) == {"a": 6, "b": 2, "c": 0}
    assert max_min({"a": 90, "b": 90}, {"a": Fraction(2), "b": one}, 30) == {"a": 20, "b": 10}
    assert max_min({"a": 1, "b": 1}, {"a": one, "b": one}, 30) == {"a": 1, "b": 1}


Serve = Callable[[dict[str, int], dict[str, Fraction], int], Counter[str]]


def fairly(demands: dict[str, int], weights: dict[str, Fraction], supply: int) -> Counter[str]:
    line: FairLine = Line(10_000)
    for app, demand in demands.items():
        joined(line, *(seat(app, weight=float(weights[app])) for _ in range(demand)))
    served = [line.next() for _ in range(min(supply, len(line)))]
    return Counter(ticket.app for ticket in served if ticket)


def first_come(demands: dict[str, int], weights: dict[str, Fraction], supply: int) -> Counter[str]:
    line = deque(app for app, demand in demands.items() for _ in range(demand))
    return Counter(islice(line, supply))


def unfairness(serve: Serve, demands: dict[str, int], weights: dict[str, Fraction], supply: int) -> Fraction:
    """The most that any app is short of its max-min share."""
    served = serve(demands, weights, supply)
    return max(share - served[app] for app, share in max_min(demands, weights, supply).items())


SCENARIOS = [
    ({"greedy": 500, "modest": 20, "tiny": 1}, {"greedy": 1, "modest": 1, "tiny": 1}, 100),
    ({"a": 100, "b": 100, "c": 100}, {"a": 1, "b": 2, "c": 5}, 160),
    ({"a": 300, "b": 3, "c": 40, "d": 40}, {"a": 4, "b": 1, "c": 1, "d": 2}, 120),
]


@pytest.mark.parametrize(("demands", "weights", "supply"), SCENARIOS)
def test_shares_are_max_min_fair_and_first_come_first_served_is_not(
    demands: dict[str, int], weights: dict[str, int], supply: int
) -> None:
    parts = {app: Fraction(weight) for app, weight in weights.items()}
    assert unfairness(fairly, demands, parts, supply) <= 2
    assert unfairness(first_come, demands, parts, supply) > 10, "the control must fail"


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 60), min_size=1), st.data())
def test_any_demand_is_served_max_min_fairly(demands: dict[str, int], data: st.DataObject) -> None:
    weights = {app: Fraction(data.draw(st.integers(1, 5))) for app in demands}
    supply = data.draw(st.integers(0, sum(demands.values())))
    assert unfairness(fairly, demands, weights, supply) <= 2


def test_classes_share_16_to_4_to_1_and_batch_does_not_starve() -> None:
    line: FairLine = Line(10_000)
    for priority in (BATCH, NORMAL, INTERACTIVE):
        joined(line, *(seat(priority=priority) for _ in range(400)))
    served = Counter(ticket.priority for _ in range(210) if (ticket := line.next()))
    assert all(abs(served[priority] - 10 * share) <= 1 for priority, share in SHARES.items())


def test_accounts_are_equals_however_many_apps_they_have() -> None:
    line: FairLine = Line(1000)
    for n in range(9):
        joined(line, *(seat(f"a{n}", "many", weight=5) for _ in range(20)))
    joined(line, *(seat("b", "one") for _ in range(50)))
    assert Counter(ticket.account for ticket in islice(line.order(), 80)) == {"many": 40, "one": 40}


def test_an_app_is_served_first_come_first_served() -> None:
    line: FairLine = Line(10)
    tickets = joined(line, *(seat() for _ in range(5)))
    line.leave(tickets[1])
    assert [line.next() for _ in range(5)] == [tickets[0], *tickets[2:], None]


def test_idling_banks_no_credit() -> None:
    line: FairLine = Line(1000)
    joined(line, *(seat("busy") for _ in range(200)))
    for _ in range(100):
        line.next()
    joined(line, *(seat("late") for _ in range(100)))
    assert Counter(ticket.app for ticket in islice(line.order(), 40)) == {"busy": 20, "late": 20}


def test_leaving_and_coming_back_is_no_shortcut() -> None:
    line: FairLine = Line(1000)
    joined(line, *(seat("queue") for _ in range(100)))
    served: Counter[str] = Counter()
    for _ in range(50):
        mine = seat("jumper")
        line.join(mine)
        ticket = line.next()
        assert ticket is not None
        served[ticket.app] += 1
        line.leave(mine)
    assert abs(served["queue"] - served["jumper"]) <= 2


def test_who_may_not_send_keeps_its_turn_and_gains_no_burst() -> None:
    line: FairLine = Line(1000)
    for account in ("closed", "open"):
        joined(line, *(seat(account, account) for _ in range(100)))
    for _ in range(50):
        ticket = line.next(lambda account: account == "open")
        assert ticket is not None
        assert ticket.account == "open"
    following = [ticket.account for ticket in islice(line.order(), 20)]
    assert following[0] == "closed"
    assert following.count("closed") <= 11


def test_nobody_eligible_is_nobody_served() -> None:
    line: FairLine = Line(10)
    joined(line, seat())
    assert line.next(lambda _: False) is None
    assert len(line) == 1


def test_the_line_is_bounded_and_every_leaver_makes_room() -> None:
    line: FairLine = Line(2)
    first, _ = joined(line, seat(), seat())
    assert line.full
    assert not line.join(seat())
    assert line.leave(first)
    assert not line.leave(first)
    assert not line.serve(first)
    assert first not in line
    assert line.join(seat())
    with pytest.raises(ValueError, match="does not wait"):
        line.ahead(first)


seats = st.builds(
    seat,
    app=st.sampled_from("abc"),
    account=st.sampled_from(["one", "two", "three"]),
    priority=st.sampled_from(Priority),
    weight=st.sampled_from([0.5, 1.0, 2.0, 7.0]),
)
steps = st.lists(
    seats.map(lambda ticket: ("join", ticket))
    | st.tuples(st.sampled_from(["next", "leave", "skip"]), st.integers(0, 99))
)


@settings(max_examples=200)
@given(steps)
def test_counts_and_forecasts_hold_under_any_joining_leaving_and_serving(moves: list[tuple[str, Seat | int]]) -> None:
    line: FairLine = Line(30)
    waiting: list[Seat] = []
    for move, argument in moves:
        gone: Seat | None = None
        if isinstance(argument, Ticket):
            if line.join(argument):
                waiting.append(argument)
        elif move == "leave" and waiting:
            gone = waiting[argument % len(waiting)]
            assert line.leave(gone)
        elif move == "next":
            gone = line.next()
            assert (gone is None) == (not waiting)
        elif move == "skip":
            gone = line.next(lambda account: account != "two")
            assert gone is None or gone.account != "two"
        if gone is not None:
            waiting.remove(gone)
        assert len(line) == len(waiting)
        assert line.full == (len(waiting) >= 30)
        assert {priority: line.waiting(priority) for priority in Priority} == {
            priority: sum(ticket.priority is priority for ticket in waiting) for priority in Priority
        }
        assert line.accounts() == {ticket.account for ticket in waiting}
        assert set(line.tickets("two")) == {ticket for ticket in waiting if ticket.account == "two"}
        played = list(line.order())
        assert sorted(map(id, played)) == sorted(map(id, waiting))
        assert [line.ahead(ticket) for ticket in played] == list(range(len(played)))
        some = list(line.order(lambda account: account != "two"))
        assert [line.ahead(ticket, lambda account: account != "two") for ticket in some] == list(range(len(some)))
    predicted = list(line.order())
    assert [line.next() for _ in predicted] == predicted, "nobody starves"
    assert len(line) == 0


def test_who_waits_for_an_account_is_known_by_app_and_class() -> None:
    line = FairLine(10)
    first, second, _, screen = joined(
        line, seat("a"), seat("a"), seat("b", account="other"), seat("screen", priority=INTERACTIVE)
    )
    assert sorted(line.flows("acme")) == [("a", NORMAL, 2), ("screen", INTERACTIVE, 1)]
    assert [line.place(ticket) for ticket in (first, second, screen)] == [0, 1, 0]
    line.leave(first)
    assert line.place(second) == 0
    assert line.flows("nobody") == []
    with pytest.raises(ValueError, match="does not wait"):
        line.place(first)
