from datetime import date
from typing import Any

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import NOON, TODAY, ask, error, got, rows, small

TIME = {"worktypeid": 1, "personid": 2001, "date": TODAY, "time": 1, "billable": "t"}


def post(service: Service, name: str, body: dict[str, Any], **request: Any) -> dict[str, Any]:
    made: dict[str, Any] = got(service, f"/{name}/", method="POST", body=body, **request)[name]
    return made


def test_time_is_general_or_belongs_to_a_task(service: Service) -> None:
    assert error(service, "/time/", method="POST", body=TIME) == (400, 18)
    assert error(service, "/time/", method="POST", body=TIME | {"projectid": 11001}) == (400, 18)
    general = post(service, "time", TIME | {"projectid": 11001, "moduleid": 2})
    assert (general["taskid"], general["task"], general["client"] != "") == (None, "", True)
    task = rows(service, "/task/?projectid=11001&limit=1")[0]
    of_task = post(service, "time", TIME | {"taskid": task["id"], "projectid": 11002, "moduleid": 7})
    assert (of_task["projectid"], of_task["moduleid"]) == ("11001", task["moduleid"])
    assert of_task["datemodified"] == "2025-06-16 12:00:00"


def test_the_work_type_must_be_the_project_s(service: Service) -> None:
    body = TIME | {"projectid": 11001, "moduleid": 1, "worktypeid": 7}
    assert error(service, "/time/", method="POST", body=body) == (400, 18)


def test_a_timer_starts_now_and_moves_with_the_clock() -> None:
    options = small()
    service = Service(options)
    timer = post(service, "timer", {"personid": 2001, "name": "Phone"})
    assert (timer["starttime"], timer["isrunning"], timer["time"]) == ("2025-06-16 12:00:00", "t", "0")
    options.clock_offset = 90
    running = got(service, f"/timer/{timer['id']}")["timer"]
    assert (running["timelapsed"], running["totaltime"]) == ("90", "90")
    paused = got(service, f"/timer/{timer['id']}", method="PUT", body={"time": 90, "starttime": None})["timer"]
    options.clock_offset = 500
    assert got(service, f"/timer/{timer['id']}")["timer"] == paused
    assert (paused["isrunning"], paused["totaltime"], paused["starttime"]) == ("f", "90", None)


def test_one_timer_per_person_and_task(service: Service) -> None:
    task = rows(service, "/task/")[0]["id"]
    post(service, "timer", {"personid": 2001, "taskid": task})
    assert error(service, "/timer/", method="POST", body={"personid": 2001, "taskid": task}) == (400, 18)


def test_contacts_are_read_under_other_names(service: Service) -> None:
    body = {"personid": 2003, "value": "a@b.example", "contacttypeid": 1, "contactdescriptorid": 2}
    made = post(service, "personcontact", body, token="acmeresou01")
    assert list(made) == [
        "id", "personid", "value", "contact_type_id", "contact_descriptor_id", "contacttype", "contactdescriptor",
    ]  # fmt: skip
    assert (made["contact_type_id"], made["contactdescriptor"]) == ("1", "Home")
    assert error(service, "/personcontact/", method="POST", body=body | {"contactdescriptorid": 5}) == (400, 18)
    other = body | {"personid": 2002}
    assert error(service, "/personcontact/", method="POST", body=other, token="acmeresou01") == (403, 10)
    own = rows(service, "/personcontact/?personid=2002")[0]["id"]
    assert error(service, f"/personcontact/{own}", method="DELETE", token="acmeresou01") == (403, 10)


def test_people_who_log_in_need_mail_and_group(service: Service) -> None:
    body = {"firstname": "N", "private": "f", "active": "t"}
    assert post(service, "person", body)["localid"] == "0013"
    assert error(service, "/person/", method="POST", body=body | {"username": "n"}) == (400, 18)
    login = {"username": "n", "email": "n@a.example", "groupid": 2, "password": "p"}
    made = post(service, "person", body | login)
    assert made["group"] == "Manager"
    assert not {"password", "email"} & made.keys()


def test_tasks_close_and_open_with_their_status(service: Service) -> None:
    number = rows(service, "/task/?statusid=1")[0]["id"]
    assert got(service, f"/task/{number}", method="PUT", body={"statusid": 5})["task"]["dateclosed"] == TODAY
    assert got(service, f"/task/{number}", method="PUT", body={"statusid": 1})["task"]["dateclosed"] is None


def test_requests(service: Service) -> None:
    made = post(service, "request", {"personid": 2003, "priorityid": 1, "title": "Help"}, token="acmeresou01")
    assert (made["datedue"], made["person"]) == ("2025-06-23", "Chloé " + made["person"].removeprefix("Chloé "))
    number = made["id"]
    body = {"title": "Help!"}
    assert error(service, f"/request/{number}", method="PUT", body=body, token="acmeexecu01") == (403, 10)
    assert ask(service, f"/request/{number}", method="PUT", body=body, token="acmeresou01").status == 202


def test_notes_carry_their_author_and_executives_write_in_public(service: Service) -> None:
    made = post(service, "milestonenote", {"milestoneid": 31001, "note": "n", "public": "f"}, token="acmeexecu01")
    assert (made["authorid"], made["public"], made["date"]) == ("2004", "t", "2025-06-16 12:00:00")


def test_expenses_are_the_caller_s_unless_told(service: Service) -> None:
    made = post(service, "expense", {"projectid": 11001, "date": TODAY, "expense": "5.50", "fee": 0})
    assert (made["personid"], made["expense"]) == ("2001", "5.5")


@pytest.mark.parametrize(("amount", "right"), [(6, True), ("6.0", True), (5, False)])
def test_amounts_of_lines_must_be_the_product(service: Service, amount: object, right: bool) -> None:
    body = {"invoiceid": 130001, "name": "L", "quantity": 2, "rate": 3, "amount": amount}
    assert (ask(service, "/invoiceitem/", method="POST", body=body).status == 201) is right


def test_generated_lines_keep_all_but_their_description(service: Service) -> None:
    line = next(row for row in rows(service, "/invoiceitem/?invoiceid=130001&limit=0") if row["custom"] == "f")
    target = f"/invoiceitem/{line['id']}"
    assert ask(service, target, method="PUT", body={"description": "d"}).status == 202
    assert error(service, target, method="PUT", body={"amount": 1}) == (400, 18)
    assert error(service, target, method="DELETE") == (400, 18)


def test_projects_of_parts_are_fixed(service: Service) -> None:
    part = rows(service, "/projectmodule/")[0]
    other = {"projectid": "11009"}
    assert error(service, f"/projectmodule/{part['id']}", method="PUT", body=other) == (400, 18)
    assert error(service, "/projectworktype/", method="POST", body={"projectid": 11001, "hourlyrate": 5}) == (400, 18)
    made = {"projectid": 11001, "hourlyrate": 5, "active": "t", "worktype": "Own"}
    assert post(service, "projectworktype", made)["worktype"] == "Own"


def test_the_clock_gives_the_days() -> None:
    service = Service(small(frozen=NOON + 86400))
    assert service.clock.today() == date(2025, 6, 17)
