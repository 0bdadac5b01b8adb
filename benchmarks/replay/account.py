"""What the tools know of the account they work on: the ids of its rows, popular ones first; and when people work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

from gateway.simulator.tables import World
from gateway.simulator.values import Row

_SKEW = 0.9
"""The nth most popular row is asked for n ** 0.9 times less often than the first (Zipf)."""

_TABLES = (
    *("client", "project", "milestone", "task", "invoice", "person", "projectmodule", "projectworktype"),
    *("worktype", "module", "projectlabel", "taskstatus", "taskpriority", "time"),
)

_HUMPS = ((10.2, 1.3), (14.6, 1.5))
"""Hours around which people work, before and after lunch, and how far they stray."""

HOUR = 3600.0

Choice = TypeVar("Choice")


class Account:
    """Ids by table, in an order of popularity that is drawn once: all tools have the same favourites."""

    def __init__(self, world: World, seed: int) -> None:
        draw = Random(seed)
        self._world = world
        self._ids: dict[str, list[str]] = {}
        for table in _TABLES:
            ids = [number for number, row in world.tables[table].items() if _in_use(table, row)]
            draw.shuffle(ids)
            self._ids[table] = ids
        self._weights = {
            table: list(accumulate(rank**-_SKEW for rank in range(1, len(ids) + 1))) for table, ids in self._ids.items()
        }

    def popular(self, draw: Random, table: str) -> str:
        """An id, the favourites most often."""
        return draw.choices(self._ids[table], cum_weights=self._weights[table])[0]

    def all(self, table: str) -> Sequence[str]:
        return self._ids[table]

    def value(self, table: str, number: str, column: str) -> str:
        """A column of a row as it was when the day began."""
        return self._world.get(table, number)[column] or ""

    def work_types(self, project: str) -> list[str]:
        """The work types that time on a project may have."""
        return [row["worktypeid"] or "" for row in self._world.index("projectworktype", "projectid")[project]]


def ranked(draw: Random, choices: Sequence[Choice]) -> Choice:
    """One of them, the first most often (Zipf)."""
    return draw.choices(choices, weights=[rank**-_SKEW for rank in range(1, len(choices) + 1)])[0]


def at_work(draw: Random) -> float:
    """A moment of somebody's working day, in seconds after midnight; one in twenty-five falls into the evening."""
    middle, spread = (20.5, 1.2) if draw.random() < 0.04 else draw.choice(_HUMPS)
    hour = draw.gauss(middle, spread)
    return min(max(hour, 7.0), 23.5) * HOUR + draw.random()


def polls(draw: Random, begin: float, end: float, every: float) -> list[float]:
    """The moments at which a screen asks again; `begin` and `end` are hours, `every` is in seconds."""
    first = begin * HOUR + draw.uniform(0, every)
    return [first + every * turn for turn in range(int((end - begin) * HOUR / every))]


def steps(draw: Random, at: float, pause: float) -> Callable[[], float]:
    """The moments at which somebody who began at `at` takes one step after the other."""

    def step() -> float:
        nonlocal at
        at += draw.expovariate(1 / pause)
        return at

    return step


def _in_use(table: str, row: Row) -> bool:
    return row["dateclosed"] is None if table == "task" else row.get("active") != "f"
