"""`POST /-/reload` on the operations listener: read the configuration anew, and tell what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from gateway.web import answers

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
        return answers.told({"reloaded": True, "changed": list(changed), "needs_restart": list(needs_restart)})

    app.router.add_post(PATH, reloaded)


def _refusal(refused: Refused) -> web.Response:
    """The mistakes one by one (RFC 9457). 422: the request is right, what it asks for is not (RFC 9110 §15.5.21)."""
    count = len(refused.mistakes)
    detail = f"{count} mistake{'s' if count > 1 else ''} in the configuration; nothing was changed"
    return answers.problem(422, detail, title="Unprocessable Content", more={"mistakes": refused.mistakes})
