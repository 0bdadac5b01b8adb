import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import ADMIN, ask, error, got, rows

CLIENT = {"name": "New", "datecreated": "2025-06-01"}


def test_create_answers_201_with_the_whole_element(service: Service) -> None:
    answer = got(service, "/client/", method="POST", body=CLIENT)
    assert (answer["status"], answer["code"], answer["personid"]) == ("Created", 201, 2001)
    made = answer["client"]
    assert (made["name"], made["active"], made["description"], made["localid"]) == ("New", "t", None, "0013")
    assert got(service, f"/client/{made['id']}")["client"] == made
    assert rows(service, "/client/?limit=0")[-1] == made


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("target", ["/client/4502/", "/client/4502", "/client/?id=4502", "/client/"])
def test_an_id_anywhere_means_update(service: Service, method: str, target: str) -> None:
    body = {"phone": "1", "address": ""} | ({"id": "4502"} if target == "/client/" else {})
    before = got(service, "/client/4502")["client"]
    answer = got(service, target, method=method, body=body)
    assert (answer["status"], answer["code"]) == ("Accepted", 202)
    assert answer["client"] == before | {"phone": "1", "address": ""}
    assert got(service, "/client/")["listcount"] == 12


def test_put_without_an_id_creates(service: Service) -> None:
    assert ask(service, "/client/", method="PUT", body=CLIENT).status == 201


def test_null_and_empty_survive_in_both_formats(service: Service) -> None:
    xml = b"<client><email/><website></website><fax><![CDATA[1 & 2]]></fax></client>"
    ask(service, "/client/4501", method="PUT", body=xml, content_type="application/xml; charset=utf-8")
    row = got(service, "/client/4501")["client"]
    assert (row["email"], row["website"], row["fax"]) == (None, "", "1 &amp; 2")
    ask(service, "/client/4501", method="PUT", body={"email": "", "website": None})
    row = got(service, "/client/4501")["client"]
    assert (row["email"], row["website"]) == ("", None)


def test_delete_answers_the_envelope(service: Service) -> None:
    assert got(service, "/client/4501/", method="DELETE") == {"personid": 2001, "status": "OK", "code": 200}
    assert error(service, "/client/4501/") == (404, 14)
    xml = ask(service, "/client/4502/", method="DELETE", accept="text/xml").body
    assert xml.endswith(b'<intervals status="OK" code="200" personid="2001"></intervals>')


def test_renaming_shows_wherever_the_name_is_joined(service: Service) -> None:
    ask(service, "/client/4501", method="PUT", body={"name": "Renamed"})
    for name in ("project", "task", "time", "milestone", "expense", "invoice"):
        found = rows(service, f"/{name}/?limit=0")
        assert {row["client"] for row in found if row["clientid"] == "4501"} == {"Renamed"}, name


def test_time_changes_the_sums_of_its_task(service: Service) -> None:
    task = rows(service, "/task/")[0]
    kind = rows(service, f"/projectworktype/?projectid={task['projectid']}")[0]["worktypeid"]
    entry = {"taskid": task["id"], "worktypeid": kind, "personid": 2001, "date": "2025-06-16", "time": 2.5}
    made = got(service, "/time/", method="POST", body=entry | {"billable": True})["time"]
    after = got(service, f"/task/{task['id']}/")["task"]
    assert float(after["actual"]) == float(task["actual"]) + 2.5
    assert float(after["billable"]) == float(task["billable"]) + 2.5
    ask(service, f"/time/{made['id']}", method="PUT", body={"billable": "false"})
    assert float(got(service, f"/task/{task['id']}")["task"]["unbillable"]) == float(task["unbillable"]) + 2.5
    ask(service, f"/time/{made['id']}", method="DELETE")
    assert got(service, f"/task/{task['id']}")["task"] == task


@pytest.mark.parametrize(
    ("target", "method", "expected"),
    [
        ("/client/", "DELETE", (400, 16)),
        ("/client/?id=4501", "DELETE", (400, 16)),
        ("/client/", "PATCH", (400, 16)),
        ("/worktype/", "POST", (400, 16)),
        ("/taskstatus/1", "PUT", (400, 16)),
        ("/quota/", "POST", (400, 16)),
        ("/me/", "POST", (400, 16)),
        ("/client/999", "DELETE", (404, 14)),
        ("/client/999", "PUT", (404, 14)),
        ("/client/?name=x", "POST", (400, 17)),
    ],
)
def test_what_cannot_be_written(service: Service, target: str, method: str, expected: tuple[int, int]) -> None:
    assert error(service, target, method=method, body={}) == expected


@pytest.mark.parametrize(
    ("token", "target", "method"),
    [
        ("acmemanag01", "/client/", "POST"),
        ("acmeresou01", "/client/4501", "PUT"),
        ("acmeexecu01", "/time/", "POST"),
        ("acmeresou01", "/task/210001", "DELETE"),
        ("acmemanag01", "/projectteam/11001", "POST"),
    ],
)
def test_groups_that_may_not_write(service: Service, token: str, target: str, method: str) -> None:
    assert error(service, target, method=method, token=token, body={"personid": "2002"}) == (403, 10)


def test_teams(service: Service) -> None:
    def people() -> list[str]:
        found: list[str] = got(service, "/projectteam/?projectid=11001")["projectteam"]["personid"]
        return found

    before = people()
    outside = [row["id"] for row in rows(service, "/person/?limit=0&excludegroupids=1") if row["id"] not in before][:2]
    added = got(service, "/projectteam/11001/", method="POST", body=[{"personid": number} for number in outside])
    assert (added["code"], added["projectteam"]) == (201, {"projectid": "11001", "personid": [*before, *outside]})
    gone = ask(service, "/projectteam/11001/", method="DELETE", body={"personid": outside[0]})
    assert gone.status == 200
    assert people() == [*before, outside[1]]
    xml = f"<projectteam><item><personid>{outside[1]}</personid></item></projectteam>".encode()
    ask(service, "/projectteam/11001", method="DELETE", body=xml, content_type="application/xml")
    assert people() == before
    assert error(service, "/projectteam/11001", method="POST", body={"personid": "2001"}) == (400, 18)
    assert error(service, "/projectteam/999", method="POST", body={"personid": "2002"}) == (404, 14)
    assert error(service, "/projectteam/", method="POST", body={"personid": "2002"}) == (400, 18)


def test_a_team_opens_the_project_to_its_people(service: Service) -> None:
    service.world("acme").teams["11001"].pop("2002", None)
    assert error(service, "/project/11001", token="acmemanag01") == (403, 10)
    ask(service, "/projectteam/11001", method="POST", body={"personid": 2002, "securenotes": "t"}, token=ADMIN)
    assert ask(service, "/project/11001", token="acmemanag01").status == 200
