"""`/api/cache` of the operations listener: what is stored, by account and resource, and the purge.

Shows counts, bytes and ages; never a target, a key or a value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol

from aiohttp import web

from gateway.policy.caching.held import Holding
from gateway.policy.caching.purge import Purge
from gateway.policy.names import AccountName
from gateway.web import answers

PATH = "/api/cache"

_PARAMETERS = ("account", "resource", "key")


class Contents(Protocol):
    """What the memory holds now, and how many entries have left it, by why."""

    @property
    def bytes(self) -> int: ...

    @property
    def max_bytes(self) -> int: ...

    @property
    def evictions(self) -> Mapping[Any, int]: ...

    def summary(self) -> Sequence[Holding]: ...


@dataclass(frozen=True, slots=True)
class CacheApi:
    """The two handlers and what they ask.

    `accounts` tells those of the configuration in force, `clock` epoch seconds, `purge` how many entries it dropped.
    """

    contents: Contents
    purge: Callable[[Purge], Awaitable[int]]
    accounts: Callable[[], Collection[str]]
    resources: Collection[str]
    clock: Callable[[], float]

    def add_to(self, app: web.Application) -> None:
        """Add the routes to the operations application."""
        app.router.add_get(PATH, self._show)
        app.router.add_delete(PATH, self._drop)

    async def _show(self, _: web.Request) -> web.Response:
        held, now = self.contents.summary(), self.clock()
        return answers.told(
            {
                "memory": {
                    "entries": sum(it.entries for it in held),
                    "bytes": self.contents.bytes,
                    "max_bytes": self.contents.max_bytes,
                    "evictions": {str(reason): number for reason, number in self.contents.evictions.items()},
                },
                "held": [_row(it, now) for it in sorted(held, key=lambda it: (it.account, it.resource))],
            }
        )

    async def _drop(self, request: web.Request) -> web.Response:
        wanted = self._understood(list(request.query.items()))
        if isinstance(wanted, str):
            return answers.problem(400, wanted)
        return answers.told({"dropped": await self.purge(wanted)})

    def _understood(self, given: Sequence[tuple[str, str]]) -> Purge | str:
        """Read the parameters, or tell what would be right. Nothing unclear may end as a purge of all."""
        names = [name for name, _ in given]
        known = {"account": self.accounts(), "resource": self.resources}
        for name, value in given:
            if name not in _PARAMETERS:
                return f"{name!r} is no parameter of a purge; {_meant(name, _PARAMETERS)}"
            if names.count(name) > 1:
                return f"{name} is given more than once; purge one at a time, or leave it out for all"
            if not value:
                return f"{name} is empty; leave it out to purge without that condition"
            if name in known and value not in known[name]:
                return f"{name} {value!r} is not known here; {_meant(value, known[name])}"
        said = dict(given)
        account = None if "account" not in said else AccountName(said["account"])
        wanted = Purge(account, said.get("resource"), said.get("key"))
        if wanted.key is not None and wanted.cache_key is None and wanted.target is None:
            return "key is neither a cache key (64 hexadecimal digits) nor a target such as /client/5/"
        return wanted


def _row(it: Holding, now: float) -> dict[str, object]:
    return {
        "account": it.account,
        "resource": it.resource,
        "entries": it.entries,
        "bytes": it.bytes,
        "renditions": it.renditions,
        "oldest_age": _age(it.oldest, now),
        "newest_age": _age(it.newest, now),
    }


def _age(received_at: float, now: float) -> int:
    """Whole seconds since; a clock that was set back makes nothing younger than new."""
    return max(0, int(now - received_at))


def _meant(word: str, known: Collection[str]) -> str:
    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
