"""The status page's content as HTML: what `status_page.Status` says, for people. Everything written is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import TypeVar

from gateway.exchange.line.standing import DayStanding
from gateway.policy.names import AccountName
from gateway.policy.quota.closure import Closure
from gateway.policy.quota.forecasting import Forecast
from gateway.web.status_markup import Html, cell, clock, meter, moment, section, span, table, time
from gateway.web.status_page import (
    CLOSURES,
    Refusal,
    Status,
    Traffic,
    UpstreamError,
    attention,
    costliest,
    most_saving,
)

_LATEST = "The latest first, times in GMT"


Latest = TypeVar("Latest", Refusal, UpstreamError)


def content(status: Status) -> str:
    """Everything inside `main`."""
    parts = (
        _attention,
        _accounts,
        _line,
        _egress,
        _cache,
        _apps,
        _webhooks,
        _jobs,
        _costliest,
        _most_saving,
        _refusals,
        _errors,
    )
    now = f'<p class="as-of">As of {clock(status.gate.now)} GMT. Counts since {moment(status.since)} GMT.</p>'
    return now + "".join(part(status) for part in parts)


def _attention(status: Status) -> str:
    said = [f"<li>{escape(sentence)}</li>" for sentence in attention(status)]
    inner = f"<ul>{''.join(said)}</ul>" if said else "<p>Nothing: every account is open and its day lasts.</p>"
    more = f' class="wide {"bad" if said else "good"}" aria-live="polite"'
    return section("attention", "What needs attention", inner, more=more)


def _accounts(status: Status) -> str:
    cards = [_account(status, name, day) for name, day in sorted(status.gate.days.items())]
    return section("accounts", "Accounts today", f'<div class="cards">{"".join(cards)}</div>', more=' class="wide"')


def _account(status: Status, name: AccountName, day: DayStanding) -> str:
    now, shut = status.gate.now, status.gate.closures.get(name)
    lines = [_foretold(day, status.forecasts.get(name)) if shut is None else _closed(shut)]
    if day.foreign:
        lines.append(f"{day.foreign:,} of them past the gateway.")
    lines.append(f"New day at {clock(now + day.left)[:5]} GMT, in {span(day.left)}.")
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    mark = " closed" if shut is not None else ""
    bar = meter(f"Requests of account {name} today", day.used, day.limit, _used(day.used, day.limit))
    return f'<article class="card{mark}"><h3>{escape(name)}</h3>{bar}{told}</article>'


def _closed(shut: Closure) -> str:
    until = "no end is known" if shut.until is None else f"until {moment(shut.until)} GMT"
    return f"Closed since {moment(shut.since)} GMT, {until}: {CLOSURES[shut.reason]}."


def _foretold(day: DayStanding, forecast: Forecast | None) -> str:
    if day.limit and day.used >= day.limit:
        return "Spent."
    if forecast is None:
        return "No forecast yet."
    often = f"{forecast.per_hour:,.0f}" if forecast.per_hour >= 1 else "fewer than 1"
    pace = f"at this pace ({often} an hour)"
    return f"Safe {pace}." if math.isinf(forecast.dry_at) else f"Dry at {clock(forecast.dry_at)[:5]} GMT {pace}."


def _line(status: Status) -> str:
    gate = status.gate
    rows = [(priority.value, waiting) for priority, waiting in gate.waiting.items()]
    told = f"<p>Who joins now waits {span(gate.wait)}. Under way: {gate.leases_out:,}.</p>"
    return section("line", "The line", told, table("Requests waiting", ("Priority", "Waiting"), rows, "-"))


def _egress(status: Status) -> str:
    it, pause = status.gate.egress, status.gate.pause_left
    told = f"Paused for {span(pause)}." if pause > 0 else f"All of it is free again in {span(it.reset)}."
    bar = meter(f"Minute of {it.name}", it.used, it.limit, _used(it.used, it.limit))
    return section("egress", "The egress minute", bar, f"<p>{told}</p>")


def _cache(status: Status) -> str:
    it = status.stored
    ratio = "no reads yet" if it.hit_ratio is None else f"{it.hit_ratio:.1%}"
    memory = f"{it.bytes / 2**20:,.1f} of {it.max_bytes / 2**20:,.0f} MiB used"
    gone = ", ".join(f"{number:,} {reason}" for reason, number in it.evictions.items() if number) or "none"
    rows: list[tuple[str, str | int]] = [("Answered for nothing", ratio), ("Entries", it.entries), ("Evicted", gone)]
    pairs = "".join(f"<div><dt>{name}</dt><dd>{cell(value)}</dd></div>" for name, value in rows)
    bar = meter("Memory of the cache", it.bytes, it.max_bytes, memory)
    return section("cache", "Cache", bar, f"<dl>{pairs}</dl>")


def _apps(status: Status) -> str:
    rows = [(name, _share(status, name), *_counts(it), it.refused) for name, it in sorted(status.apps.items())]
    heads = ("App", "Today", "Received", "Sent", "Saved", "Refused")
    listed = table("Requests; today: used of its share", heads, rows, "No app is configured.")
    return section("apps", "Apps", listed, more=' class="wide"')


def _share(status: Status, app: str) -> str | Html:
    """What the app used today; of its guaranteed share where it has one."""
    days = status.gate.days.values()
    used, share = sum(day.spent.get(app, 0) for day in days), sum(day.guaranteed.get(app, 0) for day in days)
    return meter(f"Share of {app} today", used, share, f"{used:,} of {share:,}") if share else f"{used:,}"


def _webhooks(status: Status) -> str:
    it = status.telling
    told = f"Waiting: {it.waiting:,}" + (f", the oldest for {span(it.oldest)}" if it.waiting else "")
    rows = [
        (name, _fares(told.states), told.delivered, told.failed, told.dead)
        for name, told in sorted(it.subscriptions.items())
    ]
    heads = ("Subscription", "State", "Delivered", "Failed", "Given up")
    listed = table("Attempts to deliver", heads, rows, "Nobody subscribes.")
    return section("webhooks", "Webhooks", f"<p>{told}. Given up: {it.dead:,}.</p>", listed)


def _jobs(status: Status) -> str:
    rows = list(status.jobs.items())
    listed = table("What was put off; kept for 7 days", ("State", "Jobs"), rows, "Nothing was ever put off.")
    return section("jobs", "Jobs", listed)


def _fares(states: Mapping[str, int]) -> str:
    """The one state of one subscription; of several that are counted together, each with its number."""
    told = [(state.replace("_", " "), number) for state, number in sorted(states.items()) if number]
    if len(told) == 1 and told[0][1] == 1:
        return told[0][0]
    return ", ".join(f"{number} {state}" for state, number in told) or "none"


def _costliest(status: Status) -> str:
    return _resources("costliest", "Resources by cost", "Most sent to the upstream", costliest(status))


def _most_saving(status: Status) -> str:
    return _resources("saving", "Resources by saving", "Most answered without the upstream", most_saving(status))


def _resources(name: str, title: str, caption: str, top: Iterable[tuple[str, Traffic]]) -> str:
    rows = [(resource, *_counts(it)) for resource, it in top]
    return section(name, title, table(caption, ("Resource", "Received", "Sent", "Saved"), rows, "None yet."))


def _counts(it: Traffic) -> tuple[int, int, int]:
    return it.received, it.sent, it.saved


def _refusals(status: Status) -> str:
    rows = [
        (time(it.at), f"{it.app}: {it.method} {it.resource}{_often(n)}", f"{it.reason} ({it.status})")
        for it, n in _runs(status.refusals)
    ]
    return section("refusals", "Recent refusals", table(_LATEST, ("Time", "Request", "Reason"), rows, "None yet."))


def _errors(status: Status) -> str:
    rows = [(time(it.at), it.account, it.resource, _answer(it) + _often(n)) for it, n in _runs(status.errors)]
    heads = ("Time", "Account", "Resource", "Answer")
    return section("errors", "Recent upstream errors", table(_LATEST, heads, rows, "None yet."))


def _runs(latest: Sequence[Latest]) -> Iterator[tuple[Latest, int]]:
    """What happened several times in a row, once, with its number: the first that is listed stands for all."""
    for _, run in groupby(latest, lambda it: replace(it, at=0.0)):
        same = list(run)
        yield same[0], len(same)


def _often(times: int) -> str:
    return "" if times == 1 else f", {times} times"


def _answer(it: UpstreamError) -> str:
    if not it.status:
        return "none came"
    return f"{it.status}" if it.api_code is None else f"{it.status}, API code {it.api_code}"


def _used(used: int, limit: int) -> str:
    return f"{used:,} of {limit:,} used ({used / limit:.0%})" if limit > 0 else f"{used:,} used, no limit is set"
