"""The content of the status page; how it looks and works in a browser is in `tests/journeys/test_status_page.py`."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from gateway.policy.names import AccountName
from gateway.web.status_page import Refusal, Status, Stored, Telling, Traffic
from gateway.web.status_view import content
from tests.web.standings import GLOBEX, STATUS
from tests.web.test_quota_api import ACME, DAY, DRY, NOON


def words(status: Status) -> str:
    """The text of the content, which is also well-formed markup; words between tags apart."""
    return " ".join(ET.fromstring(f"<main>{content(status)}</main>").itertext())


@pytest.mark.parametrize(
    "told",
    [
        "As of 12:00:00 GMT. Counts since 04 Oct 11:00 GMT.",
        "Account acme: at this pace its day does not last.",
        "130 of 6,000 used (2%)",
        "Dry at 16:40 GMT at this pace (1,235 an hour).",
        "30 of them past the gateway.",
        "New day at 00:00 GMT, in 12 h 0 min.",
        "Closed since 04 Oct 12:00 GMT, until 05 Oct 00:00 GMT: its day is spent.",
        "Who joins now waits 13 s. Under way: 3.",
        "37 of 100 used (37%)",
        "All of it is free again in 42 s.",
        "3.0 of 256 MiB used",
        "Answered for nothing 70.0%",
        "Evicted 4 size",
        "tool 200 1,200 100 1,100 3",
        "report 0 of 4,752 0 0 0 0",
        "Waiting: 12, the oldest for 1 min 15 s. Given up: 4.",
        "billing failing 1,200 30 4",
        "chat active 7 0 0",
        "api 2 active, 1 retrying 0 0 0",
        "waiting 3 running 1 completed 1,020",
        "11:59:59 tool: GET client The upstream says that requests come too fast (429)",
        "11:59:58 acme time 403, API code 10",
        "11:59:57 acme time none came",
    ],
)
def test_it_tells(told: str) -> None:
    assert told in words(STATUS)


def test_a_quiet_gateway_tells_that_nothing_happened() -> None:
    gate = replace(STATUS.gate, days={ACME: replace(DAY, limit=0, foreign=0)}, closures={})
    idle = Stored(0, 0, 1, {}, {})
    quiet = replace(
        STATUS,
        gate=gate,
        forecasts={},
        apps={},
        resources={},
        stored=idle,
        refusals=(),
        errors=(),
        telling=Telling(),
        jobs={},
    )
    told = words(quiet)
    for said in (
        "Nothing: every account is open and its day lasts.",
        "130 used, no limit is set",
        "No forecast yet.",
        "no reads yet",
        "No app is configured.",
        "None yet.",
        "Nobody subscribes.",
        "Nothing was ever put off.",
        "Waiting: 0. Given up: 0.",
    ):
        assert said in told


def test_a_pause_is_told_with_its_end() -> None:
    assert "Paused for 1 min 5 s." in words(replace(STATUS, gate=replace(STATUS.gate, pause_left=65.0)))


@pytest.mark.parametrize(
    ("used", "dry_at", "per_hour", "told"),
    [
        (6_000, NOON, 9.0, "Spent."),
        (5, math.inf, 0.3, "Safe at this pace (fewer than 1 an hour)."),
        (5, math.inf, 12.3, "Safe at this pace (12 an hour)."),
    ],
)
def test_the_day_is_foretold(used: int, dry_at: float, per_hour: float, told: str) -> None:
    gate = replace(STATUS.gate, days={ACME: replace(DAY, used=used)})
    forecast = replace(DRY, dry_at=dry_at, per_hour=per_hour)
    assert told in words(replace(STATUS, gate=gate, forecasts={ACME: forecast}))


@pytest.mark.parametrize(("used", "looks"), [(5_399, "well"), (5_400, "nearly"), (6_000, "full"), (7_000, "full")])
def test_a_bar_warns_and_stays_within_its_ends(used: int, looks: str) -> None:
    gate = replace(STATUS.gate, days={ACME: replace(DAY, used=used)}, closures={})
    bar = ET.fromstring(f"<main>{content(replace(STATUS, gate=gate))}</main>").find(".//article/svg")
    assert bar is not None
    assert bar.attrib["class"] == f"meter {looks}"
    assert int(bar.attrib["aria-valuenow"]) == min(used, 6_000)
    assert float(bar[1].attrib["width"]) <= 100


def test_a_name_is_never_markup() -> None:
    nasty = '<img src=x onerror="x">&'
    gate = replace(STATUS.gate, days={AccountName(nasty): DAY, GLOBEX: DAY})
    refusal = Refusal(NOON, nasty, nasty, nasty, "too_fast", 429)
    traffic = {nasty: Traffic(2, 1)}
    page = content(replace(STATUS, gate=gate, apps=traffic, resources=traffic, refusals=(refusal,)))
    assert "<img" not in page
    assert page.count("&lt;img") >= 7


def test_what_happened_again_and_again_is_told_once() -> None:
    again = [replace(STATUS.refusals[0], at=NOON - number) for number in range(3)]
    other = replace(again[0], kind="timed_out", at=NOON - 3)
    errors = [replace(STATUS.errors[0], at=NOON - number) for number in range(2)]
    told = words(replace(STATUS, refusals=(*again, other, again[0]), errors=tuple(errors)))
    assert "12:00:00 tool: GET client, 3 times The upstream says" in told
    assert "11:59:57 tool: GET client The caller's patience ended" in told
    assert told.count("tool: GET client") == 3
    assert "12:00:00 acme time 403, API code 10, 2 times" in told
