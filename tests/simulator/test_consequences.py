from gateway.simulator.service import Service
from tests.simulator.asking import TODAY, ask, error, got, rows


def test_writing_a_task_milestone_or_invoice_writes_a_note(service: Service) -> None:
    for name, note, number in (
        ("task", "tasknote", "210001"),
        ("milestone", "milestonenote", "31001"),
        ("invoice", "invoicenote", "130001"),
    ):
        before = rows(service, f"/{note}/?{name}id={number}&limit=0")
        ask(service, f"/{name}/{number}", method="PUT", body={"title": "Changed"})
        after = rows(service, f"/{note}/?{name}id={number}&limit=0")
        assert len(after) == len(before) + 1
        assert (after[-1]["title"], after[-1]["authorid"]) == (f"{name.capitalize()} Updated", "2001")


def test_an_invoice_of_a_period_is_filled_from_time(service: Service) -> None:
    project = rows(service, "/time/?billable=t&limit=1")[0]["projectid"]
    body = {"projectid": project, "date": TODAY, "termid": 4, "title": "I"}
    free = got(service, "/invoice/", method="POST", body=body)["invoice"]
    assert rows(service, f"/invoiceitem/?invoiceid={free['id']}") == []
    filled = got(service, "/invoice/", method="POST", body=body | {"datebegin": "2024-01-01"})["invoice"]
    hours = sum(float(row["time"]) for row in rows(service, f"/time/?projectid={project}&billable=t&limit=0"))
    lines = rows(service, f"/invoiceitem/?invoiceid={filled['id']}&limit=0")
    assert sum(float(line["quantity"]) for line in lines) == hours
    assert float(filled["subtotal"]) == sum(float(line["amount"]) for line in lines)
    assert filled["datedue"] == "2025-07-16"
    own = {"invoiceid": filled["id"], "name": "Own", "amount": 5}
    ask(service, "/invoiceitem/", method="POST", body=own)
    ask(service, f"/invoice/{filled['id']}", method="PUT", body={"dateend": "2024-01-02"})
    assert [line["name"] for line in rows(service, f"/invoiceitem/?invoiceid={filled['id']}")] == ["Own"]
    assert error(service, f"/invoice/{free['id']}", method="PUT", body={"datebegin": TODAY}) == (400, 18)


def test_payments_settle_an_invoice(service: Service) -> None:
    invoice = rows(service, "/invoice/?status=outstanding")[0]
    body = {"projectid": invoice["projectid"], "date": TODAY, "amount": 99999, "typeid": 1, "invoiceid": invoice["id"]}
    made = got(service, "/payment/", method="POST", body=body)["payment"]
    paid = got(service, f"/invoice/{invoice['id']}")["invoice"]
    assert (paid["datepaid"], paid["daysoverdue"]) == (TODAY, "0")
    ask(service, f"/payment/{made['id']}", method="DELETE")
    assert got(service, f"/invoice/{invoice['id']}")["invoice"] == invoice


def test_a_project_takes_everything_in_it_along(service: Service) -> None:
    ask(service, "/project/11001", method="DELETE")
    for name in ("task", "time", "milestone", "projectmodule", "invoice", "expense"):
        assert rows(service, f"/{name}/?projectid=11001") == [], name
    known = service.world("acme").tables["task"]
    assert all(row["taskid"] in known for row in service.world("acme").rows("tasknote"))


def test_a_client_or_milestone_leaves_its_work_behind(service: Service) -> None:
    ask(service, "/client/4501", method="DELETE")
    assert all(row["clientid"] != "4501" for row in rows(service, "/project/?limit=0"))
    ask(service, "/milestone/31001", method="DELETE")
    assert got(service, "/task/?milestoneid=31001")["listcount"] == 0
    assert got(service, "/task/")["listcount"] == 120


def test_people_go_when_they_recorded_no_time(service: Service) -> None:
    assert error(service, "/person/2002", method="DELETE") == (400, 18)
    body = {"firstname": "N", "private": "f", "active": "t"}
    number = got(service, "/person/", method="POST", body=body)["person"]["id"]
    ask(service, "/projectteam/11001", method="POST", body={"personid": number})
    ask(service, "/task/210001", method="PUT", body={"assigneeid": f"2002,{number}"})
    ask(service, f"/person/{number}", method="DELETE")
    assert got(service, "/task/210001")["task"]["assigneeid"] == "2002"
    assert number not in got(service, "/projectteam/11001")["projectteam"]["personid"]


def test_those_who_manage_a_project_join_its_team(service: Service) -> None:
    body = {"name": "P", "datestart": TODAY, "billable": "t", "active": "t", "managerid": "2002,2001"}
    number = got(service, "/project/", method="POST", body=body)["project"]["id"]
    assert got(service, f"/projectteam/{number}")["projectteam"]["personid"] == ["2002"]
