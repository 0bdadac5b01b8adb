import pytest

from gateway.simulator import sums
from gateway.simulator.service import Service
from gateway.simulator.tables import World
from gateway.simulator.values import Row
from tests.simulator.asking import NOON, rows, small


def invoice(world: World, **changed: str | None) -> Row:
    plain: Row = {"projectid": "11001", "date": "2025-05-01", "termid": "4", "tax": None, "secondtax": None}
    row = world.insert("invoice", {**plain, "secondtaxcompound": "f", "termotherdatedue": None, **changed})
    world.insert("invoiceitem", {"invoiceid": row["id"], "amount": "100"})
    return row


@pytest.mark.parametrize(
    ("changed", "total"),
    [
        ({}, 100),
        ({"tax": "10"}, 110),
        ({"tax": "10", "secondtax": "5"}, 115),
        ({"tax": "10", "secondtax": "5", "secondtaxcompound": "t"}, 115.5),
    ],
)
def test_taxes(service: Service, changed: dict[str, str], total: float) -> None:
    world = service.world("acme")
    assert sums.invoice_total(world, invoice(world, **changed)) == pytest.approx(total)


def test_due_and_overdue(service: Service) -> None:
    world = service.world("acme")
    row = invoice(world)
    assert (sums.invoice_date_due(world, row), sums.invoice_days_overdue(world, row)) == ("2025-05-31", "16")
    service.options.frozen = NOON + 86400
    assert sums.invoice_days_overdue(world, row) == "17"
    custom = invoice(world, termid="6", termotherdatedue="2025-07-01")
    assert (sums.invoice_date_due(world, custom), sums.invoice_days_overdue(world, custom)) == ("2025-07-01", "0")
    world.insert("payment", {"invoiceid": row["id"], "date": "2025-06-01", "amount": "100"})
    assert (sums.invoice_date_paid(world, row), sums.invoice_days_overdue(world, row)) == ("2025-06-01", "0")


def test_tasks_add_up_their_time_and_milestones_their_tasks(readable: Service) -> None:
    spent: dict[str, float] = {}
    for row in rows(readable, "/time/?limit=0"):
        if row["taskid"]:
            spent[row["taskid"]] = spent.get(row["taskid"], 0) + float(row["time"])
    tasks = rows(readable, "/task/?limit=0")
    assert all(float(row["actual"]) == spent.get(row["id"], 0) for row in tasks)
    assert all(float(row["actual"]) == float(row["billable"]) + float(row["unbillable"]) for row in tasks)
    for milestone in rows(readable, "/milestone/?limit=0"):
        below = [row for row in tasks if row["milestoneid"] == milestone["id"]]
        assert float(milestone["actual"]) == sum(float(row["actual"]) for row in below)
        assert float(milestone["estimate"]) == sum(float(row["estimate"] or 0) for row in below)


def test_timers_follow_the_clock() -> None:
    service = Service(small())
    world = service.world("acme")
    running: Row = {"starttime": "2025-06-16 11:59:00", "time": "30"}
    assert (sums.timer_elapsed(world, running), sums.timer_total(world, running)) == ("60", "90")
    paused: Row = {"starttime": None, "time": "30"}
    assert (sums.timer_elapsed(world, paused), sums.timer_total(world, paused)) == ("0", "30")


def test_rates_are_the_project_s_or_the_work_type_s(readable: Service) -> None:
    world = readable.world("acme")
    assert sums.hourly_rate(world, {"projectid": "11001", "worktypeid": "1"}) == "70"
    assert sums.hourly_rate(world, {"projectid": "11001", "worktypeid": "7"}) == "120"
    assert sums.hourly_rate(world, {"projectid": "11001", "worktypeid": "99"}) == "0"
