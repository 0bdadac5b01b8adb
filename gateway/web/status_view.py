"""The status page's content as HTML: what `status_page.Status` says, for people. Everything written is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from gateway.exchange.standing import DayStanding
from gateway.policy.closure import Closure
from gateway.policy.forecasting import Forecast
from gateway.policy.names import AccountName
from gateway.web.status_page import CLOSURES, Status, Traffic, UpstreamError, attention, costliest, most_saving

_NEARLY = 0.9
"""Part of a limit from which its bar warns."""

_LATEST = "The latest first, times in GMT"

_NARROW = 2
"""Columns that every screen has room for."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Row = Sequence[str | int | Html]


def content(status: Status) -> str:
    """Everything inside `main`."""
    parts = (_attention, _accounts, _line, _egress, _cache, _apps, _costliest, _most_saving, _refusals, _errors)
    now = f'<p class="as-of">As of {_clock(status.gate.now)} GMT. Counts since {_moment(status.since)} GMT.</p>'
    return now + "".join(part(status) for part in parts)


def _section(name: str, title: str, *inner: str, more: str = "") -> str:
    return f'<section aria-labelledby="{name}"{more}><h2 id="{name}">{title}</h2>{"".join(inner)}</section>'


def _attention(status: Status) -> str:
    said = [f"<li>{escape(sentence)}</li>" for sentence in attention(status)]
    inner = f"<ul>{''.join(said)}</ul>" if said else "<p>Nothing: every account is open and its day lasts.</p>"
    more = f' class="wide {"bad" if said else "good"}" aria-live="polite"'
    return _section("attention", "What needs attention", inner, more=more)


def _accounts(status: Status) -> str:
    cards = [_account(status, name, day) for name, day in sorted(status.gate.days.items())]
    return _section("accounts", "Accounts today", f'<div class="cards">{"".join(cards)}</div>', more=' class="wide"')


def _account(status: Status, name: AccountName, day: DayStanding) -> str:
    now, shut = status.gate.now, status.gate.closures.get(name)
    lines = [_foretold(day, status.forecasts.get(name)) if shut is None else _closed(shut)]
    if day.foreign:
        lines.append(f"{day.foreign:,} of them past the gateway.")
    lines.append(f"New day at {_clock(now + day.left)[:5]} GMT, in {_span(day.left)}.")
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    mark = " closed" if shut is not None else ""
    bar = _meter(f"Requests of account {name} today", day.used, day.limit, _used(day.used, day.limit))
    return f'<article class="card{mark}"><h3>{escape(name)}</h3>{bar}{told}</article>'


def _closed(shut: Closure) -> str:
    until = "no end is known" if shut.until is None else f"until {_moment(shut.until)} GMT"
    return f"Closed since {_moment(shut.since)} GMT, {until}: {CLOSURES[shut.reason]}."


def _foretold(day: DayStanding, forecast: Forecast | None) -> str:
    if day.limit and day.used >= day.limit:
        return "Spent."
    if forecast is None:
        return "No forecast yet."
    often = f"{forecast.per_hour:,.0f}" if forecast.per_hour >= 1 else "fewer than 1"
    pace = f"at this pace ({often} an hour)"
    return f"Safe {pace}." if math.isinf(forecast.dry_at) else f"Dry at {_clock(forecast.dry_at)[:5]} GMT {pace}."


def _line(status: Status) -> str:
    gate = status.gate
    rows = [(priority.value, waiting) for priority, waiting in gate.waiting.items()]
    told = f"<p>Who joins now waits {_span(gate.wait)}. Under way: {gate.leases_out:,}.</p>"
    return _section("line", "The line", told, _table("Requests waiting", ("Priority", "Waiting"), rows, "-"))


def _egress(status: Status) -> str:
    it, pause = status.gate.egress, status.gate.pause_left
    told = f"Paused for {_span(pause)}." if pause > 0 else f"All of it is free again in {_span(it.reset)}."
    bar = _meter(f"Minute of {it.name}", it.used, it.limit, _used(it.used, it.limit))
    return _section("egress", "The egress minute", bar, f"<p>{told}</p>")


def _cache(status: Status) -> str:
    it = status.stored
    ratio = "no reads yet" if it.hit_ratio is None else f"{it.hit_ratio:.1%}"
    memory = f"{it.bytes / 2**20:,.1f} of {it.max_bytes / 2**20:,.0f} MiB used"
    gone = ", ".join(f"{number:,} {reason}" for reason, number in it.evictions.items() if number) or "none"
    rows: list[tuple[str, str | int]] = [("Answered for nothing", ratio), ("Entries", it.entries), ("Evicted", gone)]
    pairs = "".join(f"<div><dt>{name}</dt><dd>{_cell(value)}</dd></div>" for name, value in rows)
    bar = _meter("Memory of the cache", it.bytes, it.max_bytes, memory)
    return _section("cache", "Cache", bar, f"<dl>{pairs}</dl>")


