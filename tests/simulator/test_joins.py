import pytest

from gateway.simulator.catalogue import catalogue
from gateway.simulator.joins import JOINS, column_of, via
from gateway.simulator.service import Service
from tests.simulator.asking import rows


@pytest.mark.parametrize("name", JOINS)
def test_every_join_reads_every_row(readable: Service, name: str) -> None:
    world = readable.world("acme")
    for row in world.rows("person" if name == "me" else name):
        for join in JOINS[name].values():
            assert isinstance(join(world, row), str | None)
    assert name in catalogue()


def test_ids_are_followed_through_tables(readable: Service) -> None:
    world = readable.world("acme")
    of_client = via("projectid", "project", "clientid", "client", "name", missing="No client")
    project = next(row for row in world.rows("project") if row["clientid"])
    expected = world.get("client", project["clientid"])["name"]
    assert of_client(world, {"projectid": project["id"]}) == expected
    assert of_client(world, {"projectid": None}) == "No client"
    assert column_of("task", "title")(world, {"title": "T"}) == "T"


def test_time_without_client_or_task_has_placeholders(readable: Service) -> None:
    loose = next(row for row in rows(readable, "/time/?clientid=-1&limit=0"))
    assert (loose["clientid"], loose["client"], loose["clientactive"]) == (None, "No client", "f")
    general = next(row for row in rows(readable, "/time/?limit=0") if row["taskid"] is None)
    assert (general["task"], general["tasklocalid"], general["statusid"]) == ("", "", None)


def test_several_people_are_named_in_order(readable: Service) -> None:
    people = {row["id"]: f"{row['firstname']} {row['lastname']}" for row in rows(readable, "/person/?limit=0")}
    task = next(row for row in rows(readable, "/task/?limit=0") if "," in (row["assigneeid"] or ""))
    assert task["assignees"] == ", ".join(people[number] for number in task["assigneeid"].split(","))


def test_local_ids_with_and_without_zeros(readable: Service) -> None:
    client = rows(readable, "/client/")[0]
    assert (client["localid"], client["localidunpadded"]) == ("0001", "1")
