import html

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import NOON, TODAY, error, got, rows, small


def test_search_looks_through_case_and_escapes(readable: Service) -> None:
    found = rows(readable, "/client/?search=CAF%C3%89&limit=0")
    assert found
    assert all("café" in html.unescape(row["name"] + (row["description"] or "")).casefold() for row in found)


def test_search_passes_over_the_body_of_secure_notes(service: Service) -> None:
    note = {"projectid": 11001, "title": "Plain title", "note": "unmistakable", "secure": "t"}
    made = got(service, "/projectnote/", method="POST", body=note)["projectnote"]["id"]
    assert rows(service, "/projectnote/?search=unmistakable") == []
    assert [row["id"] for row in rows(service, "/projectnote/?search=plain%20title")] == [made]


def test_clients_with_active_projects(readable: Service) -> None:
    active = {row["clientid"] for row in rows(readable, "/project/?active=t&limit=0")}
    assert {row["id"] for row in rows(readable, "/client/?projectsonly=t&limit=0")} == active - {None}


def test_overdue_follows_the_clock(readable: Service) -> None:
    late = rows(readable, "/task/?overdue=t&limit=0")
    assert late
    assert all(row["datedue"] < TODAY and row["dateclosed"] is None for row in late)
    later = Service(small(clock_offset=100 * 86400.0))
    assert len(rows(later, "/task/?overdue=t&limit=0")) > len(late)


def test_without_a_task_notes_are_those_of_seven_days(readable: Service) -> None:
    recent = rows(readable, "/tasknote/?limit=0")
    assert recent
    assert all(row["date"] >= "2025-06-09 12:00:00" for row in recent)
    task = recent[0]["taskid"]
    assert any(row["date"] < "2025-06-09" for row in rows(readable, f"/tasknote/?limit=0&taskid={task},210001,210002"))
    assert error(readable, "/tasknote/?datebegin=2025-05-01&dateend=2025-05-20") == (400, 18)
    weeks = rows(readable, "/tasknote/?limit=0&datebegin=2025-05-01&dateend=2025-05-08")
    assert all("2025-05-01" <= row["date"][:10] <= "2025-05-08" for row in weeks)


def test_the_week_of_notes_moves_with_the_clock() -> None:
    options = small()
    service = Service(options)
    before = len(rows(service, "/tasknote/?limit=0"))
    options.frozen = NOON + 30 * 86400
    assert before > len(rows(service, "/tasknote/?limit=0")) == 0


def test_timers_are_of_two_kinds(readable: Service) -> None:
    of_tasks = rows(readable, "/timer/?limit=0")
    general = rows(readable, "/timer/?generaltimers=t&limit=0")
    assert all(row["taskid"] for row in of_tasks)
    assert all(row["taskid"] is None for row in general)
    assert len(rows(readable, "/timer/?gettimerinfo=t&limit=0")) == len(of_tasks) + len(general)


def test_relations(readable: Service) -> None:
    for row in rows(readable, "/task/?hastaskrelation=2002&limit=0"):
        assert "2002" in f"{row['assigneeid']},{row['ownerid']}".split(",")
    assert rows(readable, "/milestone/?hasmilestonerelation=2002&limit=0")


def test_people_of_projects_and_groups(readable: Service) -> None:
    team = {row["id"] for row in rows(readable, "/person/?projectid=11001&limit=0")}
    assert team == set(readable.world("acme").teams["11001"])
    assert all(row["groupid"] not in {"1", "2"} for row in rows(readable, "/person/?excludegroupids=1,2&limit=0"))
    assert team <= {row["id"] for row in rows(readable, "/person/?projectclientid=4501&limit=0")}


@pytest.mark.parametrize(("status", "open_"), [("outstanding", True), ("paid", False)])
def test_invoices_by_state(readable: Service, status: str, open_: bool) -> None:
    found = rows(readable, f"/invoice/?status={status}&limit=0")
    assert found
    assert all((float(row["balance"]) > 0) is open_ for row in found)
    assert error(readable, "/invoice/?status=lost") == (400, 18)


def test_time_of_active_projects_and_approved_sheets(readable: Service) -> None:
    everything = len(rows(readable, "/time/?limit=0"))
    assert 0 < len(rows(readable, "/time/?limit=0&activeonly=t")) < everything
    approved = len(rows(readable, "/time/?limit=0&approved=t"))
    assert approved + len(rows(readable, "/time/?limit=0&approved=f")) == everything
    assert len(rows(readable, "/time/?limit=0&activeonly=f")) == everything


def test_documents_by_tag_and_relation(readable: Service) -> None:
    tagged = rows(readable, "/document/?tag=brief&limit=0")
    assert tagged
    assert all("brief" in row["tags"].split(",") for row in tagged)
    related = rows(readable, "/document/?taskassignedorownedby=2002&limit=0")
    assert len(related) < len(rows(readable, "/document/?limit=0"))


def test_closed_and_undated_tasks(readable: Service) -> None:
    assert all(row["dateclosed"] is None for row in rows(readable, "/task/?excludeclosed=1&limit=0"))
    assert all(row["datedue"] is None for row in rows(readable, "/task/?hasduedate=f&limit=0"))
