from __future__ import annotations

import json
from collections import Counter

import pytest

from gateway.demo.workload import APPS, LENGTH, Call, workload

CALLS = workload()


def test_the_same_seed_gives_the_same_requests() -> None:
    assert workload() == CALLS
    assert workload(seed=1) != CALLS


def test_requests_come_in_the_order_of_time_and_from_every_app() -> None:
    assert [call.at for call in CALLS] == sorted(call.at for call in CALLS)
    assert 0 <= CALLS[0].at <= CALLS[-1].at <= LENGTH
    assert {call.app for call in CALLS} == set(APPS)


def test_one_request_in_twenty_writes() -> None:
    writes = sum(call.method != "GET" for call in CALLS)
    assert 0.04 < writes / len(CALLS) < 0.06


@pytest.mark.parametrize("app", APPS)
def test_an_app_speaks_what_the_table_says(app: str) -> None:
    spoken = {"XML" if call.xml else "JSON" for call in CALLS if call.app == app}
    assert spoken == {APPS[app].speaks}


def test_fifty_callers_ask_for_one_resource_at_once_in_both_formats() -> None:
    together = Counter((call.at, call.target) for call in CALLS)
    bursts = [moment for moment, callers in together.items() if callers >= 50]
    assert len(bursts) == 3
    for moment in bursts:
        assert {call.xml for call in CALLS if (call.at, call.target) == moment} == {True, False}


def test_few_rows_are_read_often_and_many_seldom() -> None:
    read = Counter(call.target for call in CALLS if call.app == "mobile" and call.target.startswith("/project/110"))
    times = [often for _, often in read.most_common()]
    assert times[0] > 4 * times[-1]
    assert len(times) >= 10


def test_reports_page_with_offset() -> None:
    pages = [call.target for call in CALLS if call.app == "reports"]
    assert len(set(pages)) == 5
    assert all("offset=" in page for page in pages)


@pytest.mark.parametrize("call", [call for call in CALLS if call.body][:20])
def test_bodies_are_what_they_say(call: Call) -> None:
    if call.xml:
        assert call.body.startswith("<tasknote>")
    else:
        assert isinstance(json.loads(call.body), dict)
