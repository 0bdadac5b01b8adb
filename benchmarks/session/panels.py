"""What every panel of every dashboard shows at the end of a session: each query is asked as Grafana would ask it."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.journeys.prometheus_server import PrometheusServer
from tests.project.boards import BOARDS, Query, board, panels

RATE_INTERVAL = "2s"
SHOWN = 3
"""Series of a panel that are written down: those with the highest values."""

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_UNITS = {"bytes": "B", "s": "s", "dtdurations": "s", "reqpm": "/min", "cpm": "/min"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One query of a panel: its title, and its highest values with their legends."""

    panel: str
    values: tuple[tuple[str, str], ...]
    series: int


async def shown(prometheus: PrometheusServer, name: str, *, began: float, ended: float) -> list[Shown]:
    """Ask every query of a board; of a line over time the highest value counts, of a number or table what it is."""
    rows = []
    for panel in panels(name):
        for target in panel["targets"]:
            query = Query(name, panel["title"], target["expr"], target.get("instant", False))
            found = [pair async for pair in _values(prometheus, query, began=began, ended=ended)]
            best = sorted(found, key=lambda pair: -pair[1])[:SHOWN]
            column = _column(panel, target["refId"])
            told = tuple(
                (legend, written(value, _unit(panel, column or legend)))
                for labels, value in best
                for legend in [_legend(target["legendFormat"], labels)]
            )
            title = f"{panel['title']}: {column}" if column else panel["title"]
            rows.append(Shown(title, told, len(found)))
    return rows


def _column(panel: Mapping[str, Any], query: str) -> str:
    """The column of a table that shows the values of one of several queries."""
    renamed: dict[str, str] = {}
    for step in panel.get("transformations", ()):
        renamed |= step["options"].get("renameByName", {})
    return renamed.get(f"Value #{query}", renamed.get("Value", "")) if panel["type"] == "table" else ""


def _unit(panel: Mapping[str, Any], name: str) -> str:
    """The unit of what has this name: a panel may give one of its values another."""
    unit = str(panel["fieldConfig"]["defaults"]["unit"])
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": name}:
            unit = next((it["value"] for it in override["properties"] if it["id"] == "unit"), unit)
    return unit


async def _values(
    prometheus: PrometheusServer, query: Query, *, began: float, ended: float
) -> AsyncIterator[tuple[Mapping[str, str], float]]:
    written = query.written(rate_interval=RATE_INTERVAL, span=f"{math.ceil(ended - began)}s")
    if query.instant:
        for sample in (await prometheus.ask("query", query=written, time=str(ended)))["result"]:
            yield sample["metric"], float(sample["value"][1])
        return
    span = {"start": str(began), "end": str(ended), "step": "0.5"}
    for series in (await prometheus.ask("query_range", query=written, **span))["result"]:
        values = [float(value) for _, value in series["values"]]
        if finite := [value for value in values if math.isfinite(value)]:
            yield series["metric"], max(finite)


def titles() -> Iterator[tuple[str, str]]:
    """Every board and its title, the overview first."""
    first = sorted(BOARDS, key=lambda name: (name != "overview", name))
    return ((name, str(board(name)["title"])) for name in first)


def _legend(form: str, labels: Mapping[str, str]) -> str:
    if form == "__auto":
        named = (value for name, value in sorted(labels.items()) if name not in ("__name__", "instance", "job"))
        return ", ".join(named) or "value"
    return _VARIABLE.sub(lambda found: labels.get(found[1], ""), form) if "{{instance}}" not in form else "gateway"


def written(value: float, unit: str) -> str:
    """A value as its panel would write it."""
    if not math.isfinite(value):
        return "never" if value > 0 else "none"
    if unit == "percentunit":
        return f"{value:.1%}"
    if unit == "bytes":
        return f"{value / 2**20:,.1f} MiB"
    number = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"
    return f"{number} {_UNITS[unit]}" if unit in _UNITS else number
