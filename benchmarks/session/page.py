"""The page of the documentation that a session is recorded in."""

from __future__ import annotations

import os
import platform
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.session.figures import JUNK, SCRAPES, Hit, Scrape, Series
from benchmarks.session.panels import Shown
from gateway.demo.tally import Tally

EVERY = 15.0
"""Seconds between two scrapes in earnest (`grafana/prometheus/prometheus.yaml`)."""

_OPENING = """\
# A recorded session

Made by `python -m benchmarks.session`, which anyone can run (about a minute and a half; needs Debian's packages
`prometheus` and `chromium`). It starts the simulator, the gateway and a Prometheus with the project's own
configuration, subscribes a webhook by a reload, plays the workload of `make demo`, puts a few jobs off, and writes down
what everything that is there to be looked at then says.
"""


@dataclass(frozen=True, slots=True)
class Session:
    """All that was seen."""

    played: Tally
    seconds: float
    load: float
    boards: Mapping[str, Sequence[Shown]]
    series: Series
    scrape: Scrape
    hit: Hit
    quiet: Sequence[str]


def page(session: Session) -> str:
    """Render it in Markdown."""
    return "\n".join([_OPENING, *_load(session), *_costs(session), *_pictures(), *_boards(session)]) + "\n"


def _load(session: Session) -> Iterator[str]:
    it = session.played
    yield _prose(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores with other work too (load "
        f"average {session.load:.1f} before). {it.requests:,} requests of six apps in {session.seconds:.0f} s; "
        f"{it.spent:,} went upstream, {it.refused:,} answers said to come back later."
    )


def _costs(session: Session) -> Iterator[str]:
    series, scrape, hit = session.series, session.scrape, session.hit
    yield "## What it costs to watch\n"
    yield from _table(
        ("what", "figure"),
        [
            ("series after the load", f"{series.after_load:,}"),
            ("series after a few junk requests of each kind, which are counted as `other`", f"{series.after_one:,}"),
            (f"series after {JUNK:,} more, {series.answered:,} of them answered", f"{series.after_all:,}"),
            ("a scrape in OpenMetrics, octets", f"{scrape.octets:,}, with gzip {scrape.gzipped:,}"),
            (f"a scrape, until the asker has it (median of {SCRAPES})", f"{scrape.took:.1f} ms"),
            (
                "a scrape, the gateway's CPU",
                f"{scrape.cpu:.1f} ms; every {EVERY:.0f} s {scrape.cpu / 1e3 / EVERY:.2%} of a core",
            ),
            ("a cached hit, the gateway's CPU, one caller that waits for each", f"{hit.cpu:.0f} us"),
            ("its metrics", f"{hit.metrics:.2f} us, {hit.metrics / hit.cpu:.1%} of the hit"),
            ("its access line on the event loop", f"{hit.line:.2f} us, {hit.line / hit.cpu:.1%} of the hit"),
        ],
    )
    yield _prose(
        "The junk: unknown app keys, paths, methods, media types, ids and user agents, each of them different. The "
        "parts of a hit are measured by themselves (`python -m benchmarks.observing`), the hit with all of them."
    )


def _pictures() -> Iterator[str]:
    yield "## The status page at the end of the load\n"
    yield "![The status page on a wide screen, light](session/status.png)\n"
    yield "![The status page on a phone, dark](session/status-phone.png)\n"


def _boards(session: Session) -> Iterator[str]:
    yield "## What the panels show\n"
    yield _prose(
        "Each query was asked as Grafana would ask it for the span of the load, with every variable at All. Of lines "
        "over time the highest value is given, of numbers and tables what they show; at most three series, the highest "
        "first."
    )
    for title, rows in session.boards.items():
        yield f"### {title}\n"
        yield from _table(("panel", "shows", "series"), [(it.panel, _told(it), str(it.series)) for it in rows])
    quiet = ", ".join(f"*{panel}*" for panel in session.quiet) or "none"
    yield _prose(f"Panels to which this load gives nothing to show: {quiet}.").rstrip()


def _prose(text: str) -> str:
    return textwrap.fill(text, 120, break_on_hyphens=False) + "\n"


def _told(it: Shown) -> str:
    return "; ".join(f"{legend}: {value}" for legend, value in it.values) or "nothing"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
