"""Sends a write with an Idempotency-Key once, and gives its answer again to whoever repeats it.

`policy/writing/idempotency.py` holds the rules. Here they are acted on, around one flight: claim the key before it
lines up, record that it leaves before it does, and record what came of it before its caller hears. Where that cannot
be recorded, nothing is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from gateway.exchange.coalescer import Flight, Launch
from gateway.exchange.fetch import Order
from gateway.exchange.pace import drive
from gateway.exchange.pages import pages
from gateway.policy.faults import REFUSALS, Fault, Kind
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.records import Edit
from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Body, Untranslatable
from gateway.policy.writing import idempotency
from gateway.policy.writing.idempotency import Again, Different, Free, Record, Running, Stage, Standing, Unknown
from gateway.ports import Records, RecordsAway

T = TypeVar("T")

REPLAYED = "Idempotent-Replayed"
"""Says that this is the first answer again."""

_SLACK = 5.0
"""Seconds beyond its patience after which the claim of one who never sent is over."""

_RECORDING = 2.0
"""Seconds that it may take to record that a request leaves: its lease does not last for ever."""

_AWAY = 5.0
"""Seconds after which to come back when records cannot be kept."""

_EVERY = 3600.0


class Idempotency:
    """Knows what was sent under which key. `hold` is the longest time in seconds from leaving to an end."""

    def __init__(self, records: Records, *, hold: float, new_id: Callable[[], str]) -> None:
        self._records = records
        self._hold = hold
        self._new_id = new_id

    async def claim(self, asked: Headers, order: Order, *, said: Body | None) -> Claim | Response | None:
        """Claim the key of a request, or give the answer it had; None where it has no key that is heeded.

        `said` is the body where it could be read, so that it is the same body in either format.
        Raises the `Fault` that says why it is not sent.
        """
        field = asked.get(idempotency.FIELD)
        if field is None or order.request.method not in idempotency.METHODS:
            return None
        key = idempotency.key_of(field)
        if key is None:
            detail = (
                'the Idempotency-Key must be a string of 1 to 255 visible ASCII characters, such as "8e03978e-40d5"'
            )
            raise Fault(Kind.MALFORMED, detail)
        claim = Claim(
            self._records,
            idempotency.place(key, order.caller),
            idempotency.digest(await _in_one_form(order.request, said)),
            owner=self._new_id(),
            patience=order.patience + _SLACK,
            hold=self._hold,
        )
        standing = await claim.make()
        return claim if standing is None else _told(standing)

    async def run(self) -> None:
        """Forget what is too old, every hour, until cancelled."""
        while True:
            with suppress(RecordsAway):
                await self.sweep()
            await asyncio.sleep(_EVERY)

    async def sweep(self) -> None:
        """Forget what is too old."""
        async for found in pages(self._records, idempotency.KIND):
            now = await self._records.now()
            for place, text in found:
                if idempotency.forgotten(idempotency.load(text), now):
                    await self._records.swap([Edit(idempotency.KIND, place, text, None)])


class Claim:
    """One request's hold on its key, and the `Crossing` of its fetch."""

    def __init__(self, records: Records, place: str, digest: str, *, owner: str, patience: float, hold: float) -> None:
        self._records = records
        self._place = place
        self._record = Record(Stage.WAITING, digest, owner, 0.0)
        self._patience = patience
        self._hold = hold
        self._left = False
        self._may_be: list[str | None] = []  # what may stand in the store, the likeliest last

    async def make(self) -> Standing | None:
        """Take the key; None when it is ours, else what stands in the way."""
        try:
            while True:
                now = await self._records.now()
                (text,) = await self._records.read(idempotency.KIND, [self._place])
                found = None if text is None else idempotency.load(text)
                standing = idempotency.decide(found, self._record.digest, now)
                if not isinstance(standing, Free):
                    return standing
                self._may_be = [text]
                if await self._write(self._record.waiting(now + self._patience)):
                    return None
        except asyncio.CancelledError:
            await self._end(None)
            raise
        except RecordsAway as error:
            await self._end(None)
            raise _away(error) from error

    async def leaves(self) -> None:
        """Record that the request leaves, before it does. Raises `Fault`: it must not leave then."""
        try:
            async with asyncio.timeout(_RECORDING):
                self._left = await self._write(self._record.sent(await self._records.now() + self._hold))
        except (RecordsAway, TimeoutError) as error:
            raise _away(error) from error
        if not self._left:
            raise Fault(Kind.IDEMPOTENCY_RUNNING, "another request with this key was sent meanwhile")

    async def turned_back(self) -> None:
        """Record that the request certainly was not done."""
        self._left = False
        with suppress(RecordsAway):
            await self._write(self._record.waiting(await self._records.now() + self._patience))

    async def around(
        self,
        launch: Launch[T],
        answer: Callable[[T], Response],
        flight: Flight[T],
    ) -> T | Fault:
        """Fly, and record how it ended before anybody hears of it."""
        landed: T | Fault | None = None
        try:
            landed = await launch(flight)
        finally:
            if landed is None or isinstance(landed, Fault):
                refused = landed is not None and landed.kind in REFUSALS
                await self._end(self._record.lost if self._left and not refused else None)
            else:
                await self._end(partial(self._record.done, answer(landed)))
        return landed

    async def _end(self, made: Callable[[float], Record] | None) -> None:
        """Write the last record, or free the key. Where that fails, the time that was set when it left decides."""
        with suppress(RecordsAway):
            await self._swap(None if made is None else idempotency.dump(made(await self._records.now())))

    async def _write(self, record: Record) -> bool:
        if not await self._swap(idempotency.dump(record)):
            return False
        self._record = record
        return True

    async def _swap(self, after: str | None) -> bool:
        """Replace what is ours; False where something else stands there. If it raises, it may have been done."""
        known = tuple(self._may_be)
        self._may_be.append(after)
        for before in reversed(known):
            if await self._records.swap([Edit(idempotency.KIND, self._place, before, after)]):
                self._may_be = [after]
                return True
        self._may_be.pop()
        return False


async def _in_one_form(sent: Request, said: Body | None) -> Request:
    if said is None:
        return sent
    try:
        return replace(sent, body=await drive(json_codec.writing_body(said)))
    except Untranslatable:
        return sent


def _told(standing: Standing) -> Response:
    match standing:
        case Again(answer):
            return Response(answer.status, answer.headers.put(REPLAYED, "true"), answer.body)
        case Running(left):
            detail = "the first request with this key is not answered yet; come back for its answer"
            raise Fault(Kind.IDEMPOTENCY_RUNNING, detail, retry_after=left)
        case Different():
            detail = "this key belongs to a request with another method, target or body; a new request needs a new key"
            raise Fault(Kind.IDEMPOTENCY_MISMATCH, detail)
        case Unknown() | Free():
            detail = (
                "the request was sent, and its answer was lost or was too long to be kept, so it may have been done or "
                "not. Read what it was to change; if that is not there, send it again with a new key"
            )
            raise Fault(Kind.IDEMPOTENCY_UNKNOWN, detail)


def _away(error: Exception) -> Fault:
    detail = f"it is not sent, because it cannot be made sure that it is sent once only: {error}"
    return Fault(Kind.RECORDS_UNAVAILABLE, detail, retry_after=_AWAY)
