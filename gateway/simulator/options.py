"""What can be set from outside, each point the documents leave open with its default. Everything but the seed, the
scale and the epoch may be changed while the simulator runs."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class Canned:
    """Bytes and fields to answer with instead of the service's own, for one exact path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Options:
    """Durations in seconds. Defaults are what the vendor documents, or what `docs` says is concluded."""

    seed: int = 1
    """Rows are a function of seed, scale and epoch."""
    scale: float = 1.0
    """Share of the full number of rows; each resource keeps a few at any scale."""
    epoch: date | None = None
    """The day the rows look back from; None is the simulator's today when the rows are first needed."""

    limit: int = 100
    """Requests one client address may send in `period`; 0 is no limit."""
    period: float = 60.0
    suspension: float = 60.0
    """How long an address is refused after its first overrun; doubles with each repetition, forgotten after a quiet
    day. 0: refused only while the window is full."""
    count_refused: bool = False
    """Whether requests refused as too fast fill the window too (open in the documents)."""
    per_day: int | None = None
    """Requests per account and GMT day; None is the account's own plan, 0 is no limit."""
    latency: float = 0.0

    now: Callable[[], float] = time.time
    """Seconds since 1970. Stamps of arrivals, windows and suspensions follow it alone."""
    clock_offset: float = 0.0
    """Added to `now` for everything that has a date: days, overdue, timers, notes."""
    frozen: float | None = None
    """If set, the calendar stands still at this moment; windows and the journal go on."""

    strict: bool = True
    """Unknown parameters and fields are 400 with code 17; otherwise they are ignored."""
    inclusive_ends: bool = True
    """`...begin` and `...end` filters include the day given. The documents say "after" and "before"."""
    empty_list_key: bool = True
    """A list without rows is written `"task":[]`; otherwise the key is left out (JSON only)."""
    unsupported_accept: str = "json"
    """Answer to an Accept that names neither format: json, xml or 406 (open in the documents)."""
    quota_style: str = "2026"
    """2026: strings and next_reset; 2022: numbers and business_day."""
    escape_text: bool = True
    """Plain text that is written comes back with & < > as HTML entities."""

    offline: bool = False
    """Every request is answered 502 with code 20."""
    account_states: dict[str, str] = field(default_factory=dict)
    """Account name to active, not_found, inactive, suspended, banned or unpaid."""
    user_states: dict[str, str] = field(default_factory=dict)
    """Token to active, unknown or inactive."""
    answer_headers: dict[str, str] = field(default_factory=dict)
    """Header fields added to every answer (Cache-Control and the like)."""
    canned: dict[str, Canned] = field(default_factory=dict)
    """Exact path (without query) to the answer given instead; counted and limited like any other request."""


_CHOICES = {
    "unsupported_accept": frozenset({"json", "xml", "406"}),
    "quota_style": frozenset({"2026", "2022"}),
    "account_states": frozenset({"active", "not_found", "inactive", "suspended", "banned", "unpaid"}),
    "user_states": frozenset({"active", "unknown", "inactive"}),
}
_OPTIONAL = frozenset({"per_day", "frozen"})
_FIXED = frozenset({"seed", "scale", "epoch", "now"})


def change(options: Options, wanted: Mapping[str, object]) -> None:
    """Set options from decoded JSON, all or none.

    Raises ValueError naming every option that is unknown, fixed at the start, or of the wrong type.
    """
    kinds = {item.name: type(getattr(Options(), item.name)) for item in fields(Options)}
    mistakes = [text for name, value in wanted.items() if (text := _mistake(name, value, kinds))]
    if mistakes:
        raise ValueError("; ".join(mistakes))
    for name, value in wanted.items():
        setattr(options, name, _canned(value) if name == "canned" else value)


def _mistake(name: str, value: object, kinds: Mapping[str, type]) -> str | None:
    if name not in kinds or name in _FIXED:
        return f"{name}: no option that can be changed"
    if value is None:
        return None if name in _OPTIONAL else f"{name}: cannot be null"
    if name in _OPTIONAL or kinds[name] is float:
        right = isinstance(value, int | float) and not isinstance(value, bool)
        return None if right else f"{name}: expects a number"
    if not isinstance(value, kinds[name]) or (kinds[name] is int and isinstance(value, bool)):
        return f"{name}: expects {kinds[name].__name__}"
    chosen = value.values() if isinstance(value, dict) else (value,)
    if name in _CHOICES and not all(choice in _CHOICES[name] for choice in chosen):
        return f"{name}: expects one of {', '.join(sorted(_CHOICES[name]))}"
    return None


def _canned(value: object) -> dict[str, Canned]:
    """JSON form: {"/task/": {"body": "...", "status": 200, "headers": {...}}}."""
    table: dict[str, Canned] = {}
    if isinstance(value, dict):
        for path, answer in value.items():
            table[str(path)] = Canned(
                str(answer.get("body", "")).encode(), int(answer.get("status", 200)), dict(answer.get("headers", {}))
            )
    return table


def plain(options: Options) -> dict[str, object]:
    """The options as JSON can carry them, for the control endpoint."""
    shown = {item.name: getattr(options, item.name) for item in fields(Options) if item.name != "now"}
    shown["epoch"] = options.epoch.isoformat() if options.epoch else None
    shown["canned"] = {path: answer.status for path, answer in options.canned.items()}
    return shown
