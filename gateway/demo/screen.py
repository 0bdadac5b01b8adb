"""How the demo looks while it plays: a live table in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.demo.readings import Standing
from gateway.demo.tally import Tally, total
from gateway.demo.verdict import per_hundred
from gateway.demo.workload import APPS

Look = Callable[[], Awaitable[Standing]]

_DRAW, _TELL = 0.25, 5.0
"""Seconds between two pictures of the table, and between two lines."""

_COLUMNS = ("requests", "hits", "collapsed", "upstream", "waited", "refused")


def say(text: str = "") -> None:
    """Write a line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def watches() -> Callable[[Mapping[str, Tally], Look], Coroutine[None, None, None]]:
    """Choose how to show: the table only where a person's terminal can redraw it."""
    return _table if sys.stdout.isatty() and not Console().is_dumb_terminal else _lines


async def _lines(tallies: Mapping[str, Tally], look: Look) -> None:
    """Tell the totals every few seconds, until cancelled."""
    while True:
        await asyncio.sleep(_TELL)
        say(progress(total(tallies.values()), await look()))


async def _table(tallies: Mapping[str, Tally], look: Look) -> None:
    """Redraw the table several times a second, until cancelled; the last picture stays."""
    now = await look()
    with Live(picture(tallies, now), auto_refresh=False) as live:
        try:
            while True:
                await asyncio.sleep(_DRAW)
                now = await look()
                live.update(picture(tallies, now), refresh=True)
        finally:
            live.update(picture(tallies, now), refresh=True)


def progress(whole: Tally, now: Standing) -> str:
    """The totals in a line."""
    return (
        f"{whole.requests:,} requests, {whole.hits + whole.collapsed:,} answered without the upstream, "
        f"{now.sent:,} sent upstream ({per_hundred(now.sent, whole):.1f} per 100), {now.line} in line"
    )


def picture(tallies: Mapping[str, Tally], now: Standing) -> Table:
    """The table of all apps as it stands."""
    whole = total(tallies.values())
    left = f"quota left: {now.period_left} this period, {now.day_left:,} today; in line: {now.line}"
    table = Table(
        box=box.SIMPLE_HEAD,
        caption=left,
        caption_justify="left",
        show_footer=True,
        pad_edge=False,
        collapse_padding=True,
    )
    table.add_column("app", "all")
    table.add_column("speaks")
    for name, text in zip(_COLUMNS, _cells(whole), strict=True):
        table.add_column(name, text, justify="right")
    for name, app in APPS.items():
        table.add_row(name, app.speaks, *_cells(tallies[name]))
    return table


def _cells(tally: Tally) -> tuple[str, ...]:
    numbers = (tally.requests, tally.hits, tally.collapsed, tally.spent, tally.waited, tally.refused)
    return tuple(f"{number:,}" for number in numbers)
