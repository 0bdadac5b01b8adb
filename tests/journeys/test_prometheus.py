"""A real Prometheus scrapes a real gateway under load: every dashboard and every rule can be asked, and answers."""

from __future__ import annotations

import asyncio
import math
import subprocess
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.configuration import RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.prometheus_server import PrometheusServer, require
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import SECRET, Receiver
from tests.project.boards import PROMETHEUS, Query, queries, recorded

ROUNDS = 4
BRIEF = '[resources.worktype]\nfresh = "0.2s"\nstale_while_revalidate = "1h"\n'
MAY_BE_EMPTY = {
    ("overview", "The day of each account", "quota_exhaustion"): "no day is forecast to be spent by so short a load",
    ("quota", "Dry before its reset by", "quota_exhaustion"): "no day is forecast to be spent by so short a load",
}
"""Queries about what the load does not do: board, panel, a word of the query, and why."""


@pytest.mark.parametrize(
    "check",
    [
        ["check", "config", "prometheus.yaml"],
        ["check", "rules", *(f"rules/{path.name}" for path in sorted((PROMETHEUS / "rules").glob("*.yaml")))],
        ["test", "rules", *(f"tests/{path.name}" for path in sorted((PROMETHEUS / "tests").glob("*.yaml")))],
    ],
    ids=" ".join,
)
def test_promtool_finds_no_fault(check: list[str]) -> None:
    require("promtool")
    said = subprocess.run(["promtool", *check], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


async def test_every_dashboard_and_every_rule_answers(
    open_house: OpenHouse, stack: AsyncExitStack, tmp_path: Path
) -> None:
    require("prometheus")
    receiver = await stack.enter_async_context(Receiver())
    house = await open_house(
        Setup(limit=20, period=1, more=BRIEF + subscriptions(receiver)),
        upstream=options(account_states={"globex": "suspended"}, user_states={RESTRICTED: "unknown"}),
    )
    target = house.gateway.operations_url.removeprefix("http://").rstrip("/")
    began = time.time()
    prometheus = await stack.enter_async_context(PrometheusServer(tmp_path, house.session, target))
    for number in range(ROUNDS):
        await load(house, number)
        seen = await house.metric("requests_total")
        await prometheus.reaches("sum(intervals_gateway_requests_total)", seen)
    await prometheus.reaches('count(ALERTS{alertname="IntervalsGatewayAccountClosed", alertstate="firing"})', 1)
    await rules_answer(prometheus)
    empty = [query for query in queries() if not await answers(prometheus, query, began)]
    assert not [query for query in empty if not excused(query)]
    assert await exemplars(prometheus, began)


def subscriptions(receiver: Receiver) -> str:
    """Somebody who hears, and somebody who never does."""
    return "".join(
        f'[[webhooks]]\nname = "{name}"\nurl = "{receiver.url(path)}"\nevents = ["*"]\naccount = "acme"\n'
        f'secret = "{SECRET}"\n'
        for name, path in (("chat", "/ok"), ("billing", "/flaky"))
    )


async def load(house: House, number: int) -> None:
    """One round of what tools do; each round asks for something new too, so that all counts go on."""
    tool, simulator = house.tool(), house.simulator
    for subscription in ("chat", "billing"):
        await house.session.post(f"{house.gateway.operations_url}api/webhooks/{subscription}/test")
    for app, accept in (("timesheets", JSON), ("invoices", XML), ("own", JSON)):
        for target in ("/client/", "/worktype/", f"/project/?limit={number + 1}"):
            await house.tool(app).get(target, accept)
    await tool.get("/quota/")
    await tool.ask("PUT", "/client/4501/", body={"name": f"Number {number}"})
    await collapsed(house, f"/task/?limit={number + 1}")
    for target in ("/client/999999/", "/client/?unknown=1"):
        await tool.get(target)
    simulator.fail_next("error")
    await tool.get(f"/person/?limit={number + 1}")
    await tool.get("/client/", "text/csv")
    for app in ("globex", "planner"):
        await house.tool(app).get("/client/")
    burst = [tool.get(f"/nothing/?number={more}") for more in range(25)]
    await asyncio.gather(*burst, house.tool("invoices").get("/nothing/", prefer="wait=0"))


async def collapsed(house: House, target: str) -> None:
    """Two callers want the same at once."""
    before = len(house.arrivals("GET", "task"))
    house.relay.hold()
    callers = [asyncio.create_task(house.tool(app).get(target)) for app in ("timesheets", "invoices")]
    await until(lambda: len(house.arrivals("GET", "task")) > before)
    house.relay.release()
    await asyncio.gather(*callers)


async def rules_answer(prometheus: PrometheusServer) -> None:
    for name in recorded():
        await prometheus.reaches(f"count({name})", 1)
    groups = (await prometheus.ask("rules"))["groups"]
    found = [rule for group in groups for rule in group["rules"]]
    assert {rule["name"] for rule in found if rule["type"] == "recording"} == recorded()
    for rule in found:
        assert rule["health"] == "ok", rule
        await prometheus.ask("query", query=rule["query"])
        if rule["type"] == "alerting":
            assert rule["labels"]["severity"] in ("critical", "warning")
            assert {"summary", "description", "runbook_url"} == rule["annotations"].keys()


async def answers(prometheus: PrometheusServer, query: Query, began: float) -> bool:
    """Does the query return a number, as the panel would show it?"""
    span = f"{math.ceil(time.time() - began)}s"
    written = query.written(rate_interval="2s", span=span)
    if query.instant:
        result = (await prometheus.ask("query", query=written))["result"]
        return any(is_number(sample["value"]) for sample in result)
    result = (await prometheus.ask("query_range", query=written, **spread(began)))["result"]
    return any(is_number(value) for series in result for value in series["values"])


def spread(began: float) -> dict[str, str]:
    return {"start": str(began), "end": str(time.time()), "step": "0.5"}


def is_number(value: list[Any]) -> bool:
    return math.isfinite(float(value[1]))


def excused(query: Query) -> bool:
    return any((query.board, query.panel) == case[:2] and case[2] in query.expr for case in MAY_BE_EMPTY)


async def exemplars(prometheus: PrometheusServer, began: float) -> bool:
    """Do answer times lead to a trace?"""
    query = "intervals_gateway_request_duration_seconds_bucket"
    parameters = {"query": query, "start": str(began), "end": str(time.time())}
    found = await prometheus.ask("query_exemplars", **parameters)
    return all(
        len(exemplar["labels"]["trace_id"]) == 32 for series in found for exemplar in series["exemplars"]
    ) and bool(found)
