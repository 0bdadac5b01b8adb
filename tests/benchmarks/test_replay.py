"""The replayed day: what it claims of other caches holds on small cases, and a small day keeps its promises."""

from __future__ import annotations

import pytest

from benchmarks.replay.account import Account
from benchmarks.replay.day import Day
from benchmarks.replay.habits import OFFICE
from benchmarks.replay.lookups import look_ups
from benchmarks.replay.oracle import FLOOR, ORACLE, PER_URL, PER_URL_TRUE, Asked, Design, spent
from benchmarks.replay.playing import Played, replay
from benchmarks.replay.report import report
from gateway.simulator.clock import Clock
from gateway.simulator.seed import build
from tests.fakes.exchange import ROWS
from tests.simulator.asking import small


def asked(at: float, target: str, method: str = "GET", *, xml: bool = False, status: int = 200, by: str = "a") -> Asked:
    path, _, query = target.partition("?")
    match = ROWS.match(path)
    assert match is not None
    return Asked(at, by, method, match, query, xml, status)


WHOLE = (asked(0, "/client/"), asked(1, "/client/?active=t&limit=5", xml=True), asked(2, "/client/4501/"))
PAGES = (asked(0, "/task/?limit=50"), asked(1, "/task/?offset=50&limit=50"), asked(2, "/task/210001/"))
LATER = (asked(0, "/client/"), asked(899, "/client/"), asked(900, "/client/"), asked(1799, "/client/4501/"))
WRITTEN = (*PAGES, asked(3, "/task/210001/", "PUT", status=202), asked(4, "/task/210001/"), asked(5, "/task/?limit=50"))
RENAMED = (*WHOLE, asked(3, "/client/4501/", "PUT", status=202), asked(4, "/client/4501/"), asked(5, "/client/"))
REFUSED = (
    *WHOLE,
    asked(3, "/client/4501/", "PUT", status=400),
    asked(4, "/client/"),
    asked(5, "/client/1/", status=404),
)
ADDED = (asked(0, "/client/", by="b"), asked(1, "/client/", "POST", status=201), asked(2, "/client/", by="b"))
SEARCHED = (*WHOLE, asked(3, "/client/?search=x"), asked(4, "/client/?search=y"), asked(5, "/client/?search=x"))


@pytest.mark.parametrize(
    ("requests", "plain", "heeding", "oracle", "floor"),
    [
        pytest.param(WHOLE, 3, 3, 1, 1, id="a whole list answers what its rows decide, in both formats"),
        pytest.param(PAGES, 3, 3, 2, 1, id="pages of one list come together"),
        pytest.param(LATER, 3, 3, 2, 2, id="once in a lifetime, from when it is first needed"),
        pytest.param(WRITTEN, 5, 6, 4, 2, id="a written row is known, the pages it is on are not"),
        pytest.param(RENAMED, 5, 6, 2, 2, id="a whole list survives a write to its resource"),
        pytest.param(REFUSED, 5, 5, 3, 3, id="what was refused changes nothing and is not stored"),
        pytest.param(ADDED, 3, 3, 3, 3, id="whether others see a new row is not known"),
        pytest.param(SEARCHED, 5, 5, 3, 1, id="what rows do not decide is asked by itself"),
    ],
)
def test_each_design_asks_for_what_it_cannot_know(
    requests: tuple[Asked, ...], plain: int, heeding: int, oracle: int, floor: int
) -> None:
    designs: tuple[Design, ...] = (PER_URL, PER_URL_TRUE, ORACLE, FLOOR)
    counted = [spent(requests, design, ROWS).total for design in designs]
    assert counted == [plain, heeding, oracle, floor]


def test_a_plain_cache_answers_from_before_a_write() -> None:
    booked = (asked(0, "/task/"), asked(1, "/time/", "POST", status=201), asked(2, "/task/"))
    assert spent(booked, PER_URL, ROWS).untrue == 1
    assert spent(booked, PER_URL_TRUE, ROWS).untrue == 0


@pytest.mark.parametrize("day", [OFFICE, look_ups(), look_ups(0.2)])
def test_a_day_is_the_same_for_the_same_seed_and_holds_every_tool(day: Day) -> None:
    options = small()
    account = Account(build("acme", Clock(options), options), 1)
    calls = day.calls(account, 1)
    assert calls == day.calls(account, 1) != day.calls(account, 2)
    assert {call.tool for call in calls} == day.tools.keys()
    assert 0.03 < sum(call.method != "GET" for call in calls) / len(calls) < 0.07


@pytest.fixture(scope="module")
def played() -> Played:
    return replay(OFFICE, seed=1, scale=0.05, share=0.3, verify=0.0)


def test_every_answer_is_true_and_nobody_is_refused(played: Played) -> None:
    assert len(played.asked) == len(played.calls) > 500
    assert (played.witness.wrong, played.refused, played.overruns) == ([], [], 0)
    assert played.witness.verdicts["older by changes in the browser, within the lifetime"]


def test_on_a_day_of_look_ups_only_writes_and_whole_lists_are_sent() -> None:
    played = replay(look_ups(), seed=1, scale=0.05, share=0.2, verify=0.0)
    assert (played.witness.wrong, played.refused, played.overruns) == ([], [], 0)
    whole = {sent.query for sent in played.sent if sent.method == "GET"}
    assert whole == {"limit=2147483647"}
    assert len(played.sent) * 5 <= spent(played.asked, PER_URL, ROWS).total


def test_nothing_asks_for_less_than_the_oracle_and_that_for_no_less_than_the_floor(played: Played) -> None:
    everything = len(played.asked)
    heeding, oracle, floor = (spent(played.asked, it, ROWS).total for it in (PER_URL_TRUE, ORACLE, FLOOR))
    assert floor <= oracle <= len(played.sent) <= heeding <= everything


def test_the_report_accounts_for_every_request(played: Played) -> None:
    lines = list(report(played, ROWS))
    assert lines[0].startswith(f"an office: {len(played.calls):,} requests of 8 tools")
    oracle = spent(played.asked, ORACLE, ROWS).total
    assert lines[-1].startswith("outcomes: ")
    assert any(line.split()[:3] == ["all", f"{oracle:,}", f"{len(played.sent):,}"] for line in lines)
