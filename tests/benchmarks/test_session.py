"""What a session writes down, and that the one in the documentation is of these dashboards."""

from __future__ import annotations

import math
import re

import pytest

from benchmarks.session import junk
from benchmarks.session.figures import Hit, Scrape, Series
from benchmarks.session.page import Session, page
from benchmarks.session.panels import Shown, titles, written
from gateway.demo.tally import Tally
from tests.fakes.edge import Edge
from tests.project.boards import BOARDS, panels
from tests.project.tree import ROOT

SESSION = Session(
    played=Tally(requests=2_000, spent=230, refused=66),
    seconds=25.2,
    load=0.31,
    boards={"Overview": [Shown("Saved", (("Saved", "1,383"),), 1), Shown("Dry", (), 0)]},
    series=Series(850, 887, 887, 10_000),
    scrape=Scrape(98_000, 15_000, 17.5, 15.0),
    hit=Hit(70.0, 0.7, 1.4),
    quiet=["Dry"],
)


def test_the_page_tells_all_of_it() -> None:
    text = " ".join(page(SESSION).split())
    for told in (
        "other work too (load average 0.3 before). 2,000 requests of six apps in 25 s; 230 went upstream",
        "| series after 10,000 more, 10,000 of them answered | 887 |",
        "15.0 ms; every 15 s 0.10% of a core",
        "0.70 us, 1.0% of the hit",
        "| Saved | Saved: 1,383 | 1 |",
        "| Dry | nothing | 0 |",
        "nothing to show: *Dry*.",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8812, "percentunit", "88.1%"),
        (3 * 2**20, "bytes", "3.0 MiB"),
        (1_234.6, "reqpm", "1,235 /min"),
        (0.0123, "s", "0.0123 s"),
        (5.0, "none", "5"),
        (math.inf, "s", "never"),
        (math.nan, "s", "none"),
    ],
)
def test_values_are_written_as_their_panel_would(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


async def test_junk_is_answered_and_differs_each_time() -> None:
    async with Edge() as edge:
        assert await junk.send(f"http://127.0.0.1:{edge.port}/", 40) == 40
        ids = [trace.request_id for trace, *_ in edge.observed]
        assert len(set(ids)) == 40
        assert edge.errors == []


def test_the_recorded_session_is_of_these_dashboards() -> None:
    text = (ROOT / "docs/session.md").read_text(encoding="utf-8")
    recorded = re.findall(r"(?m)^\| ([^|]+?) \|", text)
    for name, title in titles():
        assert f"### {title}\n" in text
        for panel in panels(name):
            assert any(it.startswith(panel["title"]) for it in recorded), f"record it anew: {name}, {panel['title']}"
    assert len(list(titles())) == len(BOARDS)
