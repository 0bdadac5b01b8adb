"""Any mixture of writes, changes in the browser, lists, polls, lost races and crashes, by two replicas, at random.

Whatever happens, the notices of each row, in the order of delivery, are a story that is true: it begins with the row as
the first list showed it, each notice changes something, and it ends with the row as it is. No change is told twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from gateway.adapters.memory import MemoryRecords
from gateway.exchange.events.noticing import Noticing
from gateway.policy.events import noticeable
from gateway.policy.events.noticing import Scope
from gateway.policy.events.seen import By, Sight
from gateway.policy.names import AccountName, Partition
from gateway.policy.records import Edit
from gateway.policy.translation.document import Fields
from gateway.policy.writing.change import Change, Created, Deleted, Updated
from gateway.ports import RecordsAway
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes.exchange import caller
from tests.fakes.outbox import FakeOutbox, posted

SCOPE = Scope(AccountName("acme"), noticeable.load()["client"])
ROWS = ("1", "2", "3", "4")
END = 200.0


def now() -> float:
    return asyncio.get_running_loop().time()


def _unheard(_name: str, /, *, level: str = "info", **_fields: Any) -> None:
    assert level == "warning"


class Frail(MemoryRecords):
    """Records that take their time, and of which a replica loses sight: before a swap is made, or after."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(now)
        self.faults = list(faults)

    @override
    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        await asyncio.sleep(0.3)
        return await super().read(kind, keys)

    @override
    async def swap(self, edits: Sequence[Edit]) -> bool:
        fault = self.faults.pop() if self.faults else ""
        await asyncio.sleep(0.3)
        if fault == "before":
            raise RecordsAway("a crash")
        swapped = await super().swap(edits)
        if fault == "after":
            raise RecordsAway("a crash")
        return swapped


@dataclass(frozen=True)
class Act:
    """Something that begins at `start`; `spans` are until it takes effect, is answered, and is dealt with."""

    what: str
    row: str
    replica: int
    start: float
    spans: tuple[float, float, float]


ACTS = st.builds(
    Act,
    what=st.sampled_from(["write", "write", "remove", "browser", "browser", "vanish", "list", "list", "poll"]),
    row=st.sampled_from(ROWS),
    replica=st.sampled_from([0, 1]),
    start=st.integers(0, 60).map(float),
    spans=st.tuples(*[st.sampled_from([0.0, 1.0, 5.0, 20.0])] * 3),
)


@dataclass
class World:
    """The upstream: rows by id, each a value that only grows; ids of removed rows never come back."""

    rows: dict[str, int] = field(default_factory=lambda: {"1": 0, "2": 0})
    gone: set[str] = field(default_factory=set)
    touched: dict[str, float] = field(default_factory=dict)
    changes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def put(self, row: str) -> Change | None:
        if row in self.gone:
            return None
        new = row not in self.rows
        self.rows[row] = self.rows.get(row, 0) + 1
        self.touched[row] = now()
        self.changes[row] += 1
        return Created(row, self.shown(row)) if new else Updated(row, self.shown(row), frozenset({"name"}))

    def remove(self, row: str) -> Change | None:
        if self.rows.pop(row, None) is None:
            return None
        self.gone.add(row)
        self.changes[row] += 1
        return Deleted(row)

    def shown(self, row: str) -> Fields:
        return {"id": row, "name": str(self.rows[row])}

    def listed(self, since: float = -1.0) -> dict[str, Fields]:
        return {row: self.shown(row) for row in self.rows if self.touched.get(row, 0.0) >= since}


class House:
    """Two replicas before one world."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.world, self.records = World(), Frail([])
        self.later = faults
        outbox = FakeOutbox("intervals.*")
        self.replicas = [
            Noticing(
                rules=noticeable.load(),
                outbox=outbox,
                records=self.records,
                clock=now,
                spawn=lambda work, name: asyncio.get_running_loop().create_task(work, name=name),
                counted=lambda account, event: None,
                tell=_unheard,
            )
            for _ in range(2)
        ]
        self.polled = 0.0

    async def run(self, acts: Sequence[Act]) -> list[dict[str, Any]]:
        await self._look(Act("list", "", 0, 0.0, (0.0, 0.0, 0.0)))
        self.records.faults = list(self.later)
        await asyncio.gather(*(self._act(act) for act in acts))
        self.records.faults = []
        for _ in range(2):
            await asyncio.sleep(END)
            await self._look(Act("list", "", 1, 0.0, (0.0, 1.0, 0.0)))
        return await posted(self.records)

    async def _act(self, act: Act) -> None:
        await asyncio.sleep(act.start)
        try:
            if act.what in ("list", "poll"):
                await self._look(act)
            elif act.what in ("browser", "vanish"):
                _ = self.world.put(act.row) if act.what == "browser" else self.world.remove(act.row)
            else:
                async with self.world.locks[act.row]:
                    await self._write(act)
        except RecordsAway:
            return

    async def _write(self, act: Act) -> None:
        effect, answered, dealt = act.spans
        began = now()
        await asyncio.sleep(effect)
        change = self.world.put(act.row) if act.what == "write" else self.world.remove(act.row)
        await asyncio.sleep(answered)
        ended = now()
        await asyncio.sleep(dealt)
        await self.replicas[act.replica].wrote(caller(), "client", change, began=began, ended=ended)

    async def _look(self, act: Act) -> None:
        effect, answered, dealt = act.spans
        noticing, began = self.replicas[act.replica], now()
        await asyncio.sleep(effect)
        rows = self.world.listed(self.polled if act.what == "poll" else -1.0)
        await asyncio.sleep(answered)
        sight = Sight(By.LIST if act.what == "list" else By.POLL, began, now())
        await asyncio.sleep(dealt)
        if act.what == "list":
            await noticing.compare(SCOPE, Partition("acme"), rows, sight)
        else:
            await noticing.modified(SCOPE, rows, sight, 2)


@settings(max_examples=300, deadline=None)
@given(acts=st.lists(ACTS, max_size=14), faults=st.lists(st.sampled_from(["", "", "", "before", "after"]), max_size=20))
def test_every_change_is_told_once_and_in_order(acts: list[Act], faults: list[str]) -> None:
    loop = VirtualTimeLoop()
    try:
        house = House(faults)
        notices = loop.run_until_complete(house.run(acts))
    finally:
        loop.close()
    world = house.world
    shown: dict[str, str | None] = {"1": "0", "2": "0"}
    told: defaultdict[str, list[str]] = defaultdict(list)
    for notice in notices:
        row, event, content = notice["data"]["id"], notice["type"].rpartition(".")[2], notice["data"]
        after = None if event == "deleted" else content["row"]["name"]
        assert after != shown.get(row) or (event == "deleted" and row not in shown), "nothing has changed"
        assert event != "created" or shown.get(row) is None
        if content["changed"]:
            assert content["changed"]["name"].get("old", shown.get(row)) == shown.get(row), "something was left out"
        shown[row] = after
        told[row].append(event)
        assert content["sequence"] == len(told[row])
    assert {row: name for row, name in shown.items() if name is not None} == {
        row: str(value) for row, value in world.rows.items()
    }
    for row, events in told.items():
        assert len(events) <= world.changes[row]
        assert events.count("created") <= 1
        assert events.count("deleted") == (row in world.gone)
    assert len({notice["id"] for notice in notices}) == len(notices)
