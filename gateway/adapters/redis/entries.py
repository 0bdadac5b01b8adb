"""Entries in Redis: sealed values that expire by themselves, and an index to drop many at once.

For each account and resource there is a sorted set of the keys stored for it, scored by their expiry; every store takes
out what has long expired, and all sets are listed in one. A value and its place in the set change in one transaction.
The sets do not expire and a `volatile-*` policy does not evict them, or a drop could miss an entry. A drop first raises
the generations, so that nothing older is stored any more, then removes what is there, then is heard by all replicas.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from aiohttp_cache.backends import RedisCache, RedisConfig
from typing_extensions import override

from gateway.adapters import CacheFace
from gateway.adapters.redis.channel import GENERATIONS, RedisChannel
from gateway.adapters.redis.messages import Dropped
from gateway.adapters.redis.server import FAILURES, UNREACHED, OnError, check, told
from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.caching.sealing import seal, unseal, useful_until
from gateway.policy.names import CacheKey

PREFIX = "{intervals}:entry:"
INDEX = "{intervals}:index:"
INDICES = "{intervals}:indices"

LONGEST = 30 * 86400.0
"""Seconds after which an entry is forgotten whatever its lifetime says."""
SKEW = 3600.0
"""Seconds by which replicas' clocks may differ before an index forgets an entry that is still there."""
PAUSE = 1.0
"""Seconds of misses after the server refused something, being full or not allowed; away it is until it is heard."""
OWED = 1000
"""Beyond this many drops that could not be made, everything is dropped."""


