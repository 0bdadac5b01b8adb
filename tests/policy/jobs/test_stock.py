"""How many jobs an app may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import result as job_result
from gateway.policy.jobs import stock as rules
from gateway.policy.jobs.result import Result
from gateway.policy.jobs.stock import MOST_HELD, MOST_KEPT, Stock
from gateway.policy.messages import Headers
from gateway.policy.names import AppName

TOOL = AppName("tool")


@pytest.mark.parametrize(
    ("stock", "most", "said", "back"),
    [
        (Stock(accepted=15, ended=5), 10, "10 jobs of app tool have not ended", 60.0),
        (Stock(MOST_KEPT, MOST_KEPT), 10, f"{MOST_KEPT} jobs of app tool are kept", 3600.0),
        (Stock(1, 0, 0, MOST_HELD), 10, "requests and results, is too much", 3600.0),
    ],
)
def test_there_is_an_end_to_them(stock: Stock, most: int, said: str, back: float) -> None:
    with pytest.raises(Fault, match=said) as refused:
        stock.check(TOOL, most=most, request="r")
    assert (refused.value.kind, refused.value.retry_after) == (Kind.TOO_MANY_JOBS, back)


@pytest.mark.parametrize(
    "stock", [Stock(), Stock(15, 6), Stock(MOST_KEPT + 7, MOST_KEPT + 7, 8), Stock(1, 0, 0, MOST_HELD - 1)]
)
def test_who_has_fewer_may_have_one_more(stock: Stock) -> None:
    stock.check(TOOL, most=10, request="r")


def test_a_result_that_finds_no_room_is_kept_without_its_body() -> None:
    result = Result(200, Headers(), b"x" * 1000, 1)
    whole = job_result.text(result)
    stock, text = Stock(2, 0, 0, MOST_HELD - len(whole) + 100).one_ended("r" * 100, result)
    assert (text, stock.held) == (whole, MOST_HELD), "the request made room for it"
    stock, text = stock.one_ended("", result)
    assert text is not None
    kept = job_result.read(text)
    assert (kept.status, kept.body, kept.omitted) == (200, b"", 1000)
    assert stock == Stock(2, 2, 0, MOST_HELD + len(text))


@given(st.lists(st.tuples(st.text(max_size=9), st.none() | st.binary(max_size=9)), max_size=30))
def test_what_was_held_is_held_no_more_when_all_is_forgotten(jobs: list[tuple[str, bytes | None]]) -> None:
    stock = Stock()
    for request, _ in jobs:
        stock = rules.read(rules.text(stock.one_more(request)))
    kept = []
    for request, body in jobs:
        stock, text = stock.one_ended(request, None if body is None else Result(200, Headers(), body, 1))
        kept.append(text)
    assert stock.held == sum(len(text) for text in kept if text is not None)
    for text in kept:
        stock = stock if text is None else stock.without(text)
    assert stock == Stock(len(jobs), len(jobs))
    assert stock.counted(0) is None
    assert stock.counted(1) == stock._replace(forgotten=max(0, len(jobs) - 1))


def test_an_app_with_an_open_job_is_not_forgotten() -> None:
    assert Stock(3, 2).counted(0) == Stock(3, 2, 2)


def test_no_record_is_no_job_and_one_of_two_numbers_is_read() -> None:
    assert rules.read(None) == Stock()
    assert rules.read("[3, 2]") == Stock(3, 2)
