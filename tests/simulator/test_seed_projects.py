from gateway.simulator.service import Service
from tests.simulator.asking import rows


def test_projects_have_parts_and_a_team(readable: Service) -> None:
    world = readable.world("acme")
    for row in world.rows("project"):
        assert world.index("projectmodule", "projectid")[row["id"]]
        assert world.index("projectworktype", "projectid")[row["id"]]
        assert world.teams[row["id"] or ""]
        assert "2001" not in world.teams[row["id"] or ""]


def test_with_and_without_client_label_and_end(readable: Service) -> None:
    projects = rows(readable, "/project/?limit=0")
    for column in ("clientid", "labelid", "dateend", "managerid"):
        assert {row[column] is None for row in projects} == {True, False}, column
