"""What the upstream says of an account's day (`GET /quota/`), and what follows for the ledger.

The document is one object under the key `quota`: requests a day, used, when the next day begins, exceeded or not. It
has been written with numbers and `business_day`, and with strings and `next_reset`.

The upstream has counted some of the requests that were under way while it was asked, and not others. What it counts
beyond all that the ledger has charged by the time of its answer was certainly made past the gateway: foreign. The
larger count holds. A count is believed for the day that the document is of: at midnight the upstream's clock and ours
may differ by some seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gateway.policy.quota import arithmetic, closure
from gateway.policy.quota.budget import State
from gateway.policy.quota.closure import DAY, Closure, Reason

_LONGEST = 65_536
_MOST = 10**9
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d))?(?:\.\d+)? ?(?:Z|GMT|UTC|\+00:?00)?")
_YES = frozenset({"t", "true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Plan:
    """An account's day as the upstream counts it; `reset_at` in epoch seconds, None where it is not told."""

    limit: int
    used: int
    reset_at: float | None
    exceeded: bool


def read(body: bytes) -> Plan:
    """Read a quota document in JSON, in any spelling it was seen in. Raises ValueError that says what is missing."""
    if len(body) > _LONGEST:
        raise ValueError(f"a quota document of {len(body)} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the quota document is not JSON: {error}") from None
    record = document.get("quota") if isinstance(document, dict) else None
    if isinstance(record, list) and len(record) == 1:
        record = record[0]
    if not isinstance(record, dict):
        raise ValueError("the quota document has no object 'quota'")
    limit, used = _whole(record, "quota"), _whole(record, "used")
    exceeded = record.get("exceeded")
    return Plan(
        limit=limit,
        used=used,
        reset_at=_reset(record),
        exceeded=0 < limit <= used if exceeded is None else str(exceeded).strip().lower() in _YES,
    )


def corrected(state: State, plan: Plan, *, now: float) -> State:
    """An account's state with what the upstream says; `now` is the ledger's time after the answer."""
    state = replace(arithmetic.turned(state, now), plan=plan.limit or state.plan, asked_at=now)
    day = _day_of(plan, state, now)
    if day < state.day:
        # The upstream's midnight is still to come: its count is of the day that was left here.
        waiting = replace(closure.spent(now), until=now + closure.RECHECK) if plan.exceeded else _reopened(state.closed)
        return replace(state, closed=closure.holding(state.closed, waiting, now=now) if waiting else None)
    if day > state.day:
        state = arithmetic.begun(state, day)
    foreign = max(state.foreign, plan.used - (state.used - state.foreign))
    used = state.used + foreign - state.foreign
    closed = _closure(state, exceeded=plan.exceeded, now=now)
    return replace(state, used=used, foreign=foreign, told=plan.used, closed=closed)


def _closure(state: State, *, exceeded: bool, now: float) -> Closure | None:
    if not exceeded:
        return _reopened(state.closed)
    until = (state.day + 1) * DAY
    graver = state.closed is not None and state.closed.reason is not Reason.DAY_SPENT and state.closed.in_force(now)
    return state.closed if graver else replace(closure.spent(now), until=until)


def _reopened(closed: Closure | None) -> Closure | None:
    return None if closed is None or closed.reason is Reason.DAY_SPENT else closed


def _day_of(plan: Plan, state: State, now: float) -> int:
    """The number of the day that a document tells of; a calendar that is plainly another one is not believed."""
    if plan.reset_at is None:
        return state.day
    day = int((plan.reset_at - 1) // DAY)
    return day if abs(day - int(now // DAY)) <= 1 and abs(day - state.day) <= 1 else state.day


def _reset(record: Mapping[str, object]) -> float | None:
    for name, days in (("next_reset", 0), ("business_day", 1)):
        found = _DATE.fullmatch(str(record.get(name) or "").strip())
        if found is None:
            continue
        try:
            moment = datetime.fromisoformat(f"{found[1]} {found[2] or '00:00:00'}").replace(tzinfo=UTC)
        except ValueError:
            continue
        return (moment + timedelta(days=days)).timestamp()
    return None


def _whole(record: Mapping[str, object], name: str) -> int:
    value = record.get(name)
    text = str(value).strip().replace(",", "") if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(_MOST))):
        raise ValueError(f"the quota document's {name!r} is {value!r:.40}, no number of requests")
    return int(text)
