"""Six apps and their habits as data: which app sends what, when. The same seed gives the same requests.

Rows that exist in the simulator's sample account are named by id. Time is in seconds after the start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

LENGTH = 24.0
"""Seconds until the last request is sent."""

_TOGETHER = 50
"""Callers who ask for one resource at the same moment."""

_SAVING = (6.0, 16.5)
"""When people save their work: writes come in waves, as before lunch and at the end of a day."""


@dataclass(frozen=True, slots=True)
class App:
    """One internal tool as the gateway's operator configures it."""

    priority: str
    speaks: str
    weight: int = 1


APPS = {
    "dashboard": App("normal", "JSON"),
    "timesheets": App("interactive", "JSON", weight=2),
    "mobile": App("interactive", "XML"),
    "invoicing": App("normal", "JSON"),
    "reports": App("batch", "JSON"),
    "sync": App("batch", "XML"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of an app; `wait` is the patience it announces (Prefer: wait), in seconds."""

    at: float
    app: str
    method: str
    target: str
    xml: bool = False
    body: str = ""
    wait: int | None = None


def workload(seed: int = 34) -> tuple[Call, ...]:
    """Every request of the demo in the order of time."""
    habits: tuple[Callable[[Random], Iterator[Call]], ...] = (
        _dashboard, _timesheets, _mobile, _invoicing, _reports, _sync, _bursts,
    )  # fmt: skip
    calls = [call for number, habit in enumerate(habits) for call in habit(Random(seed + number))]
    return tuple(sorted(calls, key=lambda call: call.at))


def _dashboard(draw: Random) -> Iterator[Call]:
    """Twelve screens on the walls poll three lists every two seconds."""
    for start in range(0, int(LENGTH), 2):
        for _ in range(12):
            at = start + draw.random()
            for target in ("/client/?active=t&limit=0", "/project/?active=t&limit=0", "/task/?statusid=1,2&limit=50"):
                yield Call(at, "dashboard", "GET", target)


def _timesheets(draw: Random) -> Iterator[Call]:
    """People look at their week and save hours; a running timer is never stored, so each look at one is sent on."""
    for _ in range(380):
        person = _popular(draw, 2002, 5)
        weeks = (f"/time/?personid={person}&limit=20", f"/project/{_popular(draw, 11001, 8)}/", "/worktype/?limit=0")
        yield Call(draw.uniform(0, LENGTH), "timesheets", "GET", draw.choice(weeks))
    for _ in range(9):
        yield Call(draw.uniform(0, LENGTH), "timesheets", "GET", f"/timer/?personid={_popular(draw, 2002, 5)}")
    for at in _waves(draw, 12):
        rank = _popular(draw, 1, 4)
        row = {"taskid": 210000 + rank, "worktypeid": rank, "personid": _popular(draw, 2002, 5)}
        body = json.dumps({**row, "date": "2026-11-20", "time": 0.5, "billable": "t"})
        yield Call(at, "timesheets", "POST", "/time/", body=body)


def _mobile(draw: Random) -> Iterator[Call]:
    """Phones read single rows, few of them very often, and leave notes; all of it in XML."""
    for _ in range(560):
        kind, first, many = draw.choice((("task", 210001, 6), ("project", 11001, 12), ("client", 4501, 12)))
        target = f"/{kind}/{_popular(draw, first, many)}/"
        yield Call(draw.uniform(0, LENGTH), "mobile", "GET", target, xml=True)
    for at in _waves(draw, 9):
        task = _popular(draw, 210001, 6)
        body = f"<tasknote><taskid>{task}</taskid><note>Called back &amp; agreed</note><public>t</public></tasknote>"
        yield Call(at, "mobile", "POST", "/tasknote/", xml=True, body=body)


def _invoicing(draw: Random) -> Iterator[Call]:
    """Invoices with their lines are read; expenses are entered."""
    for _ in range(300):
        invoice = _popular(draw, 130001, 3)
        targets = ("/invoice/?limit=50", f"/invoice/{invoice}/", f"/invoiceitem/?invoiceid={invoice}")
        yield Call(draw.uniform(0, LENGTH), "invoicing", "GET", draw.choice(targets))
    for at in _waves(draw, 30):
        row = {"projectid": _popular(draw, 11001, 8), "date": "2026-11-20", "expense": 12.5, "fee": 15}
        yield Call(at, "invoicing", "POST", "/expense/", body=json.dumps(row))


def _reports(draw: Random) -> Iterator[Call]:
    """Five reports page through every task with offset, side by side, three times a day."""
    for start in (1.0, 8.0, 16.0):
        for _ in range(5):
            at = start + draw.random() / 10
            for page in range(5):
                yield Call(at + page / 2, "reports", "GET", f"/task/?limit=200&offset={page * 200}", wait=5)


def _sync(_: Random) -> Iterator[Call]:
    """A nightly job fetches whole lists, then rows nobody else asked for, as fast as it can."""
    for start in (2.0, 9.0, 17.0):
        for name in ("client", "person", "project", "milestone", "worktype"):
            yield Call(start, "sync", "GET", f"/{name}/?limit=0", xml=True, wait=5)
    for project in range(11201, 11221):
        yield Call(7.5, "sync", "GET", f"/projectnote/?projectid={project}", xml=True, wait=2)


def _bursts(_: Random) -> Iterator[Call]:
    """A link goes round: fifty people open the same thing at once, half of them on a phone."""
    for at, target in ((4.0, "/milestone/?limit=50"), (12.0, "/project/11033/"), (19.0, "/person/?active=t&limit=0")):
        for number in range(_TOGETHER):
            app = ("dashboard", "mobile")[number % 2]
            yield Call(at, app, "GET", target, xml=app == "mobile")


def _waves(draw: Random, many: int) -> Iterator[float]:
    for start in _SAVING:
        for _ in range(many):
            yield start + draw.random() / 5


def _popular(draw: Random, first: int, many: int) -> int:
    """One of `many` numbers from `first` on: the nth is drawn n times less often than the first (Zipf)."""
    return draw.choices(range(first, first + many), [1 / rank for rank in range(1, many + 1)])[0]
