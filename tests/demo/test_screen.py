from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from gateway.demo import screen
from gateway.demo.readings import Standing
from gateway.demo.tally import Tally
from gateway.demo.workload import APPS

TALLIES = {name: Tally(requests=1000 + place, hits=900, spent=50) for place, name in enumerate(APPS)}
NOW = Standing(period_left=12, day_left=5988, line=7, sent=100)


def test_the_table_shows_every_app_and_fits_a_narrow_terminal() -> None:
    console = Console(width=80, record=True, file=StringIO())
    console.print(screen.picture(TALLIES, NOW))
    shown = console.export_text()
    assert all(name in shown for name in [*APPS, "1,005", "6,015", "collapsed", "upstream", "XML"])
    assert "quota left: 12 this period, 5,988 today; in line: 7" in shown
    assert "…" not in shown


def test_a_line_tells_the_totals() -> None:
    whole = Tally(requests=1010, hits=800, collapsed=100, spent=100, refused=10)
    assert screen.progress(whole, NOW) == (
        "1,010 requests, 900 answered without the upstream, 100 sent upstream (10.0 per 100), 7 in line"
    )


def test_there_is_no_table_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    before = screen.watches()
    screen.say("a line")
    assert before is screen.watches()
    assert capsys.readouterr().out == "a line\n"
