from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.demo.tally import Tally, total

NAME = "intervals-gateway"


@pytest.mark.parametrize(
    ("method", "cache_status", "cost", "counted"),
    [
        ("GET", f"{NAME}; hit; ttl=4", 0, Tally(hits=1)),
        ("GET", f"{NAME}; hit; ttl=4; detail=selected", 0, Tally(hits=1, selected=1)),
        ("GET", f"{NAME}; fwd=uri-miss; collapsed; ttl=59", 0, Tally(collapsed=1)),
        ("GET", f"{NAME}; fwd=uri-miss; fwd-status=200; stored", 1, Tally(spent=1)),
        ("POST", f"{NAME}; fwd=method; fwd-status=201", 1, Tally(spent=1, writes=1)),
    ],
)
def test_an_answer_is_counted_by_its_fields(method: str, cache_status: str, cost: int, counted: Tally) -> None:
    tally = Tally()
    tally.answer(200, {"Cache-Status": cache_status, "Quota-Cost": str(cost)}, method=method, xml=False)
    assert tally == replace(counted, requests=1)
    assert tally.answered == 1


@pytest.mark.parametrize(("milliseconds", "waited"), [("99.9", 0), ("100.0", 1), ("4200.0", 1)])
def test_a_wait_in_line_is_counted_from_a_tenth_of_a_second(milliseconds: str, waited: int) -> None:
    tally = Tally()
    tally.answer(200, {"Server-Timing": f"queue;dur={milliseconds}, gateway;dur=1.0"}, method="GET", xml=True)
    assert (tally.waited, tally.xml) == (waited, 1)
    assert tally.longest_wait == pytest.approx(float(milliseconds) / 1000)


def test_a_refused_request_is_not_an_answered_one() -> None:
    tally = Tally()
    tally.answer(429, {}, method="GET", xml=False)
    assert (tally.requests, tally.refused, tally.answered) == (1, 1, 0)


def test_what_nobody_asked_for_is_told() -> None:
    tally = Tally()
    tally.answer(404, {"Quota-Cost": "1"}, method="GET", xml=False)
    tally.fail("no answer")
    assert tally.unexpected == {"GET answered 404": 1, "no answer": 1}
    assert (tally.requests, tally.spent, tally.answered) == (2, 1, 0)


def test_tallies_add_up() -> None:
    one, other = Tally(requests=2, hits=1, longest_wait=0.2), Tally(requests=3, longest_wait=0.1)
    other.fail("no answer")
    whole = total([one, other])
    assert (whole.requests, whole.hits, whole.longest_wait) == (6, 1, 0.2)
    assert whole.unexpected.total() == 1
