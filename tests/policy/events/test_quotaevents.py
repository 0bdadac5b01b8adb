from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from gateway.policy.events import quotaevents
from gateway.policy.events.quotaevents import Day, Occurrence, Told
from gateway.policy.names import AccountName
from gateway.policy.quota import closure
from gateway.policy.quota.closure import Reason

NOON = 20_000 * 86_400.0 + 43_200.0
QUIET = Day(
    account=AccountName("acme"),
    now=NOON,
    number=20_000,
    limit=1000,
    used=100,
    left=43_200.0,
    foreign=0,
    foreign_ahead=0,
    dry_at=math.inf,
    per_hour=0.0,
    closed=None,
)
SUSPENDED = closure.shut(Reason.SUSPENDED, status=503, api_code=4, can_pass=True, now=NOON - 60)
BANNED = closure.shut(Reason.BANNED, status=418, api_code=5, can_pass=False, now=NOON - 30)


def told(before: Told = Told(), **changes: Any) -> tuple[Told, list[str]]:  # noqa: B008 a frozen value
    after, notices = quotaevents.due(before, replace(QUIET, **changes), levels=(0.8, 0.95), foreign=0.05)
    assert all(notice.account == "acme" for notice in notices)
    return after, [notice.type.removeprefix("quota.") for notice in notices]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"used": 799}, []),
        ({"used": 800}, ["warning"]),
        ({"used": 970}, ["warning"]),  # both levels at once are one warning
        ({"used": 1000}, ["warning", "spent"]),
        ({"used": 1200}, ["warning", "spent"]),
        ({"limit": 0, "used": 5000, "foreign": 900}, []),
        ({"foreign": 50}, []),
        ({"foreign": 51}, ["foreign"]),
        ({"dry_at": NOON + 3600}, ["forecast"]),
        ({"closed": closure.spent(NOON)}, ["spent"]),
        ({"closed": closure.spent(NOON - 43_200.0 + 30), "now": NOON - 43_200.0 + 40}, []),  # of the day before
        ({"closed": SUSPENDED}, ["suspended"]),
        ({"closed": replace(SUSPENDED, reason=Reason.UNPAID)}, ["suspended"]),
        ({"closed": replace(SUSPENDED, reason=Reason.INACTIVE)}, ["suspended"]),
        ({"closed": BANNED}, ["banned"]),
        (
            {"used": 960, "foreign": 400, "dry_at": NOON + 9, "closed": SUSPENDED},
            ["foreign", "warning", "forecast", "suspended"],
        ),
    ],
)
def test_what_is_told_first_and_never_again_of_the_same(changes: dict[str, Any], words: list[str]) -> None:
    after, found = told(**changes)
    assert found == words
    assert told(after, **changes) == (after, [])
    assert quotaevents.load(after.text) == after


def test_each_level_is_told_when_it_is_reached() -> None:
    after, first = told(used=810)
    after, none = told(after, used=900)
    after, second = told(after, used=950)
    assert (first, none, second) == (["warning"], [], ["warning"])
    assert told(after, used=500)[1] == [], "a plan that grows makes no level reached again"


def test_a_new_day_tells_anew() -> None:
    after, _ = told(used=1000, foreign=100)
    after, found = told(after, number=20_001, used=0, now=NOON + 43_210)
    assert found == ["recovered"]
    assert told(after, number=20_001, used=801, foreign=60)[1] == ["foreign", "warning"]


def test_a_closure_is_told_until_it_is_over() -> None:
    after, first = told(closed=SUSPENDED)
    after, graver = told(after, closed=BANNED)
    after, same = told(after, number=20_001, closed=BANNED)
    after, over = told(after, number=20_001)
    after, again = told(after, number=20_001, closed=replace(SUSPENDED, since=NOON + 90_000))
    assert [first, graver, same, over, again] == [["suspended"], ["banned"], [], ["recovered"], ["suspended"]]


def test_a_larger_plan_ends_a_spent_day() -> None:
    after, _ = told(used=1000)
    assert told(after, used=1000, limit=2000)[1] == ["recovered"]


def test_a_notice_says_how_it_stands_and_when_it_ends() -> None:
    _, (notice,) = quotaevents.due(Told(), replace(QUIET, used=801), levels=(0.8, 0.95), foreign=0.05)
    assert notice.type == "quota.warning"
    assert notice.data == {
        "limit": 1000,
        "used": 801,
        "remaining": 199,
        "foreign": 0,
        "reset_at": "2024-10-05T00:00:00Z",
        "level": 0.8,
    }
    _, (notice,) = quotaevents.due(Told(), replace(QUIET, closed=SUSPENDED), levels=(), foreign=0.05)
    assert {name: notice.data[name] for name in ("reason", "told_by", "status", "api_code", "since", "retry_at")} == {
        "reason": "suspended",
        "told_by": "upstream",
        "status": 503,
        "api_code": 4,
        "since": "2024-10-04T11:59:00Z",
        "retry_at": "2024-10-04T12:01:00Z",
    }
    _, (notice,) = quotaevents.due(Told(), replace(QUIET, closed=BANNED), levels=(), foreign=0.05)
    assert notice.data["retry_at"] is None


def test_the_same_occurrence_has_the_same_id_and_others_have_others() -> None:
    def ids(**changes: Any) -> list[str]:
        return [it.id for it in quotaevents.due(Told(), replace(QUIET, **changes), levels=(0.8, 0.95), foreign=0.05)[1]]

    assert ids(used=801) == ids(used=820, now=NOON + 60)
    every = [ids(used=801), ids(used=951), ids(used=801, number=20_001), ids(used=801, account=AccountName("globex"))]
    every += [ids(closed=SUSPENDED), ids(closed=replace(SUSPENDED, since=1.0)), ids(foreign=99), ids(dry_at=NOON)]
    assert len({it for found in every for it in found}) == len(every)


def test_notices_of_one_look_are_in_their_order() -> None:
    _, notices = quotaevents.due(Told(), replace(QUIET, used=1000, foreign=99), levels=(0.8,), foreign=0.05)
    assert [it.at for it in notices] == sorted({it.at for it in notices})
    assert {it.type for it in Occurrence} >= {it.type for it in notices}
