"""What is worth telling of an account's quota, and when it was told: every occurrence once, whoever notices it.

An occurrence belongs to a GMT day (a level reached, a forecast, foreign requests, the day's end) or to a closure by
the upstream. What was told is a record (`Told`), swapped together with the notices, so that of several replicas one
tells it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from gateway.policy.names import AccountName
from gateway.policy.notices import Json, Notice, named_after
from gateway.policy.quota.closure import RECHECK, Closure, Reason
from gateway.policy.timestamp import timestamp

KIND = "quota_told"
"""The kind of these records; their key is the account."""

_BETWEEN = 0.001
"""Seconds between notices of one look, so that they are delivered in their order."""


class Occurrence(StrEnum):
    """What can happen to a quota; the last word of the event's type."""

    RECOVERED = "recovered"
    FOREIGN = "foreign"
    WARNING = "warning"
    FORECAST = "forecast"
    SPENT = "spent"
    SUSPENDED = "suspended"
    BANNED = "banned"

    @property
    def type(self) -> str:
        return f"quota.{self.value}"


@dataclass(frozen=True, slots=True)
class Day:
    """An account at `now`: its GMT day `number`, of which `left` seconds are left. Counts are requests.

    `dry_at` is when the day is expected to be spent, infinite where it lasts; `closed` is what the upstream said last.
    """

    account: AccountName
    now: float
    number: int
    limit: int
    used: int
    left: float
    foreign: int
    foreign_ahead: int
    dry_at: float
    per_hour: float
    closed: Closure | None


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: of the day, the highest level and what is told once; and the closure that is not over yet."""

    day: int = -1
    level: float = 0.0
    once: tuple[str, ...] = ()
    closed: str = ""

    @property
    def text(self) -> str:
        return json.dumps(asdict(self))


def load(text: str | None) -> Told:
    """Read a record; nothing was told where there is none."""
    if text is None:
        return Told()
    told = Told(**json.loads(text))
    return replace(told, once=tuple(told.once))


def due(told: Told, day: Day, *, levels: Sequence[float], foreign: float) -> tuple[Told, list[Notice]]:
    """Tell what has occurred since; `levels` and `foreign` are parts of the day."""
    if told.day != day.number:
        told = Told(day.number, closed=told.closed)
    closed = _closure(day)
    found: list[tuple[Occurrence, str, dict[str, Json]]] = []
    if told.closed and not closed:
        found.append((Occurrence.RECOVERED, told.closed, {"from": told.closed.partition(" ")[0]}))
    if day.limit and day.foreign > foreign * day.limit and Occurrence.FOREIGN not in told.once:
        found.append((Occurrence.FOREIGN, f"{day.number}", {"expected": day.foreign_ahead}))
    level = max((it for it in levels if day.limit and day.used >= it * day.limit), default=0.0)
    if level > told.level:
        found.append((Occurrence.WARNING, f"{day.number} {level}", {"level": level}))
    if day.dry_at < math.inf and day.used < day.limit and Occurrence.FORECAST not in told.once:
        found.append(
            (Occurrence.FORECAST, f"{day.number}", {"dry_at": timestamp(day.dry_at), "per_hour": round(day.per_hour)})
        )
    if closed and closed != told.closed:
        found.append((_occurrence(day), closed, _why(day)))
    once = {it for it, _, _ in found} & {Occurrence.FOREIGN, Occurrence.FORECAST}
    after = Told(day.number, max(level, told.level), tuple(sorted({*told.once, *once})), closed)
    return after, [_notice(day, *it, place=place) for place, it in enumerate(found)]


def _closure(day: Day) -> str:
    """Name what keeps the account from being asked, and since when; nothing where it may be."""
    if day.closed is not None and day.closed.reason is not Reason.DAY_SPENT:
        return f"{day.closed.reason.value} {day.closed.since:.3f}"
    return f"{Reason.DAY_SPENT.value} {day.number}" if _is_spent(day) else ""


def _is_spent(day: Day) -> bool:
    if day.limit and day.used >= day.limit:
        return True
    shut = day.closed
    # Shortly after midnight the upstream may mean the day before: that is no news of this day.
    return shut is not None and (shut.until is None or shut.until - shut.since > RECHECK)


def _occurrence(day: Day) -> Occurrence:
    if day.closed is None or day.closed.reason is Reason.DAY_SPENT:
        return Occurrence.SPENT
    return Occurrence.BANNED if day.closed.reason is Reason.BANNED else Occurrence.SUSPENDED


def _why(day: Day) -> dict[str, Json]:
    shut = day.closed
    if shut is None:
        return {"reason": Reason.DAY_SPENT.value, "told_by": "ledger", "retry_at": timestamp(day.now + day.left)}
    wait = shut.retry_after(day.now)
    return {
        "reason": shut.reason.value,
        "told_by": "upstream",
        "status": shut.status,
        "api_code": shut.api_code,
        "since": timestamp(shut.since),
        "retry_at": None if wait is None else timestamp(day.now + wait),
    }


def _notice(day: Day, occurrence: Occurrence, key: str, more: Mapping[str, Json], *, place: int) -> Notice:
    told: dict[str, Json] = {
        "limit": day.limit,
        "used": day.used,
        "remaining": max(0, day.limit - day.used),
        "foreign": day.foreign,
        "reset_at": timestamp(day.now + day.left),
        **more,
    }
    name = named_after(day.account, occurrence.value, key)
    return Notice(name, occurrence.type, day.account, day.now + place * _BETWEEN, told)
