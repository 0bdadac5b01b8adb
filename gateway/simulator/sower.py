"""Draws for sample rows: numbers by scale, picks, days back from the epoch."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from gateway.simulator.tables import World

Item = TypeVar("Item")

FIRST_IDS = {
    "client": 4501, "person": 2001, "project": 11001, "milestone": 31001, "task": 210001, "time": 900001,
    "tasknote": 400001, "milestonenote": 450001, "projectnote": 470001, "document": 60001, "request": 71001,
    "projectmodule": 81001, "projectworktype": 91001, "personcontact": 5001, "tasklistfilter": 6001, "timer": 9281,
    "expense": 120001, "invoice": 130001, "invoiceitem": 140001, "invoicenote": 150001, "payment": 160001,
}  # fmt: skip
"""First id of each table in account acme; the service numbers all customers in one row, so others are far off."""
_APART = {"acme": 0, "globex": 5_000_000}


class Sower:
    """One account's source of chance; the epoch is its newest day."""

    def __init__(self, world: World) -> None:
        options = world.options
        self.world = world
        self.draw = random.Random(f"{options.seed}/{world.account}")
        self.epoch: date = options.epoch or world.clock.today()
        self._scale = options.scale
        for table, first in FIRST_IDS.items():
            world.begin(table, first + _APART.get(world.account, 0))

    def many(self, full: int, least: int) -> range:
        """Positions of as many rows as the scale asks for."""
        return range(max(least, round(full * self._scale)))

    def one(self, items: Sequence[Item]) -> Item:
        """Any of them."""
        return items[int(self.draw.random() * len(items))]

    def chance(self, share: float) -> bool:
        """True in this share of the draws."""
        return self.draw.random() < share

    def flag(self, share: float) -> str:
        """t in this share of the draws, else f."""
        return "t" if self.chance(share) else "f"

    def day(self, oldest: int, newest: int = 0) -> str:
        """A day between so many days before the epoch; negative is after it."""
        return str(self.epoch - timedelta(days=newest + int(self.draw.random() * (oldest - newest + 1))))

    def moment(self, oldest: int, newest: int = 0) -> str:
        """A moment on such a day."""
        second = int(self.draw.random() * 86400)
        return f"{self.day(oldest, newest)} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"

    def ids(self, table: str) -> list[str]:
        """Ids of the rows sown so far."""
        return list(self.world.tables[table])
