"""What both programs say of themselves: the gateway by its metrics, the simulator by its journal."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

_PREFIX = "intervals_gateway_"


@dataclass(frozen=True, slots=True)
class Standing:
    """The gateway now: requests left in the running period and of the day, waiting in line, sent upstream so far."""

    period_left: int
    day_left: int
    line: int
    sent: int


@dataclass(frozen=True, slots=True)
class Journal:
    """What arrived at the simulator: all requests, those it refused, the most in any period."""

    requests: int
    refused: int
    worst: int


async def standing(session: aiohttp.ClientSession, operations_url: str) -> Standing:
    """Scrape the gateway's metrics once, as Prometheus would."""
    async with session.get(f"{operations_url}metrics", headers={"Accept": "text/plain"}) as answer:
        text = await answer.text()
    left = {"minute": 0, "day": 0}
    line = sent = 0
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            match sample.name.removeprefix(_PREFIX):
                case "quota_limit_requests":
                    left[sample.labels["window"]] += int(sample.value)
                case "quota_used_requests" if sample.labels["source"] == "ledger":
                    left[sample.labels["window"]] -= int(sample.value)
                case "queue_requests":
                    line += int(sample.value)
                case "upstream_requests_total":
                    sent += int(sample.value)
                case _:
                    pass
    return Standing(left["minute"], left["day"], line, sent)


async def journal(session: aiohttp.ClientSession, simulator_url: str, *, period: float) -> Journal:
    """Read the simulator's journal."""
    async with session.get(
        f"{simulator_url}__simulator__/journal", params={"period": str(period), "last": "0"}
    ) as answer:
        told = await answer.json()
    return Journal(told["requests"], len(told["refused"]), told["worst_window"]["requests"])
