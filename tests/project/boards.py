"""The dashboards as tests read them: panels and variables of each file, and the metrics that an expression names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.project.tree import ROOT

GRAFANA = ROOT / "grafana"
PROMETHEUS = GRAFANA / "prometheus"
BOARDS = sorted(path.stem for path in (GRAFANA / "dashboards").glob("*.json"))

_SUBSTITUTES = {"$account": ".*", "$app": ".*", "$resource": ".*"}
_METRIC = re.compile(r"\b(?:\w+:)?intervals_gateway[_:]\w+(?::\w+)?")


@dataclass(frozen=True, slots=True)
class Query:
    """One query of one panel."""

    board: str
    panel: str
    expr: str
    instant: bool

    def written(self, *, rate_interval: str, span: str) -> str:
        """The expression as Grafana sends it where every variable stands at All."""
        text = self.expr.replace("$__rate_interval", rate_interval).replace("$__range", span)
        for variable, value in _SUBSTITUTES.items():
            text = text.replace(variable, value)
        return text


@cache
def board(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GRAFANA / "dashboards" / f"{name}.json").read_text(encoding="utf-8"))
    return read


def panels(name: str) -> list[dict[str, Any]]:
    """The panels that show something: all but the rows."""
    return [panel for panel in board(name)["panels"] if panel["type"] != "row"]


def variables(name: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = board(name)["templating"]["list"]
    return listed


def queries() -> Iterator[Query]:
    """Every query of every dashboard."""
    for name in BOARDS:
        for panel in panels(name):
            for target in panel["targets"]:
                yield Query(name, panel["title"], target["expr"], target.get("instant", False))


def metrics(expr: str) -> set[str]:
    """The names of the gateway's metrics, recorded ones among them, in an expression."""
    return set(_METRIC.findall(expr))


def recorded() -> set[str]:
    """The names that the recording rules make."""
    text = (PROMETHEUS / "rules/recording.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"(?m)^ +- record: (\S+)$", text))