def _apps(status: Status) -> str:
    rows = [(name, _share(status, name), *_counts(it), it.refused) for name, it in sorted(status.apps.items())]
    heads = ("App", "Today", "Received", "Sent", "Saved", "Refused")
    table = _table("Requests; today: used of its share", heads, rows, "No app is configured.")
    return _section("apps", "Apps", table, more=' class="wide"')


def _share(status: Status, app: str) -> str | Html:
    """What the app used today; of its guaranteed share where it has one."""
    days = status.gate.days.values()
    used, share = sum(day.spent.get(app, 0) for day in days), sum(day.guaranteed.get(app, 0) for day in days)
    return _meter(f"Share of {app} today", used, share, f"{used:,} of {share:,}") if share else f"{used:,}"


def _costliest(status: Status) -> str:
    return _resources("costliest", "Resources by cost", "Most sent to the upstream", costliest(status))


def _most_saving(status: Status) -> str:
    return _resources("saving", "Resources by saving", "Most answered without the upstream", most_saving(status))


def _resources(name: str, title: str, caption: str, top: Iterable[tuple[str, Traffic]]) -> str:
    rows = [(resource, *_counts(it)) for resource, it in top]
    return _section(name, title, _table(caption, ("Resource", "Received", "Sent", "Saved"), rows, "None yet."))


def _counts(it: Traffic) -> tuple[int, int, int]:
    return it.received, it.sent, it.saved


def _refusals(status: Status) -> str:
    rows = [
        (_time(it.at), f"{it.app}: {it.method} {it.resource}", f"{it.reason} ({it.status})") for it in status.refusals
    ]
    return _section("refusals", "Recent refusals", _table(_LATEST, ("Time", "Request", "Reason"), rows, "None yet."))


def _errors(status: Status) -> str:
    rows = [(_time(it.at), it.account, it.resource, _answer(it)) for it in status.errors]
    heads = ("Time", "Account", "Resource", "Answer")
    return _section("errors", "Recent upstream errors", _table(_LATEST, heads, rows, "None yet."))


def _answer(it: UpstreamError) -> str:
    if not it.status:
        return "none came"
    return f"{it.status}" if it.api_code is None else f"{it.status}, API code {it.api_code}"


def _table(caption: str, heads: Sequence[str], rows: Sequence[Row], empty: str) -> str:
    """A table whose first column names the row; it scrolls by itself where it is too wide."""
    if not rows:
        return f"<p>{empty}</p>"
    head = "".join(
        f'<th scope="col"{_aligned(value)}>{escape(name)}</th>' for name, value in zip(heads, rows[0], strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{_cell(first)}</th>'
        + "".join(f"<td{_aligned(value)}>{_cell(value)}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    named = escape(caption)
    table = f"<table><caption>{named}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    wide = len(heads) > _NARROW
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{named}">{table}</div>' if wide else table


def _aligned(value: str | int | Html) -> str:
    return ' class="number"' if isinstance(value, int) else ""


def _cell(value: str | int | Html) -> str:
    if isinstance(value, Html):
        return value
    return f"{value:,}" if isinstance(value, int) else escape(value)


def _meter(name: str, used: int, limit: int, text: str) -> Html:
    """A bar with its text; only the text where there is no limit."""
    if limit <= 0:
        return Html(f'<p class="amount">{escape(text)}</p>')
    part = used / limit
    full = "full" if part >= 1 else "nearly" if part >= _NEARLY else "well"
    told = f'aria-label="{escape(name)}" aria-valuemin="0" aria-valuemax="{limit}" aria-valuetext="{escape(text)}"'
    return Html(
        f'<svg class="meter {full}" role="meter" viewBox="0 0 100 6" preserveAspectRatio="none" {told} '
        f'aria-valuenow="{min(used, limit)}"><rect class="track" width="100" height="6"/>'
        f'<rect class="used" width="{min(100.0, part * 100):.2f}" height="6"/></svg>'
        f'<p class="amount" aria-hidden="true">{escape(text)}</p>'
    )


def _used(used: int, limit: int) -> str:
    return f"{used:,} of {limit:,} used ({used / limit:.0%})" if limit > 0 else f"{used:,} used, no limit is set"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).strftime("%d %b %H:%M")


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).strftime("%H:%M:%S")


def _time(seconds: float) -> Html:
    shown = datetime.fromtimestamp(seconds, UTC)
    return Html(f'<time datetime="{shown:%Y-%m-%dT%H:%M:%SZ}">{shown:%H:%M:%S}</time>')


def _span(seconds: float) -> str:
    if math.isinf(seconds):
        return "for ever"
    whole = math.ceil(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
