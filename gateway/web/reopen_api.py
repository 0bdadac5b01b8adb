"""`POST /api/accounts/NAME/reopen`: an operator says that the upstream has opened an account again.

A banned account is never tried by the gateway itself, and it remembers the ban across restarts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import orjson
from aiohttp import web

from gateway.policy.names import AccountName

Reopen = Callable[[AccountName], None]


def add_to(app: web.Application, accounts: Callable[[], Collection[str]], reopen: Reopen) -> None:
    """Add the route to the operations listener; `accounts` tells those there are, `reopen` logs what it does."""

    async def opened(request: web.Request) -> web.Response:
        name = request.match_info["account"]
        if name not in accounts():
            known = ", ".join(sorted(accounts())) or "none"
            problem = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": f"accounts are: {known}"}
            return _json(problem, status=404, content_type="application/problem+json")
        reopen(AccountName(name))
        return _json({"account": name, "closed": None})

    app.router.add_post("/api/accounts/{account}/reopen", opened)


def _json(value: dict[str, object], *, status: int = 200, content_type: str = "application/json") -> web.Response:
    body = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    return web.Response(body=body, status=status, content_type=content_type, headers={"Cache-Control": "no-store"})
