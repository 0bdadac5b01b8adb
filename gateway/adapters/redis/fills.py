"""Which replica asks the upstream for an entry: a claim in Redis that ends by itself when its replica dies."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from importlib.resources import files

from gateway.adapters.redis.channel import RedisChannel
from gateway.adapters.redis.messages import Filled
from gateway.adapters.redis.server import FAILURES
from gateway.policy.names import AccountName, CacheKey

PREFIX = "{intervals}:fill:"

LIFE = 3.0
"""Seconds that a claim lasts beyond the last sign of its replica."""

_NOBODYS = ""
"""What is claimed where nobody can be asked: everybody fills for himself."""


class RedisFills:
    """`Fills` of all replicas. A claim is for one generation: a read after a write does not wait for one before it."""

    def __init__(self, channel: RedisChannel) -> None:
        self._channel = channel
        self._claims: dict[str, tuple[CacheKey, str]] = {}
        self._waited: dict[CacheKey, asyncio.Event] = {}
        self._script = channel.client.register_script(files(__package__).joinpath("fill.lua").read_text("ascii"))
        channel.listen(self._filled)
        channel.each_turn(self._keep)

    async def claim(self, key: CacheKey, account: AccountName, resource: str) -> str | None:
        if not self._channel.current():
            return _NOBODYS
        name = PREFIX + json.dumps([key, *self._channel.known(account, resource)])
        token = secrets.token_hex(8)
        first = self._waited.setdefault(key, event := asyncio.Event()) is event
        anothers = False
        try:
            anothers = not await self._channel.client.set(name, token, nx=True, px=int(LIFE * 1000))
        except FAILURES:
            return _NOBODYS
        finally:
            if first and not anothers:  # nobody waits to be told
                self._waited.pop(key, None)
        if anothers:
            return None
        self._claims[name] = key, token
        return name

    async def release(self, claim: str) -> None:
        if claim not in self._claims:
            return
        key, token = self._claims.pop(claim)
        with suppress(*FAILURES):
            await self._script(keys=[claim], args=[token, 0])
            async with self._channel.client.pipeline(transaction=True) as pipeline:
                self._channel.tell(pipeline, Filled(key))
                await pipeline.execute()

    async def changed(self, key: CacheKey, at_most: float) -> None:
        event = self._waited.get(key)
        if event is None:  # it was told in the meantime
            return
        try:
            async with asyncio.timeout(at_most):
                await event.wait()
        except TimeoutError:
            return
        finally:
            if self._waited.get(key) is event:
                del self._waited[key]

    async def _keep(self) -> None:
        """Make known that this replica lives, and still fills what it claimed."""
        for claim, (_, token) in tuple(self._claims.items()):
            await self._script(keys=[claim], args=[token, int(LIFE * 1000)])

    def _filled(self, key: CacheKey) -> None:
        event = self._waited.pop(key, None)
        if event is not None:
            event.set()
