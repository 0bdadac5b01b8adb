"""`POST /-/reload` on the operations listener: read the configuration anew, and tell what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from aiohttp import web

PATH = "/-/reload"


class Refused(Exception):
    """The configuration has mistakes, so nothing was changed. `mistakes` are the words of `check-config`."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


Reload = Callable[[], Awaitable[tuple[Sequence[str], Sequence[str]]]]
"""Tells the keys that changed, and those that wait for a restart. Raises `Refused`."""


def add_to(app: web.Application, reload: Reload) -> None:
    """Add the route to the operations listener; `reload` logs what it does."""

    async def reloaded(_: web.Request) -> web.Response:
        try:
            changed, needs_restart = await reload()
        except Refused as refused:
            return _refusal(refused)
        return _json({"reloaded": True, "changed": list(changed), "needs_restart": list(needs_restart)})

    app.router.add_post(PATH, reloaded)


def _refusal(refused: Refused) -> web.Response:
    """The mistakes one by one (RFC 9457). 422: the request is right, what it asks for is not (RFC 9110 §15.5.21)."""
    count = len(refused.mistakes)
    problem = {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": f"{count} mistake{'s' if count > 1 else ''} in the configuration; nothing was changed",
        "mistakes": refused.mistakes,
    }
    return _json(problem, status=422, content_type="application/problem+json")


def _json(value: dict[str, Any], *, status: int = 200, content_type: str = "application/json") -> web.Response:
    body = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    return web.Response(body=body, status=status, content_type=content_type, headers={"Cache-Control": "no-store"})
