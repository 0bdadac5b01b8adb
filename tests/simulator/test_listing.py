from typing import Any

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import error, got, rows


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in found]


def test_ten_rows_unless_told_otherwise(readable: Service) -> None:
    answer = got(readable, "/task/")
    assert len(answer["task"]) == 10
    assert answer["listcount"] == 120


def test_pages_are_cut_from_the_whole_list(readable: Service) -> None:
    everything = ids(rows(readable, "/task/?limit=0"))
    assert len(everything) == 120
    assert ids(rows(readable, "/task/?limit=7&offset=110")) == everything[110:117]
    assert ids(rows(readable, "/task/?limit=2147483647&offset=115")) == everything[115:]
    assert got(readable, "/task/?offset=500")["task"] == []
    assert got(readable, "/task/?offset=500")["listcount"] == 120


@pytest.mark.parametrize(
    "target", ["/task/?limit=-1", "/task/?offset=x", "/task/?sortdir=up", "/task/?sortfield=color"]
)
def test_paging_and_sorting_are_checked(readable: Service, target: str) -> None:
    assert error(readable, target) == (400, 18)


@pytest.mark.parametrize(
    ("target", "column"),
    [
        ("/client/?sortfield=name", "name"),
        ("/time/?sortfield=t.date", "date"),
        ("/time/?sortfield=date", "date"),
        ("/task/?sortfield=sev.priority", "priority"),
        ("/milestone/?sortfield=projectabel_order", "projectlabelid"),
    ],
)
def test_sorting(readable: Service, target: str, column: str) -> None:
    up = [row[column] or "" for row in rows(readable, f"{target}&sortdir=asc&limit=0")]
    down = [row[column] or "" for row in rows(readable, f"{target}&sortdir=DESC&limit=0")]
    assert [text.casefold() for text in up] == sorted(text.casefold() for text in up)
    assert [text.casefold() for text in down] == sorted((text.casefold() for text in down), reverse=True)


def test_numbers_sort_by_value(readable: Service) -> None:
    numbers = [float(row["amount"]) for row in rows(readable, "/payment/?sortfield=amount&limit=0")]
    assert numbers == sorted(numbers)


def test_expenses_come_newest_first(readable: Service) -> None:
    days = [row["date"] for row in rows(readable, "/expense/?limit=0")]
    assert days == sorted(days, reverse=True)


def test_timers_of_a_person_are_shown_with_tasks(readable: Service) -> None:
    timer = rows(readable, "/timer/?personid=2003")[0]
    plain = got(readable, f"/task/{timer['taskid']}/")["task"]
    timed = got(readable, f"/task/{timer['taskid']}/?includetimerid=2003")["task"]
    assert (plain["timerid"], plain["starttime"]) == (None, None)
    assert (timed["timerid"], timed["starttime"]) == (timer["id"], timer["starttime"])


def test_a_missing_member(readable: Service) -> None:
    assert error(readable, "/task/999/") == (404, 14)


def test_own_modules_of_projects_are_not_listed(service: Service) -> None:
    before = got(service, "/module/")["listcount"]
    own = {"projectid": 11001, "moduleid": 0, "module": "Own & new", "active": "t"}
    made = got(service, "/projectmodule/", method="POST", body=own)["projectmodule"]
    assert made["module"] == made["modulename"] == "Own &amp; new"
    assert got(service, "/module/")["listcount"] == before
