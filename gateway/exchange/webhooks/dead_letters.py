"""Deliveries whose plan came to its end: they can be looked at and replayed, until they are too old."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.exchange.pages import pages
from gateway.exchange.webhooks.subscribing import Unfit, Wrong
from gateway.exchange.webhooks.subscriptions import Subscriptions
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import DEAD, Delivery
from gateway.ports import Records


class DeadLetters:
    """The dead letters, each under a name of its own. `keep` is how long they are kept, in seconds."""

    def __init__(
        self, records: Records, subscriptions: Subscriptions, *, keep: float, wake: Callable[[], None]
    ) -> None:
        self._records = records
        self._subscriptions = subscriptions
        self._keep = keep
        self._wake = wake

    async def listed(self, *, after: str, most: int) -> Sequence[tuple[str, Delivery]]:
        """At most so many, those above `after`, the oldest first."""
        rows = await self._records.scan(DEAD, after=after, most=most)
        return [(name, read) for name, text in rows if (read := delivery.load(text)) is not None]

    async def replay(self, name: str) -> None:
        """Put one back into the outbox, with its whole plan before it."""
        [text] = await self._records.read(DEAD, [name])
        read = None if text is None else delivery.load(text)
        if text is None or read is None:
            raise Unfit(Wrong.UNKNOWN, f"there is no dead letter {name}")
        if not self._is_taken(read):
            raise Unfit(Wrong.STATE, f"nobody takes it: enable the subscription {read.lane} first")
        await self._replay(name, text, read)
        self._wake()

    async def replay_all(self) -> int:
        """Put all back that somebody takes, and tell how many."""
        replayed = 0
        async for rows in pages(self._records, DEAD):
            for name, text in rows:
                read = delivery.load(text)
                if read is not None and self._is_taken(read):
                    replayed += await self._replay(name, text, read)
        self._wake()
        return replayed

    async def prune(self) -> None:
        """Forget those that are too old."""
        end = delivery.died_before(await self._records.now() - self._keep)
        async for rows in pages(self._records, DEAD):
            old = [Edit(DEAD, name, text, None) for name, text in rows if name < end]
            if old:
                await self._records.swap(old)
            if len(old) < len(rows):
                return

    def _is_taken(self, read: Delivery) -> bool:
        known = self._subscriptions.find(read.lane)
        return delivery.is_callback(read.lane) or (known is not None and known.is_open)

    async def _replay(self, name: str, text: str, read: Delivery) -> bool:
        anew = replace(read, attempts=0)
        due = await self._records.now()
        return await self._records.swap([Edit(DEAD, name, text, None), delivery.added(anew, due)])
