"""The totals as a person or a spreadsheet gets them."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from typing_extensions import override

from gateway.app.usage_table import bar, shown

COUNTS = {"received": 1500, "sent": 300, "saved": 1200, "waited": 2, "waited_seconds": 3.5, "refused": 1}
FEW = {"received": 1, "sent": 1, "saved": 0, "waited": 0, "waited_seconds": 0.0, "refused": 0}
TOTAL = {"received": 1501, "sent": 301, "saved": 1200, "waited": 2, "waited_seconds": 3.5, "refused": 1}
TOTALS = {
    "since": "2024-10-04",
    "by": ["app", "resource"],
    "groups": [{"app": "tool", "resource": "client"} | COUNTS, {"app": "export", "resource": "time"} | FEW],
    "total": TOTAL,
}
PLAIN = """\
since 2024-10-04 (GMT days)
app     resource  received  sent  saved  waited  seconds  refused
tool    client       1,500   300  1,200       2      3.5        1
export  time             1     1      0       0      0.0        0
total                1,501   301  1,200       2      3.5        1
"""
CSV = """\
app,resource,received,sent,saved,waited,waited_seconds,refused
tool,client,1500,300,1200,2,3.5,1
export,time,1,1,0,0,0.0,0
"""


@pytest.mark.parametrize(("form", "text"), [("table", PLAIN), ("csv", CSV)])
def test_plain_text_where_nobody_watches(form: str, text: str) -> None:
    assert shown(TOTALS, form) == text


def test_json_is_what_the_gateway_told() -> None:
    assert json.loads(shown(TOTALS, "json")) == TOTALS


class Terminal(io.StringIO):
    @override
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "tool", "export"), [("140", (6, 24), 1), ("80", (3, 10), 1), ("69", (0, 0), 0)])
def test_a_terminal_gets_bars_where_it_has_room(
    columns: str, tool: tuple[int, int], export: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    without_styles = re.sub(r"\x1b\[[0-9;]*m", "", shown(TOTALS, "table")).splitlines()
    title, head, first, second, total, legend = [*PLAIN.splitlines(), "bars: █ sent  ░ saved"]
    bars = "█" * tool[0] + "░" * tool[1]
    drawn = [f"{first}  {bars}".rstrip(), f"{second}  {'█' * export}".rstrip()]
    assert without_styles == [title, head, *drawn, total, *[legend] * bool(export)]


@pytest.mark.parametrize(
    ("sent", "received", "longest", "room", "parts"),
    [
        (0, 0, 0, 30, (0, 0)),
        (0, 1, 1000, 30, (0, 1)),
        (10, 0, 10, 30, (30, 0)),
        (5, 10, 10, 30, (15, 15)),
        (1, 2, 1000, 30, (1, 0)),
        (5, 10, 10, 3, (0, 0)),
    ],
)
def test_a_bar_is_as_long_as_its_number(
    sent: int, received: int, longest: int, room: int, parts: tuple[int, int]
) -> None:
    assert bar(sent, received, longest=longest, room=room) == parts


def test_nothing_is_a_table_too() -> None:
    empty = TOTALS | {"groups": [], "total": FEW}
    assert len(shown(empty, "table").splitlines()) == 3
