"""The purge put together: what was asked for becomes drops in the cache, an event and a count."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryEntries
from gateway.exchange.cache import Cache
from gateway.exchange.rendering import Rendition
from gateway.policy.caching import cachekey, purge
from gateway.policy.caching.purge import Owners, Purge
from gateway.policy.catalogue import OTHER, Catalogue
from gateway.policy.names import AccountName
from gateway.ports import Watch
from gateway.settings import Settings
from gateway.web.cache_api import CacheApi
from gateway.web.identity import basic

Now = Callable[[], Settings]
"""The settings in force at this moment: a reload may change them."""


class Purging:
    """Drops what an operator names, in memory and in the durable store."""

    def __init__(self, cache: Cache, *, rows: Catalogue, owners: Callable[[], Owners], watch: Watch, log: Log) -> None:
        self._cache = cache
        self._rows = rows
        self._owners = owners
        self._watch = watch
        self._log = log

    async def __call__(self, wanted: Purge) -> int:
        """Drop, and tell how many entries there were."""
        named = purge.selectors(wanted, self._owners(), self._rows)
        affected = await self._resources(wanted) if named else ()
        dropped = sum([await self._cache.purge(selector) for selector in named])
        for resource in affected:
            self._watch.invalidated(resource, "purge")
        shown = None if wanted.key is None else wanted.key.partition("?")[0]  # a query may hold what is nobody's here
        self._log.event("purged", account=wanted.account, resource=wanted.resource, key=shown, dropped=dropped)
        return dropped

    async def _resources(self, wanted: Purge) -> Collection[str]:
        """Whose entries go: for the count."""
        if wanted.cache_key is not None:
            held = await self._cache.find(wanted.cache_key)
            return () if held is None else (held.entry.resource,)
        resource = purge.resource_of(wanted, self._rows)
        return (resource,) if resource is not None else (*self._rows.resources, OTHER)


def owners(settings: Settings) -> Owners:
    """Who shares what is stored of each account."""
    bringing = {app.account for app in settings.apps.values() if app.passthrough}
    return {
        AccountName(name): cachekey.partition(AccountName(name), basic(account.token.get_secret_value()))
        if account.token is not None and name not in bringing
        else None
        for name, account in settings.accounts.items()
    }


def cache_api(
    now: Now, *, memory: MemoryEntries[Rendition], cache: Cache, rows: Catalogue, watch: Watch, log: Log
) -> CacheApi:
    """Make `/api/cache` of a gateway, for the accounts it has `now`."""
    return CacheApi(
        contents=memory,
        purge=Purging(cache, rows=rows, owners=lambda: owners(now()), watch=watch, log=log),
        accounts=lambda: now().accounts,
        resources=frozenset(rows.resources) | {OTHER},
        clock=time.time,
    )
