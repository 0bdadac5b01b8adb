"""`POST /api/accounts/NAME/reopen`: an operator says that the upstream has opened an account again.

A banned account is never tried by the gateway itself, and it remembers the ban across restarts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from aiohttp import web

from gateway.policy.names import AccountName
from gateway.web import answers

Reopen = Callable[[AccountName], None]


def add_to(app: web.Application, accounts: Callable[[], Collection[str]], reopen: Reopen) -> None:
    """Add the route to the operations listener; `accounts` tells those there are, `reopen` logs what it does."""

    async def opened(request: web.Request) -> web.Response:
        name = request.match_info["account"]
        if name not in accounts():
            known = ", ".join(sorted(accounts())) or "none"
            return answers.problem(404, f"accounts are: {known}")
        reopen(AccountName(name))
        return answers.told({"account": name, "closed": None})

    app.router.add_post("/api/accounts/{account}/reopen", opened)
