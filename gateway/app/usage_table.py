"""Usage as the command line prints it: a table with bars in a terminal, plain text elsewhere, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

COUNTS = ("received", "sent", "saved", "waited", "waited_seconds", "refused")
FORMATS = ("table", "csv", "json")

_LONGEST, _SHORTEST = 30, 4
"""Characters of a bar; a terminal that has no room for the shortest gets none."""


def shown(totals: Mapping[str, Any], form: str) -> str:
    """Render the totals as the command prints them."""
    match form:
        case "json":
            return json.dumps(totals, indent=2) + "\n"
        case "csv":
            return _csv(totals)
        case _:
            return _chart(totals) if sys.stdout.isatty() else "".join(f"{line.rstrip()}\n" for line in _lines(totals))


def _csv(totals: Mapping[str, Any]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*totals["by"], *COUNTS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(totals["groups"])
    return text.getvalue()


def _lines(totals: Mapping[str, Any]) -> list[str]:
    """The table as text: what it is, a head, a line for each group, the total."""
    names, groups = totals["by"], totals["groups"]
    head = [*names, *(count.removeprefix("waited_") for count in COUNTS)]
    rows = [[str(group[name]) for name in names] + _numbers(group) for group in groups]
    cells = [head, *rows, ["total", *[""] * (len(names) - 1), *_numbers(totals["total"])]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) if at < len(names) else cell.rjust(width) for at, (cell, width) in enumerate(row))
        for row in (zip(line, widths, strict=True) for line in cells)
    )
    return [f"since {totals['since']} (GMT days)", *lines]


def _numbers(counts: Mapping[str, Any]) -> list[str]:
    return [f"{counts[name]:,}" for name in COUNTS]


def _chart(totals: Mapping[str, Any]) -> str:
    """The same with a bar for each group: what was sent, and what was saved."""
    console = Console()
    title, head, *lines, total = _lines(totals)
    room = min(_LONGEST, console.width - len(head) - 2)
    longest = max((max(it["received"], it["sent"]) for it in totals["groups"]), default=0)
    drawn = [Text(title), Text(head, "bold")]
    for line, group in zip(lines, totals["groups"], strict=True):
        sent, saved = bar(group["sent"], group["received"], longest=longest, room=room)
        drawn.append(Text.assemble(line, "  ", ("█" * sent, "yellow"), ("░" * saved, "green")))
        drawn[-1].rstrip()
    drawn.append(Text(total, "bold"))
    if room >= _SHORTEST:
        drawn.append(Text.assemble("bars: ", ("█ sent", "yellow"), "  ", ("░ saved", "green")))
    with console.capture() as captured:
        console.print(*drawn, sep="\n", soft_wrap=True)
    return captured.get()


def bar(sent: int, received: int, *, longest: int, room: int) -> tuple[int, int]:
    """How many characters of a bar show what was sent and what was saved; whatever is not zero shows."""
    if not longest or room < _SHORTEST:
        return 0, 0
    spent = -(-sent * room // longest)
    whole = max(spent, -(-received * room // longest))
    return spent, whole - spent
