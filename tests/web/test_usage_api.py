"""The page that tells who used what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.policy.quota.usage import Counts, Heading, Row
from gateway.ports import UsageAway
from gateway.web import usage_api

ROWS = [
    Row("2024-10-03", Heading("acme", "tool", "client", "GET"), Counts(10, 2, 1, 0.25, 0)),
    Row("2024-10-04", Heading("acme", "tool", "client", "GET"), Counts(5, 1, 1, 0.31, 2)),
    Row("2024-10-04", Heading("acme", "export", "time", "POST"), Counts(4, 4)),
]
EXPORT = {"received": 4, "sent": 4, "saved": 0, "waited": 0, "waited_seconds": 0.0, "refused": 0}
TOOL = {"received": 15, "sent": 3, "saved": 12, "waited": 2, "waited_seconds": 0.6, "refused": 2}
TOTAL = {"received": 19, "sent": 7, "saved": 12, "waited": 2, "waited_seconds": 0.6, "refused": 2}


async def told(query: str, read: usage_api.Read | None = None) -> tuple[int, str, dict[str, Any]]:
    async def rows(days: int) -> tuple[str, Sequence[Row]]:
        return f"the first of {days}", ROWS

    app = web.Application()
    usage_api.add_to(app, read or rows)
    async with TestClient(TestServer(app)) as client, client.get(f"/api/usage{query}") as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status, response.content_type, await response.json(content_type=None)


async def test_without_parameters_a_week_by_app_and_resource() -> None:
    groups = [{"app": "export", "resource": "time"} | EXPORT, {"app": "tool", "resource": "client"} | TOOL]
    page = {"since": "the first of 7", "by": ["app", "resource"], "groups": groups, "total": TOTAL}
    assert await told("") == (200, "application/json", page)


async def test_grouped_as_asked() -> None:
    _, _, page = await told("?since=30d&by=day,account")
    assert page["since"] == "the first of 30"
    assert [(it["day"], it["account"], it["received"]) for it in page["groups"]] == [
        ("2024-10-03", "acme", 10),
        ("2024-10-04", "acme", 9),
    ]


@pytest.mark.parametrize(("query", "said"), [("?since=week", "such as 1d"), ("?bye=app", "did you mean 'by'?")])
async def test_what_cannot_be_asked_is_refused_with_what_would_be_right(query: str, said: str) -> None:
    status, content_type, problem = await told(query)
    assert (status, content_type) == (400, "application/problem+json")
    assert said in problem["detail"]


async def test_a_store_that_is_away_is_told() -> None:
    async def away(days: int) -> tuple[str, Sequence[Row]]:
        raise UsageAway("locked")

    status, _, problem = await told("", away)
    assert (status, problem["detail"]) == (503, "the totals cannot be read now: locked")
