"""`GET /api/usage?since=7d&by=app,resource` of the operations listener: who used what, in daily totals.

Shows configured names and documented resources only. `since` counts days, today included; `by` names account, app,
resource, method, day in any order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiohttp import web

from gateway.policy.quota.usage import Counts, Row
from gateway.policy.quota.usage_report import Question, asked, report
from gateway.ports import UsageAway
from gateway.web import answers

PATH = "/api/usage"

Read = Callable[[int], Awaitable[tuple[str, Sequence[Row]]]]
"""Tell the first of so many days, the last of them today, and their totals. Raises `UsageAway`."""


def add_to(app: web.Application, read: Read) -> None:
    """Add the route to the operations listener."""

    async def usage(request: web.Request) -> web.Response:
        question = asked(list(request.query.items()))
        if isinstance(question, str):
            return answers.problem(400, question)
        try:
            return answers.told(document(question, *await read(question.days)))
        except UsageAway as away:
            return answers.problem(503, f"the totals cannot be read now: {away}")

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
