"""How replicas hear of each other's drops: one stream, and a lease for each replica that has read all of it.

A replica may serve copies from its memory only for a term after it was seen to have read the whole stream (leases:
Gray and Cheriton, 1989). Who drops something adds it to the stream and waits until every replica has read that or its
lease has run out. So when a write is answered, no replica serves what was stored before it: those that are reached
have dropped it, the others, by their own clock, serve nothing from memory. A lease that ran out, a lost connection and
a server that was started anew all lead to the same: the memory is emptied, and filled again through the server.

Generations count the drops of each resource. Who stores an entry says which generations it knows, so that an answer
that left before a drop is not stored after it, whichever replica made that.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Any

from redis.asyncio.client import Pipeline

from gateway.adapters.redis import messages
from gateway.adapters.redis.messages import Dropped, Filled, Message
from gateway.adapters.redis.server import FAILURES, OnError, close, connect, told
from gateway.policy.caching.entry import Selector
from gateway.policy.names import CacheKey

STREAM = "{intervals}:drops"
REPLICAS = "{intervals}:replicas"
RUN = "{intervals}:run"
GENERATIONS = "{intervals}:generations"

TERM = 2.0
"""Seconds that a lease lasts: the longest a write waits for a replica that is gone."""
SLACK = 0.05
"""Seconds by which a replica ends its lease early, as clocks run at different speeds."""
BLOCK = 0.3
"""Seconds to listen before the lease is taken anew."""
TIMEOUT = 0.75
"""Seconds until a server that does not answer counts as away: a caller waits for them beside his patience."""
RETRY = 0.25
"""Seconds between attempts to reach a server that is away."""
KEPT = 10_000
"""Messages in the stream, about; a lease is over long before as many have come."""
FORGOTTEN = 3600.0
"""Seconds after its lease until a replica that is gone is taken out of the list."""

_ALL = "*"
_POLL_FIRST, _POLL_LONGEST = 0.001, 0.02


class RedisChannel:
    """One replica's end. `listen` before it is used, and let `run` run: that keeps the lease."""

    def __init__(self, url: str, *, on_error: OnError, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = connect(url, timeout=TIMEOUT)
        self.replica = secrets.token_hex(8)
        self.why_not: str | None = None
        self._on_error = on_error
        self._clock = clock
        self._until = 0.0
        self._run = self._read = ""
        self._known: dict[str, int] = {}
        self._lock = asyncio.Lock()
        self._dropped: Callable[[Selector], None] = lambda _: None
        self._filled: Callable[[CacheKey], None] = lambda _: None
        self._forget: Callable[[], Awaitable[object]] | None = None
        self._turns: list[Callable[[], Awaitable[object]]] = []
        lua = files(__package__)
        self._follow = self.client.register_script(lua.joinpath("follow.lua").read_text("ascii"))
        self._join = self.client.register_script(lua.joinpath("join.lua").read_text("ascii"))

    def current(self) -> bool:
        """May copies in memory be served? Asks nobody."""
        return self._clock() < self._until

    def before_reading(self, forget: Callable[[], Awaitable[object]]) -> None:
        """What to do before anything of a server that was started anew is read: it may have lost the last drops."""
        self._forget = forget

    def listen(self, filled: Callable[[CacheKey], None]) -> None:
        """Tell of entries that have been filled."""
        self._filled = filled

    def each_turn(self, act: Callable[[], Awaitable[object]]) -> None:
        """Do this, while the server is there, at least every `BLOCK` seconds."""
        self._turns.append(act)

    async def run(self, dropped: Callable[[Selector], None]) -> None:
        """Keep the lease and tell of drops until cancelled."""
        self._dropped = dropped
        self._until = 0.0  # what was heard before was told to nobody
        here = asyncio.current_task()
        # The client waits in `asyncio.wait_for`, which before Python 3.12 may lose a cancellation.
        while here is None or not here.cancelling():
            try:
                await self.follow()
                for act in self._turns:
                    await act()
                await self.client.xread({STREAM: self._read}, block=int(BLOCK * 1000))
            except FAILURES as error:
                self.lost(error)
                with suppress(*FAILURES):  # or each kept connection would fail once more
                    await self.client.connection_pool.disconnect()
                await asyncio.sleep(RETRY)

    async def follow(self) -> None:
        """Read all there is and take the lease anew. Raises `FAILURES`."""
        async with self._lock:
            try:
                while not (await self._read_on() if self.current() else await self._joined()):
                    continue
            except FAILURES as error:
                self.lost(error)
                raise
        self.why_not = None

    async def raised(self, selector: Selector) -> Mapping[str, int]:
        """Count a drop that is about to be made: from now on nothing older is stored. Raises `FAILURES`."""
        async with self.client.pipeline(transaction=True) as pipeline:
            names = _names(selector)
            for name in names:
                pipeline.hincrby(GENERATIONS, name, 1)
            numbers = dict(zip(names, await pipeline.execute(), strict=True)) if names else {}
        self._learn(numbers)
        return numbers

    def known(self, account: str, resource: str) -> Sequence[str | int]:
        """The generations, as this replica knows them, that bear on a resource: name and number of each."""
        return [it for name in (_ALL, _name(account, resource)) for it in (name, self._known.get(name, 0))]

    def tell(self, pipeline: Pipeline[bytes], message: Message) -> None:
        """Add a message to a transaction."""
        fields: dict[Any, Any] = {"by": self.replica, **messages.write(message)}
        pipeline.xadd(STREAM, fields, maxlen=KEPT, approximate=True)

    async def heard(self, message: bytes) -> None:
        """Come back when all who serve from memory have read a message, and this replica all before it."""
        await self.follow()
        latest, pause = self._clock() + TERM + 1.0, _POLL_FIRST  # the server's clock may be set while we wait
        while await self._unread(_order(message)) and self._clock() < latest:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _POLL_LONGEST)

    def lost(self, error: BaseException) -> None:
        """The server cannot be reached, or was not for a moment: what it told meanwhile is missed."""
        self._until = 0.0
        if self.why_not is None:
            self.why_not = f"away, so nothing is kept in memory: {told(error)}"
            self._on_error("replicas_unheard", self.why_not)

    async def aclose(self) -> None:
        """Nobody has to wait for this replica any more."""
        self._until = 0.0
        with suppress(*FAILURES):  # then they wait for the end of the lease
            await self.client.hdel(REPLICAS, self.replica)
        await close(self.client)

    async def _read_on(self) -> bool:
        began = self._clock()
        news = await self._follow(keys=[STREAM, REPLICAS, RUN], args=[self.replica, self._read, TERM, self._run])
        if news is None:
            self._until = 0.0
            return False
        for message, fields in news:
            self._take(dict(zip(fields[::2], fields[1::2], strict=True)))
            self._read = message.decode()
        if not news:
            self._until = began + TERM - SLACK
        return not news

    async def _joined(self) -> bool:
        run = str((await self.client.info("server"))["run_id"])
        if await self.client.get(RUN) != run.encode():
            if self._forget is not None:
                await self._forget()
            await self.client.set(RUN, run)
        began = self._clock()
        joined = await self._join(keys=[STREAM, REPLICAS, RUN, GENERATIONS], args=[self.replica, TERM, run])
        if joined is None:
            return False
        read, numbers = joined
        self._run, self._read = run, read.decode()
        self._known = {name.decode(): int(n) for name, n in zip(numbers[::2], numbers[1::2], strict=True)}
        self._dropped(Selector())
        self._until = began + TERM - SLACK
        return True

    def _take(self, fields: Mapping[bytes, bytes]) -> None:
        match messages.read(fields):
            case Dropped(selector, generations):
                self._learn(generations)
                if fields.get(b"by") != self.replica.encode():
                    self._dropped(selector)
            case Filled(key):
                self._filled(key)

    def _learn(self, numbers: Mapping[str, int]) -> None:
        for name, number in numbers.items():
            self._known[name] = max(number, self._known.get(name, 0))

    async def _unread(self, message: tuple[int, ...]) -> bool:
        async with self.client.pipeline(transaction=True) as pipeline:
            pipeline.time()
            pipeline.hgetall(REPLICAS)
            (seconds, microseconds), replicas = await pipeline.execute()
        now = seconds + microseconds / 1e6
        leases = {name: (float(lease.split()[0]), _order(lease.split()[1])) for name, lease in replicas.items()}
        if gone := [name for name, (until, _) in leases.items() if until + FORGOTTEN < now]:
            await self.client.hdel(REPLICAS, *gone)
        return any(until > now and read < message for until, read in leases.values())


def _names(selector: Selector) -> list[str]:
    outdated = selector.outdates()
    return [_ALL] if outdated is None else [_name(account, resource) for account, resource in outdated]


def _name(account: str, resource: str) -> str:
    return json.dumps([account, resource])


def _order(message: bytes) -> tuple[int, ...]:
    """A message's place in the stream: milliseconds and a number."""
    return tuple(map(int, message.split(b"-")))
