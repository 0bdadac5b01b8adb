"""One account's rows, as text columns keyed by id in the order of creation, with indexes that rebuild themselves
after a change."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from gateway.simulator.clock import Clock
from gateway.simulator.options import Options
from gateway.simulator.values import Row

Derived = TypeVar("Derived")


class World:
    """Tables of one account. Rows are changed only through insert, change and remove."""

    def __init__(self, account: str, clock: Clock, options: Options) -> None:
        self.account = account
        self.clock = clock
        self.options = options
        self.tables: dict[str, dict[str, Row]] = {}
        self.teams: dict[str, dict[str, bool]] = {}
        """Project id to the people on it, each with the right to see secure notes."""
        self._next: dict[str, int] = {}
        self._version: Counter[str] = Counter()
        self._memo: dict[str, tuple[tuple[int, ...], object]] = {}

    def begin(self, table: str, first_id: int) -> None:
        """Create an empty table whose ids start at `first_id`."""
        self.tables[table] = {}
        self._next[table] = first_id

    def insert(self, table: str, row: Row) -> Row:
        """Store a row under the next id, which becomes its first column."""
        number = str(self._next[table])
        self._next[table] += 1
        stored: Row = {"id": number, **row}
        self.tables[table][number] = stored
        self._version[table] += 1
        return stored

    def change(self, table: str, row: Row, changes: Row) -> None:
        """Overwrite some columns of a stored row."""
        row.update(changes)
        self._version[table] += 1

    def remove(self, table: str, row: Row) -> None:
        """Forget a stored row."""
        del self.tables[table][row["id"] or ""]
        self._version[table] += 1

    def rows(self, table: str) -> Iterable[Row]:
        """All rows of a table in order of their ids."""
        return self.tables[table].values()

    def find(self, table: str, number: str | None) -> Row | None:
        """The row with this id, if there is one."""
        return self.tables[table].get(number or "")

    def get(self, table: str, number: str | None) -> Row:
        """The row with this id, or an empty row."""
        return self.tables[table].get(number or "", {})

    def index(self, table: str, column: str) -> dict[str | None, list[Row]]:
        """Rows of a table grouped by one column."""

        def group() -> dict[str | None, list[Row]]:
            groups: dict[str | None, list[Row]] = {}
            for row in self.rows(table):
                groups.setdefault(row.get(column), []).append(row)
            return groups

        return self.derived(f"{table}.{column}", (table,), group)

    def derived(self, name: str, tables: tuple[str, ...], build: Callable[[], Derived]) -> Derived:
        """A value computed from some tables, kept until one of them changes. One name is one type."""
        versions = tuple(self._version[table] for table in tables)
        kept = self._memo.get(name)
        if kept is None or kept[0] != versions:
            kept = (versions, build())
            self._memo[name] = kept
        return cast("Derived", kept[1])
