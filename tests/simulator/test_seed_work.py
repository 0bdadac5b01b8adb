from gateway.simulator.service import Service
from tests.simulator.asking import rows


def test_time_fits_its_task_and_project(readable: Service) -> None:
    world = readable.world("acme")
    for row in world.rows("time"):
        kinds = [part["worktypeid"] for part in world.index("projectworktype", "projectid")[row["projectid"]]]
        assert row["worktypeid"] in kinds
        assert row["personid"] in world.teams[row["projectid"] or ""]
        if row["taskid"]:
            task = world.get("task", row["taskid"])
            assert (task["projectid"], task["moduleid"]) == (row["projectid"], row["moduleid"])


def test_both_states_of_everything_occur(readable: Service) -> None:
    tasks = rows(readable, "/task/?limit=0")
    for column in ("milestoneid", "datedue", "dateclosed", "assigneeid", "followerid"):
        assert any(row[column] is None for row in tasks), column
        assert any(row[column] is not None for row in tasks), column
    assert {row["isrunning"] for row in rows(readable, "/timer/?limit=0")} == {"t", "f"}
