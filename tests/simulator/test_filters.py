from collections.abc import Callable
from typing import Any

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import rows, small

Row = dict[str, Any]

EQUALITIES: list[tuple[str, str, Callable[[Row], bool]]] = [
    ("client", "active=f", lambda row: row["active"] == "f"),
    ("client", "active=true", lambda row: row["active"] == "t"),
    ("client", "active=0", lambda row: row["active"] == "f"),
    ("client", "localid=3", lambda row: row["localid"] == "0003"),
    ("client", "localid=0003,5", lambda row: row["localid"] in {"0003", "0005"}),
    ("project", "clientid=-1", lambda row: row["clientid"] is None),
    ("project", "clientid=4501,-1", lambda row: row["clientid"] in {None, "4501"}),
    ("project", "managerid=2001", lambda row: "2001" in (row["managerid"] or "").split(",")),
    ("project", "labelid=1,2", lambda row: row["labelid"] in {"1", "2"}),
    ("task", "assigneeid=-1", lambda row: row["assigneeid"] is None),
    ("task", "milestoneid=-1", lambda row: row["milestoneid"] is None),
    ("task", "clientid=-1", lambda row: row["clientid"] is None),
    ("task", "statusid=1,2", lambda row: row["statusid"] in {"1", "2"}),
    ("task", "assigneeid=2002", lambda row: "2002" in (row["assigneeid"] or "").split(",")),
    ("task", "personid=2002", lambda row: "2002" in (row["assigneeid"] or "").split(",")),
    ("task", "title=KICK-OFF%20MEETING", lambda row: row["title"] == "Kick-off meeting"),
    ("task", "dateduebegin=2025-06-01", lambda row: (row["datedue"] or "") >= "2025-06-01"),
    ("task", "datedueend=2025-06-01", lambda row: row["datedue"] is not None and row["datedue"] <= "2025-06-01"),
    ("task", "datemodifiedbegin=2025-06-01", lambda row: row["datemodified"] >= "2025-06-01"),
    ("project", "dateend=2025-06-16", lambda row: row["dateend"] == "2025-06-16"),
    ("project", "dateendbegin=2025-06-16", lambda row: (row["dateend"] or "") >= "2025-06-16"),
    ("project", "dateendend=2025/06/16", lambda row: row["dateend"] is not None and row["dateend"] <= "2025-06-16"),
    ("time", "billable=f", lambda row: row["billable"] == "f"),
    ("time", "clientid=-1", lambda row: row["clientid"] is None),
    ("time", "taskid=210001,210002", lambda row: row["taskid"] in {"210001", "210002"}),
    ("invoice", "datebegin=2025-04-01", lambda row: row["date"] >= "2025-04-01"),
    ("expense", "clientid=4501", lambda row: row["clientid"] == "4501"),
    ("payment", "typeid=2", lambda row: row["typeid"] == "2"),
    ("document", "datebegin=2025-01-01", lambda row: row["datemodified"][:10] >= "2025-01-01"),
    ("projectmodule", "projectid=11001,11002", lambda row: row["projectid"] in {"11001", "11002"}),
]


@pytest.mark.parametrize(
    ("resource", "query", "holds"), EQUALITIES, ids=[f"{name}-{query}" for name, query, _ in EQUALITIES]
)
def test_a_filter_leaves_exactly_the_rows_it_names(
    readable: Service, resource: str, query: str, holds: Callable[[Row], bool]
) -> None:
    everything = rows(readable, f"/{resource}/?limit=0")
    assert rows(readable, f"/{resource}/?limit=0&{query}") == [row for row in everything if holds(row)]


def test_filters_add_up(readable: Service) -> None:
    both = rows(readable, "/task/?limit=0&statusid=1&priorityid=3")
    assert both == [row for row in rows(readable, "/task/?limit=0&statusid=1") if row["priorityid"] == "3"]


def test_an_empty_parameter_counts_as_not_given(readable: Service) -> None:
    assert rows(readable, "/client/?active=&limit=0") == rows(readable, "/client/?limit=0")


def test_ends_can_be_exclusive() -> None:
    service = Service(small(inclusive_ends=False))
    day = rows(service, "/time/?limit=1")[0]["date"]
    assert all(row["date"] > day for row in rows(service, f"/time/?limit=0&datebegin={day}"))
    assert all(row["date"] < day for row in rows(service, f"/time/?limit=0&dateend={day}"))
    assert rows(service, f"/time/?limit=0&date={day}")


def test_a_saved_filter_stands_for_its_parameters(readable: Service) -> None:
    saved = rows(readable, "/tasklistfilter/")[0]
    assert saved["personid"] == "2001"
    by_hand = rows(readable, "/task/?limit=0&overdue=t&assigneeid=2001")
    assert rows(readable, f"/task/?limit=0&tasklistfilterid={saved['id']}") == by_hand
    assert rows(readable, "/task/?tasklistfilterid=1") == []