class RedisEntries(CacheFace, RedisCache):
    """An `EntryStore` shared by replicas; the server's `maxmemory` bounds it. `clock` tells epoch seconds.

    Where the channel is not current, everything is a miss.

    `refused` counts values whose tag was wrong (each is a miss and is removed), `failures` what the server did not do.
    """

    def __init__(
        self, channel: RedisChannel, *, seal_key: bytes, clock: Callable[[], float], on_error: OnError
    ) -> None:
        super().__init__(RedisConfig(key_prefix=PREFIX))
        self.refused = 0
        self.failures = 0
        self._redis_pool = self._client = channel.client
        self._channel = channel
        self._seal_key = seal_key
        self._clock = clock
        self._on_error = on_error
        self._drops = 0
        self._dropping: list[Selector] = []
        self._owed: list[Selector] = []
        self._away_until = 0.0
        self._stored = self._client.register_script(files(__package__).joinpath("put.lua").read_text("ascii"))
        channel.before_reading(lambda: self._unlink(Selector(), None))
        channel.each_turn(self._ready)

    async def open(self) -> None:
        """Report what is wrong with the server, and take what has expired out of the index."""
        await check(self._client, self._on_error)
        with self._reported("entries_unwritten"):
            await self._channel.follow()
            for index in await self._client.smembers(INDICES):
                await self._client.zremrangebyscore(index, "-inf", self._clock() - SKEW)

    @override
    async def load(self, key: CacheKey) -> Entry | None:
        if not await self._ready():
            return None
        drops = self._drops
        sealed: bytes | None = None
        with self._reported("entries_unreadable"):
            sealed = await RedisCache.get(self, key)
        if sealed is None:
            return None
        entry = unseal(sealed, self._seal_key, key)
        if entry is None:
            await self._refuse(key)
            return None
        # What a drop may have covered while it was being read must not come back to life in the caller's hands.
        unsure = drops != self._drops or any(selector.covers(entry) for selector in (*self._dropping, *self._owed))
        return None if unsure else entry

    @override
    async def store(self, entry: Entry) -> None:
        """Where it cannot be stored, what is under the key must not be read again either."""
        stored = False
        try:
            if await self._ready():
                with self._reported("entries_unwritten"):
                    await self._put(entry)
                    stored = True
        finally:
            if not stored:
                self._owe(Selector(key=entry.key))

    @override
    async def drop(self, selector: Selector) -> int:
        """Where it cannot be made, covered entries are misses here, and it is made before anything else is read."""
        self._drops += 1
        self._dropping.append(selector)
        dropped: int | None = None
        try:
            with self._reported("entries_undropped"):
                dropped = await self._remove(selector)
        finally:
            self._dropping.remove(selector)
            if dropped is None:
                self._owe(selector)
        return dropped or 0

    @staticmethod
    @override
    def dump_object(value: object) -> bytes:
        """Not pickle: what is stored is sealed by `store`."""
        raise TypeError("only sealed entries are stored")

    @override
    def load_object(self, value: Any = None) -> Any:
        """Not pickle: the bytes as they are, for `load` to unseal."""
        return value

    async def _put(self, entry: Entry) -> None:
        now = self._clock()
        expiry = now + min(max(useful_until(entry) - now, 1.0), LONGEST)
        index = _index(entry.account, entry.resource)
        known = self._channel.known(entry.account, entry.resource)
        sealed, life = seal(entry, self._seal_key), int((expiry - now) * 1000)
        await self._stored(
            keys=[PREFIX + entry.key, index, INDICES, GENERATIONS],
            args=[sealed, life, entry.key, expiry, now - SKEW, *known],
        )

    async def _remove(self, selector: Selector) -> int:
        """Drop for all replicas; only what makes room is not waited for."""
        told = Dropped(selector, await self._channel.raised(selector))
        dropped, message = await self._unlink(selector, told)
        if selector.outdates() != ():
            await self._channel.heard(message)
        return dropped

    async def _unlink(self, selector: Selector, told: Dropped | None) -> tuple[int, bytes]:
        """Remove from the server, and tell of it in the same transaction: how many there were, and the message."""
        found = await self._found(selector)
        async with self._client.pipeline(transaction=True) as pipeline:
            for keys in found.values():
                pipeline.unlink(*(PREFIX.encode() + key for key in keys))
            for index, keys in found.items():
                if index is not None:
                    pipeline.zrem(index, *keys)
            if told is not None:
                self._channel.tell(pipeline, told)
            results = await pipeline.execute() if found or told else []
        return sum(results[: len(found)]), results[-1] if told else b""

    async def _found(self, selector: Selector) -> dict[str | None, list[bytes]]:
        """The keys that a selector covers, by their index; a single key stays in its index till it expires."""
        if selector.key is not None:
            covered = await self._covers(selector, selector.key)
            return {None: [selector.key.encode()]} if covered else {}
        indices = await self._indices(selector)
        async with self._client.pipeline(transaction=False) as pipeline:
            for index in indices:
                pipeline.zrange(index, 0, -1)
            listed = await pipeline.execute()
        return {index: keys for index, keys in zip(indices, listed, strict=True) if keys}

    async def _covers(self, selector: Selector, key: CacheKey) -> bool:
        if selector == Selector(key=key):
            return True
        sealed: bytes | None = await RedisCache.get(self, key)
        entry = None if sealed is None else unseal(sealed, self._seal_key, key)
        return entry is not None and selector.covers(entry)

    async def _indices(self, selector: Selector) -> list[str]:
        if selector.account is not None and selector.resources is not None:
            return [_index(selector.account, resource) for resource in selector.resources]
        names = [name.decode() for name in await self._client.smembers(INDICES)]
        return [name for name in names if _covers(selector, *json.loads(name.removeprefix(INDEX)))]

    async def _ready(self) -> bool:
        """Make what drops are owed; False while the server is away, or this replica may have missed drops."""
        if asyncio.get_running_loop().time() < self._away_until or not self._channel.current():
            return False
        with self._reported("entries_undropped"):
            for selector in tuple(self._owed):
                await self._remove(selector)
                if selector in self._owed:
                    self._owed.remove(selector)
        return not self._owed and self._channel.current()

    def _owe(self, selector: Selector) -> None:
        if selector not in self._owed:
            self._owed = [*self._owed, selector] if len(self._owed) < OWED else [Selector()]

    async def _refuse(self, key: CacheKey) -> None:
        self.refused += 1
        self._on_error("entry_refused", "a stored entry was not sealed by this gateway; it is removed")
        await self.drop(Selector(key=key))

    @contextmanager
    def _reported(self, event: str) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            self.failures += 1
            if isinstance(error, UNREACHED):
                self._channel.lost(error)
            else:
                self._away_until = asyncio.get_running_loop().time() + PAUSE
            self._on_error(event, told(error))


def _index(account: str, resource: str) -> str:
    return INDEX + json.dumps([account, resource])


def _covers(selector: Selector, account: str, resource: str) -> bool:
    return (selector.account is None or selector.account == account) and (
        selector.resources is None or resource in selector.resources
    )
