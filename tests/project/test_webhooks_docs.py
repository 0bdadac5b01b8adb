"""`docs/webhooks.md` tells every endpoint, every metric and every event that the gateway itself makes."""

from __future__ import annotations

import re

import pytest
from aiohttp import web

from gateway.adapters.prometheus.families import FAMILIES, PREFIX
from gateway.policy.events import vocabulary
from gateway.policy.webhooks.retries import WAITS
from gateway.settings import formats
from gateway.web.webhooks_api import WebhooksApi
from tests.exchange.telling import Bench
from tests.project.tree import ROOT

PAGE = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
UNITS = {"s": 1, "min": 60, "h": 3600}


async def test_every_endpoint_is_told() -> None:
    bench = Bench()
    app = web.Application()
    WebhooksApi(
        bench.subscriptions, bench.subscribing, bench.dead, bench.outstanding, event_pattern=formats.event_pattern
    ).add_to(app)
    made = {f"{it.method} {it.resource.canonical}" for it in app.router.routes() if it.resource is not None}
    assert set(re.findall(r"^\| `([A-Z]+ /api/webhooks\S*)`", PAGE, re.MULTILINE)) == {
        it for it in made if not it.startswith("HEAD")
    }


@pytest.mark.parametrize("name", [family.name for family in FAMILIES if family.name.startswith("webhook_")])
def test_every_metric_is_told(name: str) -> None:
    assert PREFIX + name in PAGE


@pytest.mark.parametrize("event", [vocabulary.DISABLED, vocabulary.TEST])
def test_every_event_of_webhooks_themselves_has_its_heading(event: str) -> None:
    assert f"### `{event}`" in PAGE


def test_the_plan_is_told_as_it_is() -> None:
    [told] = re.findall(r"^\| after the one before \| at once \|(.*)\|$", PAGE, re.MULTILINE)
    waits = [part.split() for part in told.split("|")]
    assert [int(number) * UNITS[unit] for number, unit in waits] == list(WAITS[1:])
