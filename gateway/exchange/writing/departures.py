"""Notes of the writes that are under way: made before they leave, deleted when all is dropped.

What a note says is in `policy/writing/departure.py`. Where records are away a write goes without its note: it matters
only if the gateway dies in that very moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from gateway.exchange.fetch import Crossing, Order
from gateway.exchange.pages import pages
from gateway.policy.names import AccountName
from gateway.policy.records import Edit
from gateway.policy.writing import departure
from gateway.policy.writing.departure import KIND, Departure
from gateway.ports import Records, RecordsAway

Drop = Callable[[AccountName, str], Awaitable[None]]
"""Drop all that a write to this resource of this account may have changed."""

_NOTING = 2.0
"""Seconds that it may take to note that a request leaves: its lease does not last for ever."""

_SLACK = 30.0
"""Seconds from the latest end of a request until its effects are certainly done in a gateway that lives."""

_EVERY = 60.0


class Departures:
    """Makes notes, and acts on those that were left. `hold`: seconds from leaving to the latest end of a request."""

    def __init__(self, records: Records, *, hold: float, new_id: Callable[[], str], drop: Drop) -> None:
        self._records = records
        self._hold = hold + _SLACK
        self._new_id = new_id
        self._drop = drop

    @asynccontextmanager
    async def noted(self, order: Order) -> AsyncIterator[Order]:
        """Give the order back so that it is noted when it leaves; done with its effects is who leaves the context.

        Who is cancelled, or dies, is not: then the note stays.
        """
        note = _Note(self._records, order, key=self._new_id(), hold=self._hold)
        yield replace(order, crossing=note)
        await note.erase()

    async def recover(self) -> None:
        """At a start, before anybody is served: drop what the writes of gateways that died may have changed.

        Such a write may still be under way, so that the note stays until it has ended in any case.
        """
        with suppress(RecordsAway):
            await self._sweep(all_of_them=True)

    async def run(self) -> None:
        """Drop once more what the writes that were left may have changed, when they have ended; until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            with suppress(RecordsAway):
                await self._sweep(all_of_them=False)

    async def _sweep(self, *, all_of_them: bool) -> None:
        records = self._records
        async for found in pages(records, KIND):
            now = await records.now()
            for key, text in found:
                left = departure.load(text)
                over = left is None or left.until <= now
                if left is not None and (over or all_of_them):
                    await self._drop(left.account, left.resource)
                if over:
                    await records.swap([Edit(KIND, key, text, None)])


class _Note:
    """The `Crossing` of a write that is noted, around the one it had."""

    def __init__(self, records: Records, order: Order, *, key: str, hold: float) -> None:
        self._records = records
        self._order = order
        self._key = key
        self._hold = hold
        self._inner: Crossing | None = order.crossing
        self._text: str | None = None

    async def leaves(self) -> None:
        if self._inner is not None:
            await self._inner.leaves()
        with suppress(RecordsAway, TimeoutError):
            async with asyncio.timeout(_NOTING):
                caller, until = self._order.caller, await self._records.now() + self._hold
                self._text = departure.dump(Departure(caller.account, self._order.resource, until))
                await self._records.swap([Edit(KIND, self._key, None, self._text)])

    async def turned_back(self) -> None:
        await self.erase()
        if self._inner is not None:
            await self._inner.turned_back()

    async def erase(self) -> None:
        """Delete the note, if it was made; one that cannot be deleted now is swept when its time is over."""
        if self._text is not None:
            with suppress(RecordsAway):
                await self._records.swap([Edit(KIND, self._key, self._text, None)])
            self._text = None
