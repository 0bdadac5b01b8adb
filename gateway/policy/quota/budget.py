"""What is remembered of one budget, and its text in the ledger.

The text is compact JSON. Missing fields have their defaults, so that a newer gateway reads an older one's text;
anything else that does not fit is refused with a ValueError that names the field, since a guess could overrun.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from gateway.policy.quota.closure import Closure, Reason


@dataclass(frozen=True, slots=True)
class Stamp:
    """One lease: when its request ended, or, while it is under way, the latest moment it can end (epoch seconds).

    Kept is the end and not the end plus a period: that makes one stamp serve windows of any length, and tells
    whether its request can still arrive after midnight. `app` is whose request it is, where that is counted.
    """

    lease: str
    ends: float
    app: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """One budget: `used` requests of GMT day number `day` (days since the epoch), stamps, and what holds sends back.

    A stamp that ends in `day` or later is counted in `used`; `pauses` is the number of pauses in a row. The rest is of
    accounts, and of `day`: `used` is made up of `foreign` requests, which were made past the gateway, and of those that
    apps have `spent`; `lent` is what of an app's share went to others because the app did not ask for it
    (shares.py); `told` is the upstream's own count. Of more than a day are `plan`, the requests a day that the
    upstream told (0: never), and `asked_at`, the last time it was asked (epoch seconds). `born` is when the ledger
    first held the budget (epoch seconds), and `writes` how often it was written (recalling.py).
    """

    stamps: tuple[Stamp, ...] = ()
    day: int = 0
    used: int = 0
    closed: Closure | None = None
    paused_until: float = 0.0
    pauses: int = 0
    foreign: int = 0
    spent: Mapping[str, int] = field(default_factory=dict)
    lent: Mapping[str, int] = field(default_factory=dict)
    told: int | None = None
    plan: int = 0
    asked_at: float = 0.0
    born: float = 0.0
    writes: int = 0


def dump(state: State) -> str:
    """Write a state as one line of JSON."""
    fields: dict[str, object] = {
        "stamps": [[stamp.lease, stamp.ends, *filter(None, [stamp.app])] for stamp in state.stamps],
        "day": state.day,
        "used": state.used,
        "closed": asdict(state.closed) if state.closed else None,
        "paused_until": state.paused_until,
        "pauses": state.pauses,
        "foreign": state.foreign,
        "spent": dict(state.spent),
        "lent": dict(state.lent),
        "told": state.told,
        "plan": state.plan,
        "asked_at": state.asked_at,
        "born": state.born,
        "writes": state.writes,
    }
    return json.dumps(fields, separators=(",", ":"))


def load(text: str | None) -> State:
    """Read a state; None is a budget that was never written. Raises ValueError."""
    if text is None:
        return State()
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"budget state is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise ValueError("budget state is not an object")
    return State(
        stamps=tuple(_stamp(item) for item in _list(fields, "stamps")),
        day=_whole(fields, "day"),
        used=_whole(fields, "used"),
        closed=_closure(fields.get("closed")),
        paused_until=_number(fields.get("paused_until", 0.0), "paused_until"),
        pauses=_whole(fields, "pauses"),
        foreign=_whole(fields, "foreign"),
        spent=_counts(fields, "spent"),
        lent=_counts(fields, "lent"),
        told=None if fields.get("told") is None else _whole(fields, "told"),
        plan=_whole(fields, "plan"),
        asked_at=_number(fields.get("asked_at", 0.0), "asked_at"),
        born=_number(fields.get("born", 0.0), "born"),
        writes=_whole(fields, "writes"),
    )


def _stamp(item: object) -> Stamp:
    match item:
        case [str(lease), ends]:
            return Stamp(lease, _number(ends, "stamps"))
        case [str(lease), ends, str(app)]:
            return Stamp(lease, _number(ends, "stamps"), app)
        case _:
            raise ValueError(f"budget state: a stamp must be [lease, ends] or [lease, ends, app], not {item!r}")


def _closure(fields: object) -> Closure | None:
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise ValueError("budget state: 'closed' must be an object")
    return Closure(
        reason=Reason(str(fields.get("reason"))),
        status=_whole(fields, "status"),
        api_code=None if fields.get("api_code") is None else _whole(fields, "api_code"),
        since=_number(fields.get("since", 0.0), "since"),
        until=_moment(fields.get("until"), "until"),
        probe_at=_moment(fields.get("probe_at"), "probe_at"),
        attempts=_whole(fields, "attempts"),
    )


def _list(fields: Mapping[str, object], name: str) -> list[object]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"budget state: {name!r} must be a list")
    return value


def _counts(fields: Mapping[str, object], name: str) -> dict[str, int]:
    counts = fields.get(name, {})
    if not isinstance(counts, dict):
        raise ValueError(f"budget state: {name!r} must be an object")
    return {app: _whole(counts, app) for app in counts}


def _whole(fields: Mapping[str, object], name: str) -> int:
    value = fields.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"budget state: {name!r} must be a whole number, not {value!r}")
    return value


def _number(value: object, name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"budget state: {name!r} must be a number, not {value!r}")
    return float(value)


def _moment(value: object, name: str) -> float | None:
    return None if value is None else _number(value, name)
