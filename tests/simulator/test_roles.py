import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import ADMIN, error, got, rows

MANAGER, RESOURCE, EXECUTIVE, RESTRICTED = "acmemanag01", "acmeresou01", "acmeexecu01", "acmerestr01"
FIVE = ["id", "name", "active", "localidunpadded", "localid"]


@pytest.mark.parametrize("token", [MANAGER, RESOURCE, EXECUTIVE, RESTRICTED])
def test_clients_have_five_fields_for_all_but_administrators(readable: Service, token: str) -> None:
    assert list(rows(readable, "/client/", token)[0]) == FIVE
    assert list(got(readable, "/client/4501", token=token)["client"]) == FIVE


@pytest.mark.parametrize(
    ("token", "hidden"),
    [
        (ADMIN, set()),
        (MANAGER, set()),
        (RESOURCE, {"hourlyrate"}),
        (EXECUTIVE, {"personid", "description", "firstname", "lastname", "person", "hourlyrate"}),
    ],
)
def test_fields_of_time(readable: Service, token: str, hidden: set[str]) -> None:
    assert set(rows(readable, "/time/")[0]) - set(rows(readable, "/time/", token)[0]) == hidden


def test_executives_do_not_see_the_amount_of_expenses(readable: Service) -> None:
    assert "expense" in rows(readable, "/expense/", MANAGER)[0]
    assert "expense" not in rows(readable, "/expense/", EXECUTIVE)[0]


@pytest.mark.parametrize("name", ["project", "task", "milestone", "projectmodule", "projectworktype", "projectnote"])
def test_only_projects_of_the_team(readable: Service, name: str) -> None:
    teams = readable.world("acme").teams
    seen = rows(readable, f"/{name}/?limit=0", MANAGER)
    key = "id" if name == "project" else "projectid"
    assert 0 < len(seen) < len(rows(readable, f"/{name}/?limit=0"))
    assert all("2002" in teams[row[key]] for row in seen)
    unseen = next(row for row in rows(readable, f"/{name}/?limit=0") if "2002" not in teams[row[key]])
    assert error(readable, f"/{name}/{unseen['id']}/", token=MANAGER) == (403, 10)


@pytest.mark.parametrize("name", ["projectmodule", "projectworktype"])
def test_resource_users_get_active_parts_only(readable: Service, name: str) -> None:
    assert {row["active"] for row in rows(readable, f"/{name}/?limit=0", RESOURCE)} == {"t"}
    assert rows(readable, f"/{name}/?active=f&limit=0", RESOURCE) == []


def test_restricted_users_get_their_own_tasks_whatever_they_ask(readable: Service) -> None:
    own = rows(readable, "/task/?limit=0", RESTRICTED)
    assert own
    assert all("2005" in f"{row['assigneeid']},{row['ownerid']}".split(",") for row in own)
    assert rows(readable, "/task/?limit=0&assigneeid=2002&hastaskrelation=2002", RESTRICTED) == own
    assert len(rows(readable, "/milestone/?limit=0", RESTRICTED)) < len(rows(readable, "/milestone/?limit=0"))


def test_executives_get_public_notes_only(readable: Service) -> None:
    target = f"/tasknote/?limit=0&taskid={','.join(str(210001 + n) for n in range(50))}"
    assert {row["public"] for row in rows(readable, target)} == {"t", "f"}
    assert {row["public"] for row in rows(readable, target, EXECUTIVE)} == {"t"}


def test_secure_notes_need_the_right(readable: Service) -> None:
    teams = readable.world("acme").teams
    for row in rows(readable, "/projectnote/?limit=0", MANAGER):
        assert row["secure"] == "f" or teams[row["projectid"]]["2002"]


def test_requests_without_project_belong_to_their_person(readable: Service) -> None:
    loose = [row for row in rows(readable, "/request/?limit=0", RESOURCE) if row["projectid"] is None]
    assert all(row["personid"] == "2003" for row in loose)
    assert len(rows(readable, "/request/?limit=0", RESOURCE)) < len(rows(readable, "/request/?limit=0"))


def test_me_is_the_owner_of_the_token(readable: Service) -> None:
    for token, person in ((ADMIN, 2001), (RESOURCE, 2003), ("globexadm01", 5002001)):
        answer = got(readable, "/me/", token=token)
        assert answer["personid"] == person
        assert [row["id"] for row in answer["me"]] == [str(person)]
    assert error(readable, "/me/2001/", token=RESOURCE) == (403, 10)


def test_saved_filters_are_ones_own_or_shared(readable: Service) -> None:
    assert all(
        row["personid"] == "2003" or row["shared"] == "t" for row in rows(readable, "/tasklistfilter/", RESOURCE)
    )
