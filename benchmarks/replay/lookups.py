"""A day of look-ups: eight tools that ask for members, filters and pages of what changes slowly, by Zipf's law.

Nothing here polls and nobody has habits: every request is drawn by itself, from a popularity of resources, of ways to
ask, and of rows. So this day tells what whole lists do for those who look things up, while `habits.py` tells of an
office in which two requests in five are about tasks and time; `changing` is that part here. One request in twenty
writes, what an office writes: time above all, then tasks, seldom a milestone, a project or a client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import TypeAlias

from benchmarks.replay.account import Account, at_work, ranked
from benchmarks.replay.day import Call, Day, Tool, booking

_REQUESTS = 1_400
"""Of each tool; together as many as the office makes."""

_WRITTEN = 0.05

_FILTERS = {
    "project": ("active=t", "clientid={client}", "clientid={client}&active=t", "billable=t&active=t"),
    "client": ("active=t", "active=f"),
    "person": ("active=t", "clientid={client}"),
    "milestone": ("projectid={project}", "projectid={project}&complete=f", "complete=f"),
    "projectmodule": ("projectid={project}",),
    "projectworktype": ("projectid={project}",),
    "worktype": ("active=t",),
    "module": ("active=t",),
    "projectlabel": ("active=t",),
    "taskstatus": ("active=t",),
    "taskpriority": ("active=t",),
}
"""The resources, the most popular first, and what is asked of their lists, the most usual first."""

_CHANGING = {
    "task": ("projectid={project}&excludeclosed=t", "assigneeid={person}", "statusid=1,2"),
    "time": ("personid={person}", "projectid={project}"),
}
"""The same for resources that nobody keeps whole."""

_Asked: TypeAlias = Mapping[str, Sequence[str]]

_LIMITS = (100, 500, 50, 20, 10)
_PAGES = (10, 25, 50)


def _habit(draw: Random, rows: Account, *, tool: str, changing: float) -> Iterator[Call]:
    for _ in range(_REQUESTS):
        at = at_work(draw)
        if draw.random() < _WRITTEN:
            yield _write(draw, rows, at, tool)
        else:
            asked = _CHANGING if draw.random() < changing else _FILTERS
            ask = draw.choices((_member, _filtered, _page), weights=(45, 35, 20))[0]
            yield Call(at, tool, "GET", ask(draw, rows, asked, ranked(draw, list(asked))))


def _member(draw: Random, rows: Account, _: _Asked, table: str) -> str:
    return f"/{table}/{rows.popular(draw, table)}/"


def _filtered(draw: Random, rows: Account, asked: _Asked, table: str) -> str:
    some = {name: rows.popular(draw, name) for name in ("client", "project", "person")}
    return f"/{table}/?{ranked(draw, asked[table]).format_map(some)}&limit={ranked(draw, _LIMITS)}"


def _page(draw: Random, rows: Account, _: _Asked, table: str) -> str:
    size = ranked(draw, _PAGES)
    page = ranked(draw, range(-(-len(rows.all(table)) // size)))
    return f"/{table}/?offset={page * size}&limit={size}"


def _write(draw: Random, rows: Account, at: float, tool: str) -> Call:
    table = draw.choices(("time", "task", "milestone", "project", "client"), weights=(60, 30, 5, 3, 2))[0]
    if table == "time":
        return Call(at, tool, "POST", "/time/", booking(draw, rows))
    day = f"2024-11-{draw.randint(1, 28):02d}"
    changed = {"project": {"dateend": day}, "client": {"fax": f"555-{draw.randint(0, 9999):04d}"}}
    return Call(at, tool, "PUT", f"/{table}/{rows.popular(draw, table)}/", changed.get(table, {"datedue": day}))


def look_ups(changing: float = 0.0) -> Day:
    """The day, with so many reads in one that are about tasks and time."""
    return Day(
        "look-ups",
        {
            f"{media}-{number}": _tool(f"{media}-{number}", changing, xml=media == "xml")
            for media in ("json", "xml")
            for number in range(1, 5)
        },
    )


def _tool(name: str, changing: float, *, xml: bool) -> Tool:
    habit: Callable[[Random, Account], Iterator[Call]] = partial(_habit, tool=name, changing=changing)
    return Tool(habit, "members, filters and pages", xml=xml)
