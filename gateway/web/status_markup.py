"""Pieces of the status page's markup: sections, tables, bars, moments. Everything written is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

_NEARLY = 0.9
"""Part of a limit from which its bar warns."""

_NARROW = 2
"""Columns that every screen has room for."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Row = Sequence[str | int | Html]


def section(name: str, title: str, *inner: str, more: str = "") -> str:
    """A part of the page under its heading; `more` are attributes."""
    return f'<section aria-labelledby="{name}"{more}><h2 id="{name}">{title}</h2>{"".join(inner)}</section>'


def table(caption: str, heads: Sequence[str], rows: Sequence[Row], empty: str) -> str:
    """A table whose first column names the row; it scrolls by itself where it is too wide."""
    if not rows:
        return f"<p>{empty}</p>"
    head = "".join(
        f'<th scope="col"{_aligned(value)}>{escape(name)}</th>' for name, value in zip(heads, rows[0], strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{cell(first)}</th>'
        + "".join(f"<td{_aligned(value)}>{cell(value)}</td>" for value in rest)
        + "</tr>"
        for first, *rest in rows
    )
    named = escape(caption)
    whole = f"<table><caption>{named}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    wide = len(heads) > _NARROW
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{named}">{whole}</div>' if wide else whole


def _aligned(value: str | int | Html) -> str:
    return ' class="number"' if isinstance(value, int) else ""


def cell(value: str | int | Html) -> str:
    if isinstance(value, Html):
        return value
    return f"{value:,}" if isinstance(value, int) else escape(value)


def meter(name: str, used: int, limit: int, text: str) -> Html:
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


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).strftime("%d %b %H:%M")


def clock(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds), UTC).strftime("%H:%M:%S")


def time(seconds: float) -> Html:
    shown = datetime.fromtimestamp(seconds, UTC)
    return Html(f'<time datetime="{shown:%Y-%m-%dT%H:%M:%SZ}">{shown:%H:%M:%S}</time>')


def span(seconds: float) -> str:
    if math.isinf(seconds):
        return "for ever"
    whole = math.ceil(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
