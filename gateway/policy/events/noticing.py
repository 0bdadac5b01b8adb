"""What a look at a row, or a write of it, tells: whether the row has changed since it was seen, and what to say of it.

The only judge of change is the record of the row (`seen.py`). Who finds a difference swaps the record together with the
notice of it; who comes second finds the record as it is now, and nothing to tell. Hence:

* A read tells what it saw if it was certainly made later than the record. Where the two overlap it tells nothing,
  `UNDECIDED`, and a later look decides.
* A write through the gateway is certain, in whichever order the answers of several came. Where it overlaps with a read
  that shows something else, that may be what came after it: then a later look decides as well.
* Columns that only one of two sights shows, and those that change by themselves, make no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never

from gateway.policy.events import seen
from gateway.policy.events.noticeable import Noticeable
from gateway.policy.events.seen import By, Row, Seen, Sight
from gateway.policy.names import AccountName
from gateway.policy.notices import Json, Notice, named_after
from gateway.policy.writing.change import Change, Created, Deleted, Updated


class Event(StrEnum):
    """What can happen to a row."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


class Unknown(StrEnum):
    """What it means that a read shows a row that has no record."""

    BASELINE = "baseline"
    """Nothing is known yet, and nothing is told: a first look."""
    CREATED = "created"
    """It was not there before."""
    UPDATED = "updated"
    """It was there, but not looked at."""


class Undecided:
    """The row may have changed, but whether before or after it was seen is open."""


UNDECIDED = Undecided()

_MOMENT = 0.001

_LONG = 86_400.0
"""Seconds for which the record of a row that is gone is kept."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows of which resource."""

    account: AccountName
    rules: Noticeable

    @property
    def kind(self) -> str:
        """The kind of the rows' records."""
        return f"seen:{self.account}:{self.rules.resource}"

    @property
    def key(self) -> str:
        return f"{self.account}:{self.rules.resource}"

    def type(self, event: Event) -> str:
        return f"intervals.{self.rules.resource}.{event.value}"


@dataclass(frozen=True, slots=True)
class Finding:
    """The record to write in the place of `before` (None: it is forgotten), and what is to be told with it."""

    number: str
    before: str | None
    after: Seen | None
    notice: Notice | None


Judged: TypeAlias = Finding | Undecided | None


def read(scope: Scope, number: str, before: str | None, row: Row | None, *, sight: Sight, unknown: Unknown) -> Judged:
    """Judge a row that a read shows (None: that a whole list does not show) by the record `before`."""
    known = None if before is None else seen.load(before)
    if known is not None and not sight.after(known):
        differs = _differs(scope, known.row, row)
        return UNDECIDED if differs and not sight.before(known) else None
    if not _differs(scope, None if known is None else known.row, row):
        return None
    case = _Case(scope, number, before, known, sight)
    if unknown is Unknown.BASELINE:
        return case.silent(row)
    if row is None:
        return case.told(Event.DELETED, None, {})
    if known is None and unknown is Unknown.UPDATED:
        return case.told(Event.UPDATED, row, None)
    if known is None or known.row is None:
        return case.told(Event.CREATED, row, {})
    return case.told(Event.UPDATED, row, changed(scope, known.row, row))


def written(scope: Scope, before: str | None, change: Change, *, sight: Sight) -> Finding | None:
    """Judge what a write through the gateway did by the record `before` of its row."""
    known = None if before is None else seen.load(before)
    gone = known is not None and known.row is None
    case = _Case(scope, change.number, before, known, sight)
    match change:
        case Deleted():
            return None if gone or case.late else case.told(Event.DELETED, None, {})
        case Created(_, element):
            if known is not None and (gone or known.told):
                return None
            return case.told(Event.CREATED, seen.plain(element) if known is None else known.row, {})
        case Updated(_, element, sent):
            row = seen.plain(element)
            if known is None:
                return case.told(Event.UPDATED, row, {name: {"new": row[name]} for name in sorted(sent & row.keys())})
            if known.row is None or case.late or (known.by is not By.WRITE and not sight.after(known)):
                return None
            differences = changed(scope, known.row, row)
            return case.told(Event.UPDATED, row, differences) if differences else None
        case _:
            assert_never(change)


def forgotten(number: str, before: str | None, *, sight: Sight) -> Finding | None:
    """The end of the record of a row that is long gone: no look is so late that it could show it still."""
    known = None if before is None else seen.load(before)
    if known is None or known.row is not None or sight.began - known.ended < _LONG:
        return None
    return Finding(number, before, None, None)


def changed(scope: Scope, before: Row, after: Row) -> dict[str, Json]:
    """The columns that differ, each with its old and its new value."""
    names = (before.keys() & after.keys()) - scope.rules.derived
    return {name: {"old": before[name], "new": after[name]} for name in sorted(names) if before[name] != after[name]}


def _differs(scope: Scope, before: Row | None, after: Row | None) -> bool:
    if before is None or after is None:
        return before is not after
    return bool(changed(scope, before, after))


@dataclass(frozen=True, slots=True)
class _Case:
    scope: Scope
    number: str
    before: str | None
    known: Seen | None
    sight: Sight

    @property
    def late(self) -> bool:
        """The row was certainly looked at after this sight."""
        return self.known is not None and self.sight.before(self.known)

    def silent(self, row: Row | None) -> Finding:
        return Finding(self.number, self.before, self._after(row, more=0), None)

    def told(self, event: Event, row: Row | None, changes: Mapping[str, Json] | None) -> Finding:
        """Tell a change; `changes` is None where nothing is known of the row as it was."""
        after = self._after(row, more=1)
        shown = after.row if event is not Event.DELETED else None if self.known is None else self.known.row
        told: dict[str, Json] = {
            "resource": self.scope.rules.resource,
            "id": self.number,
            "sequence": after.told,
            "row": None if shown is None else dict(shown),
            "changed": None if changes is None else dict(changes),
            "seen": {"by": self.sight.by.value, **({"app": self.sight.app} if self.sight.app else {})},
        }
        notice = Notice(self._id(event, after), self.scope.type(event), self.scope.account, after.ended, told)
        return Finding(self.number, self.before, after, notice)

    def _after(self, row: Row | None, *, more: int) -> Seen:
        """The record as it becomes. It ends later than the one before, so that notices of a row are in order."""
        if self.known is None:
            return Seen(row, self.sight.began, self.sight.ended, self.sight.by, more)
        kept = self.known.row or {}
        ended = max(self.sight.ended, self.known.ended + _MOMENT)
        merged = None if row is None else {**kept, **row}
        return Seen(merged, self.sight.began, ended, self.sight.by, self.known.told + more)

    def _id(self, event: Event, after: Seen) -> str:
        """The same for the same change of the same record, by whomever it is found."""
        row = "" if after.row is None else seen.canonical(after.row)
        return named_after(self.scope.kind, self.number, event.value, self.before or "", row)
