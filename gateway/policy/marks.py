"""How far the rows of a resource have been looked at: where a restart, another replica or a missed poll goes on.

A look by date asks for what was modified after `modified`, in the upstream's own text and zone: it is taken from the
rows that came, not from a clock of ours. It moves on only when all that was asked for has come and was decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from gateway.policy.names import Partition
from gateway.policy.noticeable import Noticeable

KIND = "mark"
"""The kind of these records; their key is the scope's."""

_MANY = 10

_ZONES = timedelta(hours=36)
"""More than any account's time can differ from ours, with a clock that is wrong."""

_AHEAD = timedelta(hours=15)
"""What lies further ahead of our clock is no time of any account: a row with it does not move the mark."""

_SEAM = timedelta(minutes=1)
"""What two stretches of one look have in common, because the bounds of a filter do not count themselves."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was looked at with the credential of `partition`: whole lists until `looked` (the records' epoch seconds),
    by date until `modified`; rows with an id above `top` are younger than the first look by date.

    The last whole list had `rows` rows; it is `doubted` if that is so few that they were not taken for all.
    """

    partition: Partition
    looked: float
    modified: str = ""
    top: int = 0
    rows: int = 0
    doubted: bool = False

    @property
    def text(self) -> str:
        return json.dumps(asdict(self))


def load(text: str | None, partition: Partition) -> Mark | None:
    """Read a mark; none if it was made with another credential, which saw other rows and columns.

    One that another version wrote in another way is none either: what follows is a first look.
    """
    if text is None:
        return None
    try:
        mark = Mark(**json.loads(text))
    except (TypeError, ValueError):
        return None
    return mark if mark.partition == partition else None


def doubtful(mark: Mark, rows: int) -> bool:
    """Has a list lost so many rows since the last one that it takes a second one to believe it?

    A slip of the upstream would otherwise be thousands of deletions, and creations afterwards.
    """
    return not mark.doubted and mark.rows >= _MANY and rows < mark.rows / 2


def first(now: float) -> str:
    """Where the first look by date begins."""
    return _text(_moment(now) - _ZONES)


def stretches(modified: str, rules: Noticeable, *, now: float) -> Sequence[tuple[str, str | None]]:
    """Begin and end of the stretches that a look by date asks for, one after the other; the last is open."""
    begin = datetime.fromisoformat(modified).replace(tzinfo=UTC) - timedelta(seconds=rules.overlap)
    found: list[tuple[str, str | None]] = []
    if rules.span is not None:
        longest = timedelta(seconds=rules.span) - _SEAM
        while _moment(now) - begin > longest:
            found.append((_text(begin), _text(begin + longest)))
            begin += longest - _SEAM
    return [*found, (_text(begin), None)]


def moved(modified: str, decided: Iterable[str], undecided: Iterable[str], *, now: float) -> str:
    """Where the next look begins, by when the rows of this one were modified; never behind one that is undecided."""
    latest = _text(_moment(now) + _AHEAD)
    mark = max([modified, first(now), *(moment for moment in decided if _is_moment(moment) and moment <= latest)])
    return max(modified, min([mark, *(moment for moment in undecided if _is_moment(moment))]))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-01-01 00:00:00")


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
