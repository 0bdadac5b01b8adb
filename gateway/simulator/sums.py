"""Figures computed from other rows: hours of tasks and milestones, money of invoices, progress, running timers."""

from datetime import date, timedelta

from gateway.simulator.clock import seconds_of
from gateway.simulator.tables import World
from gateway.simulator.values import Row, decimal_text, ids_of, number_of


def hours(world: World, task: str | None) -> tuple[float, float]:
    """Billable and unbillable hours recorded on a task."""

    def add_up() -> dict[str | None, tuple[float, float]]:
        totals: dict[str | None, tuple[float, float]] = {}
        for row in world.rows("time"):
            if row["taskid"] is None:
                continue
            billable, unbillable = totals.get(row["taskid"], (0.0, 0.0))
            spent = number_of(row["time"])
            paid = row["billable"] == "t"
            totals[row["taskid"]] = (billable + spent, unbillable) if paid else (billable, unbillable + spent)
        return totals

    return world.derived("hours", ("time",), add_up).get(task, (0.0, 0.0))


def task_billable(world: World, row: Row) -> str:
    """Hours that can be billed."""
    return decimal_text(hours(world, row["id"])[0])


def task_unbillable(world: World, row: Row) -> str:
    """Hours that cannot be billed."""
    return decimal_text(hours(world, row["id"])[1])


def task_actual(world: World, row: Row) -> str:
    """All hours."""
    return decimal_text(sum(hours(world, row["id"])))


def _tasks_of(world: World, milestone: Row) -> list[Row]:
    return world.index("task", "milestoneid").get(milestone["id"], [])


def milestone_progress(world: World, row: Row) -> str:
    """Closed tasks below the milestone, in per cent of all."""
    tasks = _tasks_of(world, row)
    closed = sum(task["dateclosed"] is not None for task in tasks)
    return str(round(100 * closed / len(tasks))) if tasks else "0"


def milestone_estimate(world: World, row: Row) -> str:
    """Hours estimated for the tasks below the milestone."""
    return decimal_text(sum(number_of(task["estimate"]) for task in _tasks_of(world, row)))


def milestone_actual(world: World, row: Row) -> str:
    """Hours recorded on the tasks below the milestone."""
    return decimal_text(sum(sum(hours(world, task["id"])) for task in _tasks_of(world, row)))


def hourly_rate(world: World, row: Row) -> str:
    """The project's rate for the work type of a time entry, else the default of the work type."""
    for own in world.index("projectworktype", "projectid").get(row["projectid"], []):
        if own["worktypeid"] == row["worktypeid"] and own["hourlyrate"]:
            return own["hourlyrate"]
    return world.get("worktype", row["worktypeid"]).get("defaulthourlyrate") or "0"


def managers(world: World, project: str | None) -> str | None:
    """CSV of the ids of the people who manage a project."""
    return world.get("project", project).get("managerid")


def names(world: World, people: str | None) -> str | None:
    """Full names of the people of a CSV column, in the same order."""
    return ", ".join(full_name(world.get("person", number)) for number in ids_of(people)) or None


def full_name(person: Row) -> str:
    """First and last name."""
    return f"{person.get('firstname') or ''} {person.get('lastname') or ''}".strip()


def invoice_subtotal(world: World, row: Row) -> float:
    """Sum of the invoice's lines."""
    return sum(number_of(line["amount"]) for line in world.index("invoiceitem", "invoiceid").get(row["id"], []))


def invoice_total(world: World, row: Row) -> float:
    """Sum with both taxes; the second is laid on top of the first where it is compound."""
    subtotal = invoice_subtotal(world, row)
    first = subtotal * number_of(row["tax"]) / 100
    ground = subtotal + first if row["secondtaxcompound"] == "t" else subtotal
    return subtotal + first + ground * number_of(row["secondtax"]) / 100


def invoice_payments(world: World, row: Row) -> float:
    """Sum of the payments made on the invoice."""
    return sum(number_of(paid["amount"]) for paid in world.index("payment", "invoiceid").get(row["id"], []))


def invoice_balance(world: World, row: Row) -> float:
    """What is still to be paid."""
    return round(invoice_total(world, row) - invoice_payments(world, row), 2)


def invoice_date_paid(world: World, row: Row) -> str | None:
    """Day of the last payment, once nothing is left to be paid."""
    payments = world.index("payment", "invoiceid").get(row["id"], [])
    days = [paid["date"] or "" for paid in payments]
    return max(days) if days and invoice_balance(world, row) <= 0 else None


def invoice_date_due(world: World, row: Row) -> str | None:
    """Day of the invoice and the term's duration; with the custom term the day that was given."""
    duration = world.get("invoiceterm", row["termid"]).get("duration")
    if not duration:
        return row["termotherdatedue"]
    return str(date.fromisoformat(row["date"] or "") + timedelta(days=int(duration)))


def invoice_days_overdue(world: World, row: Row) -> str:
    """Days since the invoice was due, by the clock; 0 when it is paid or not yet due."""
    due = invoice_date_due(world, row)
    if due is None or invoice_balance(world, row) <= 0:
        return "0"
    return str(max(0, (world.clock.today() - date.fromisoformat(due)).days))


def timer_elapsed(world: World, row: Row) -> str:
    """Seconds since a running timer was started, by the clock; 0 when it is paused."""
    start = row["starttime"]
    return str(max(0, int(world.clock.seconds() - seconds_of(start)))) if start else "0"


def timer_total(world: World, row: Row) -> str:
    """Seconds recorded before and since the start."""
    return decimal_text(number_of(row["time"]) + float(timer_elapsed(world, row)))
