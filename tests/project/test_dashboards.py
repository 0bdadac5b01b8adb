"""Dashboards and rules: whole, alike in form, and about metrics that there are. What they answer is a journey."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from gateway.adapters.prometheus.families import FAMILIES, PREFIX, Type
from gateway.settings import Settings
from tests.project.boards import BOARDS, GRAFANA, PROMETHEUS, board, metrics, panels, queries, recorded, variables
from tests.project.tree import ROOT

UIDS = {name: f"intervals-gateway-{name}" for name in ("overview", "quota", "cache", "callers", "webhooks")}
"""Links and bookmarks hold these: never change one."""

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {"bytes", "cpm", "dtdurations", "none", "percentunit", "reqpm", "s", "short"}
SAMPLES = {Type.COUNTER: ("",), Type.GAUGE: ("",), Type.INFO: ("",), Type.HISTOGRAM: ("_bucket", "_sum", "_count")}
EXPOSED = {PREFIX + family.name + suffix for family in FAMILIES for suffix in SAMPLES[family.type]}

every_board = pytest.mark.parametrize("name", BOARDS)
every_panel = pytest.mark.parametrize(
    "panel", [pytest.param(panel, id=f"{name}: {panel['title']}") for name in BOARDS for panel in panels(name)]
)


def rules() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((PROMETHEUS / "rules").glob("*.yaml")))


def alerts() -> list[str]:
    return re.findall(r"(?m)^ +- alert: (\w+)$", rules())


def test_uids_never_change() -> None:
    assert {name: board(name)["uid"] for name in BOARDS} == UIDS


@every_board
def test_a_board_is_whole(name: str) -> None:
    read = board(name)
    assert read["schemaVersion"] >= 36
    assert read["title"]
    assert read["description"]
    assert "intervals-gateway" in read["tags"], "the boards find one another by it"
    assert read["refresh"] == "30s"


@every_board
def test_panels_have_ids_of_their_own_and_do_not_overlap(name: str) -> None:
    read = board(name)["panels"]
    assert max(Counter(panel["id"] for panel in read).values()) == 1
    taken = Counter(cell for panel in read for cell in cells(panel["gridPos"]))
    assert max(taken.values()) == 1
    assert max(column for column, _ in taken) == 23
    tops = [(panel["gridPos"]["y"], panel["gridPos"]["x"]) for panel in read]
    assert all(above < below for above, below in pairwise(tops)), "the file is in reading order"


def cells(place: dict[str, int]) -> list[tuple[int, int]]:
    return [(place["x"] + column, place["y"] + line) for column in range(place["w"]) for line in range(place["h"])]


@every_board
def test_one_chooses_the_source_and_what_the_queries_filter_by(name: str) -> None:
    source, *filters = variables(name)
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    for variable in filters:
        assert variable["datasource"] == SOURCE
        assert (variable["multi"], variable["includeAll"], variable["allValue"]) == (True, True, ".*")
        assert metrics(variable["query"]["query"]) <= EXPOSED
    named = {variable["name"] for variable in filters}
    used = {word for query in queries() if query.board == name for word in re.findall(r"\$([a-z]+)", query.expr)}
    assert named == used <= {"account", "app", "resource"}


@every_panel
def test_a_panel_says_what_it_shows_and_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert panel["datasource"] == SOURCE
    assert panel["targets"]
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


@every_panel
def test_a_panel_asks_for_a_span_that_fits_it(panel: dict[str, Any]) -> None:
    """A line over time goes by Grafana's rate interval, a number or table by the chosen range."""
    over_time = panel["type"] in ("timeseries", "state-timeline")
    for target in panel["targets"]:
        spans = re.findall(r"\[([^\]]+)\]", re.sub(r'"[^"]*"', "", target["expr"]))
        assert set(spans) <= ({"$__rate_interval", "1h"} if over_time else {"$__range"})
        assert target.get("instant", False) is not over_time


def test_queries_name_metrics_that_there_are() -> None:
    named = {name: query.panel for query in queries() for name in metrics(query.expr)}
    assert not {name: panel for name, panel in named.items() if name not in EXPOSED | recorded()}


def test_rules_name_metrics_that_there_are_and_each_recorded_one_is_asked_for() -> None:
    asked = Counter(name for line in rules().splitlines() if "record:" not in line for name in metrics(line))
    assert set(asked) <= EXPOSED | recorded()
    asked.update(name for query in queries() for name in metrics(query.expr))
    assert not {name for name in recorded() if not asked[name]}


def test_each_alert_has_a_page_and_a_test() -> None:
    pages = re.findall(r"(?m)^### (\w+)$", (ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    assert [page for page in pages if page.startswith("IntervalsGateway")] == alerts(), "in the order of the rules"
    assert re.findall(r"(?m)runbook_url: (.*)$", rules()) == [f"docs/operations.md#{name.lower()}" for name in alerts()]
    tests = "".join(path.read_text(encoding="utf-8") for path in (PROMETHEUS / "tests").glob("*.yaml"))
    for alert in alerts():
        fires = rf"alertname: {alert}(?:\n +eval_time: \w+|, eval_time: \w+,)\s+exp_alerts:"
        assert re.search(fires, tests), f"no series fires {alert}"


def test_operators_are_sent_to_panels_that_are_there() -> None:
    known = {"My Account", *(board(name)["title"] for name in BOARDS)}
    for name in BOARDS:
        known |= {panel["title"] for panel in panels(name)}
        known |= {column for panel in panels(name) for column in columns(panel)}
        known |= {target["legendFormat"] for panel in panels(name) for target in panel["targets"]}
    page = " ".join((ROOT / "docs/operations.md").read_text(encoding="utf-8").split())
    named = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", page))
    assert named <= known


def columns(panel: dict[str, Any]) -> list[str]:
    renamed = [step["options"].get("renameByName", {}) for step in panel.get("transformations", ())]
    return [column for names in renamed for column in names.values()]


def test_prometheus_asks_the_operations_listener() -> None:
    scraped = (PROMETHEUS / "prometheus.yaml").read_text(encoding="utf-8")
    port = Settings.model_fields["operations"].get_default(call_default_factory=True).port
    assert f"targets: [gateway:{port}]" in scraped
    assert "job_name: intervals-gateway" in scraped
    interval = re.findall(r"scrape_interval: (\w+)", scraped)
    source = (GRAFANA / "provisioning/datasources/prometheus.yaml").read_text(encoding="utf-8")
    assert re.findall(r"timeInterval: (\w+)", source) == interval, "Grafana reckons its rate interval from it"
