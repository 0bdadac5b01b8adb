"""Finds out what has changed, whoever changed it, and makes it known: each change once, durable with what tells of it.

Three sources lead here: writes, whole lists that somebody fetched, and polls. They need not know of one another, nor
of other replicas: the records of the rows decide, and a swap makes a change known and seen in one act. Where nobody
subscribes, nothing is read, compared or kept.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from gateway.exchange.background import Spawn
from gateway.exchange.pace import drive
from gateway.exchange.pages import pages
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching.entry import Entry
from gateway.policy.caller import Caller
from gateway.policy.events import comparing, marks, noticing
from gateway.policy.events.comparing import Judge, Record, Rows
from gateway.policy.events.marks import Mark
from gateway.policy.events.noticeable import Noticeable
from gateway.policy.events.noticing import Event, Finding, Scope, Undecided, Unknown
from gateway.policy.events.seen import By, Sight
from gateway.policy.lists.collection import Collection
from gateway.policy.names import AccountName, AppName, Partition
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.translation.steps import Steps
from gateway.policy.writing.change import Change, Deleted
from gateway.ports import Clock, Outbox, Records, RecordsAway, Tell

POLLS = AppName("gateway-polls")
"""Whose requests the polls are, in the line, in the metrics and in the usage."""

Counted: TypeAlias = Callable[[AccountName, str], None]
"""Is told the account and the last word of the type of every notice that was made known."""

_TOGETHER = 128
"""Rows that are judged and swapped together."""

_PAGE = 512
"""Records read at a time."""

_RACES = 10
"""Times that others may be first before the rows are left to the next look."""


class _News(NamedTuple):
    """What is to be swapped together, what is told by it, and the rows that only a later look can decide."""

    edits: list[Edit]
    notices: list[Notice]
    undecided: frozenset[str]


class _Next(NamedTuple):
    """A whole list that waits to be compared."""

    caller: Caller
    entry: Entry
    collection: Collection


class Noticing:
    """Tells the outbox of changed rows."""

    def __init__(
        self,
        *,
        rules: Mapping[str, Noticeable],
        outbox: Outbox,
        records: Records,
        clock: Clock,
        spawn: Spawn,
        counted: Counted,
        tell: Tell,
    ) -> None:
        self._rules = rules
        self._outbox = outbox
        self._records = records
        self._clock = clock
        self._spawn = spawn
        self._counted = counted
        self._tell = tell
        self._turn: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._next: dict[str, _Next] = {}

    def scope(self, account: AccountName, resource: str) -> Scope | None:
        """The rows of a resource, if somebody wants to know of them."""
        scope = Scope(account, self._rules[resource])
        wanted = any(self._outbox.subscribed(account, scope.type(event)) for event in Event)
        return scope if wanted else None

    async def wrote(self, caller: Caller, resource: str, change: Change | None, *, began: float, ended: float) -> None:
        """A write was answered. Of one with another credential than the account's own only a deletion is certain."""
        if change is None or not (caller.lent or isinstance(change, Deleted)):
            return
        if (scope := self.scope(caller.account, resource)) is None:
            return
        try:
            sight = await self.sight(By.WRITE, began=began, ended=ended, app=caller.app)
            records = await self._records_of(scope, [change.number])
            await self._settle(scope, records, lambda _, before: noticing.written(scope, before, change, sight=sight))
        except RecordsAway as error:
            self._away(scope, error)

    def collected(self, question: Question, whole: HeldAnswer, collection: Collection) -> None:
        """A whole list was fetched, for whatever reason: compare it, behind everything else.

        While one is compared, of those that come only the last waits.
        """
        caller = question.caller
        if not caller.lent or (scope := self.scope(caller.account, question.resource)) is None:
            return
        waiting = scope.key in self._next
        self._next[scope.key] = _Next(caller, whole.entry, collection)
        if not waiting:
            _ = self._spawn(self._compare_next(scope), f"compare {scope.key}")

    async def _compare_next(self, scope: Scope) -> None:
        async with self._turn[scope.key]:
            caller, entry, collection = self._next.pop(scope.key)
        try:
            by = By.POLL if caller.app == POLLS else By.LIST
            sight = await self.sight(by, began=entry.requested_at, ended=entry.received_at)
            await self.compare(scope, caller.partition, collection.rows, sight)
        except RecordsAway as error:
            self._away(scope, error)

    async def sight(self, by: By, *, began: float, ended: float, app: AppName | None = None) -> Sight:
        """A look at rows by this process's clock, told by the clock that all replicas share."""
        lead = await self._records.now() - self._clock()
        return Sight(by, began + lead, ended + lead, app)

    async def compare(self, scope: Scope, partition: Partition, rows: Rows, sight: Sight) -> None:
        """Compare a whole list with what was seen before; the first one is only remembered. Raises `RecordsAway`."""
        async with self._turn[scope.key]:
            (text,) = await self._records.read(marks.KIND, [scope.key])
            mark = marks.load(text, partition)
            if mark is not None and sight.began < mark.looked:
                return  # another replica, or a later list, was first
            if mark is not None and marks.doubtful(mark, len(rows)):
                self._doubt(scope, mark, len(rows))
                after = replace(mark, looked=sight.ended, doubted=True)
            else:
                await self._compare(scope, rows, sight, Unknown.BASELINE if mark is None else Unknown.CREATED)
                after = replace(mark or Mark(partition, 0.0), looked=sight.ended, rows=len(rows), doubted=False)
            await self._records.swap([Edit(marks.KIND, scope.key, text, after.text)])

    async def _compare(self, scope: Scope, rows: Rows, sight: Sight, unknown: Unknown) -> None:
        judge = comparing.judge(scope, rows, sight, unknown)
        known: set[str] = set()
        async for page in pages(self._records, scope.kind, most=_PAGE):
            await self._settle(scope, await drive(comparing.differing(rows, page)), judge)
            known.update(number for number, _ in page)
        await self._settle(scope, await drive(comparing.unknown(rows, known)), judge)

    async def modified(self, scope: Scope, rows: Rows, sight: Sight, top: int | None) -> frozenset[str]:
        """Judge the rows of a poll by date; gives the ids of those that only a later look can decide.

        Rows with an id above `top` are younger than the first poll; None: this is the first. Raises `RecordsAway`.
        """

        def judge(number: str, before: str | None) -> noticing.Judged:
            unknown = Unknown.BASELINE
            if top is not None:
                unknown = Unknown.CREATED if int(number) > top else Unknown.UPDATED
            return comparing.judge(scope, rows, sight, unknown)(number, before)

        return await self._settle(scope, await self._records_of(scope, list(rows)), judge)

    async def _records_of(self, scope: Scope, numbers: list[str]) -> list[Record]:
        return list(zip(numbers, await self._records.read(scope.kind, numbers), strict=True))

    async def _settle(self, scope: Scope, records: Iterable[Record], judge: Judge) -> frozenset[str]:
        """Judge rows and make known what has changed; gives the ids of those that remain undecided."""
        undecided: set[str] = set()
        for piece in comparing.slices(records, _TOGETHER):
            undecided |= await self._settled(scope, piece, judge)
            await asyncio.sleep(0)
        return frozenset(undecided)

    async def _settled(self, scope: Scope, piece: list[Record], judge: Judge) -> frozenset[str]:
        for _ in range(_RACES):
            news = await drive(self._news(scope, piece, judge))
            if not news.edits or await self._records.swap(news.edits):
                self._tell_of(news)
                return news.undecided
            piece = await self._records_of(scope, [number for number, _ in piece])
        self._tell("changes_contended", level="warning", account=scope.account, resource=scope.rules.resource)
        return frozenset(number for number, _ in piece)

    def _news(self, scope: Scope, piece: list[Record], judge: Judge) -> Steps[_News]:
        """Judge rows, and write down what makes records and notices durable together."""
        edits: list[Edit] = []
        notices: list[Notice] = []
        undecided: set[str] = set()
        for number, before in piece:
            match judge(number, before):
                case Finding(after=after, notice=notice):
                    edits.append(Edit(scope.kind, number, before, None if after is None else after.text))
                    if notice is not None:
                        notices.append(notice)
                        edits += self._outbox.posting(notice)
                case Undecided():
                    undecided.add(number)
                case None:
                    pass
            yield
        return _News(edits, notices, frozenset(undecided))

    def _tell_of(self, news: _News) -> None:
        for notice in news.notices:
            self._counted(notice.account, notice.type.rpartition(".")[2])
        if news.notices:
            self._outbox.wake()

    def _doubt(self, scope: Scope, mark: Mark, rows: int) -> None:
        names = {"account": scope.account, "resource": scope.rules.resource}
        self._tell("list_shrunk", level="warning", **names, rows=rows, before=mark.rows)

    def _away(self, scope: Scope, error: RecordsAway) -> None:
        self._tell(
            "changes_unknown", level="warning", account=scope.account, resource=scope.rules.resource, detail=str(error)
        )
