import json

from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator.journal import Arrival, Journal, most_within


def arrival(at: float, address: str = "a", target: str = "/task/5/?x=1", code: int = 0) -> Arrival:
    return Arrival(at, address, "acme", "token", "GET", target, "*/*", 400 if code else 200, code)


def test_it_never_grows_beyond_its_bound() -> None:
    journal = Journal(bound=3)
    journal.extend(arrival(at) for at in range(5))
    assert [entry.at for entry in journal] == [2, 3, 4]


def test_selection_and_refusals() -> None:
    journal = Journal()
    journal.extend([arrival(0), arrival(1, target="/client"), arrival(2, code=12), arrival(3, code=17)])
    assert [entry.at for entry in journal.select("GET", "task")] == [0, 2, 3]
    assert journal.select("PUT") == []
    assert [entry.at for entry in journal.refused] == [2]


def test_the_worst_window_is_that_of_one_address() -> None:
    journal = Journal()
    journal.extend([arrival(at) for at in (0, 1, 10, 10.5)] + [arrival(at, "b") for at in (0, 0.5, 1)])
    assert journal.worst_window(10) == 3
    assert Journal().worst_window(10) == 0


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(1, 20))
def test_most_within_is_what_counting_every_window_finds(stamps: list[int], period: int) -> None:
    slow = max((sum(t - period < stamp <= t for stamp in stamps) for t in stamps), default=0)
    assert most_within(sorted(float(stamp) for stamp in stamps), period) == slow


def test_summary() -> None:
    journal = Journal()
    journal.extend([arrival(0), arrival(1, code=11)])
    told = json.loads(journal.summary(60, last=1))
    assert told["worst_window"] == {"period": 60, "requests": 2}
    assert told["by_resource"] == {"task": 2}
    assert [entry["at"] for entry in told["refused"]] == [1]
    assert [entry["at"] for entry in told["arrivals"]] == [1]
    assert json.loads(journal.summary(60, last=0))["arrivals"] == []
