"""`GET /api/usage?since=7d&by=app,resource` of the operations listener: who used what, in daily totals.

Shows configured names and documented resources only. `since` counts days, today included; `by` names account, app,
resource, method, day in any order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web

from gateway.policy.usage import Counts, Row
from gateway.policy.usage_report import Question, asked, report
from gateway.ports import UsageAway

PATH = "/api/usage"

Read = Callable[[int], Awaitable[tuple[str, Sequence[Row]]]]
"""Tell the first of so many days, the last of them today, and their totals. Raises `UsageAway`."""


def add_to(app: web.Application, read: Read) -> None:
    """Add the route to the operations listener."""

    async def usage(request: web.Request) -> web.Response:
        question = asked(list(request.query.items()))
        if isinstance(question, str):
            return _problem(HTTPStatus.BAD_REQUEST, question)
        try:
            return _json(document(question, *await read(question.days)))
        except UsageAway as away:
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, f"the totals cannot be read now: {away}")

    app.router.add_get(PATH, usage)


def document(question: Question, since: str, rows: Iterable[Row]) -> dict[str, Any]:
    """What the route answers: each group has its names beside its counts."""
    found, names = report(rows, question.by), [dimension.value for dimension in question.by]
    return {
        "since": since,
        "by": names,
        "groups": [dict(zip(names, it.names, strict=True)) | _counts(it.counts) for it in found.groups],
        "total": _counts(found.total),
    }


def _counts(it: Counts) -> dict[str, float]:
    return {
        "received": it.received,
        "sent": it.sent,
        "saved": it.saved,
        "waited": it.waited,
        "waited_seconds": round(it.waited_seconds, 1),
        "refused": it.refused,
    }


def _problem(status: HTTPStatus, detail: str) -> web.Response:
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return _json(problem, status=status, content_type="application/problem+json")


def _json(value: Mapping[str, Any], *, status: int = 200, content_type: str = "application/json") -> web.Response:
    body = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    return web.Response(body=body, status=status, content_type=content_type, headers={"Cache-Control": "no-store"})
