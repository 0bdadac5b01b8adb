"""Works one lane: what is due for one receiver, a few at a time, until nothing is due or the receiver wants a rest.

Within a lane, first attempts keep the order of the events of one object; a retry may come after what happened later.
Nothing is taken out of the outbox before the receiver has it: whatever ends this process, it is delivered again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.exchange.background import Spawn
from gateway.exchange.webhooks.endurance import Endurance
from gateway.exchange.webhooks.lease import KEPT_EVERY, Lease
from gateway.exchange.webhooks.subscriptions import Subscriptions
from gateway.policy.records import Edit
from gateway.policy.webhooks import attempt, delivery, retries, signing
from gateway.policy.webhooks.attempt import Answered, Attempt, Verdict
from gateway.policy.webhooks.delivery import WAITING, Delivery
from gateway.policy.webhooks.subscription import MADE
from gateway.ports import Clock, Post, Records, RecordsAway, Tell

AT_ONCE = 4
"""Deliveries on their way to one receiver."""

REST = 5.0
"""Seconds after which a lane that could not be worked is looked at again."""

FORSAKEN = 86_400.0
"""Seconds that deliveries of an unknown subscription wait: another replica may have a newer configuration."""

_LOOKED_AT = 32


class Row(NamedTuple):
    """A delivery, and its record as it was read."""

    key: str
    text: str
    it: Delivery

    def taken_out(self) -> Edit:
        return Edit(WAITING, self.key, self.text, None)


@dataclass(frozen=True, slots=True)
class Means:
    """What lanes are worked with. `secrets` tells whose signatures a delivery needs; none, where nobody can sign.

    `count` is told of each attempt: for whom (`Delivery.lane`) and how it ended; `drawn` draws from 0 to below 1.
    """

    records: Records
    subscriptions: Subscriptions
    endurance: Endurance
    post: Post
    secrets: Callable[[Delivery], Sequence[str]]
    count: Callable[[str, str], None]
    tell: Tell
    clock: Clock
    drawn: Callable[[], float]
    spawn: Spawn


class Lane:
    """One lane while it is worked."""

    def __init__(self, name: str, lease: Lease, means: Means) -> None:
        self._name = name
        self._lease = lease
        self._means = means
        self._rest = 0.0

    async def work(self) -> float:
        """Work until nothing is due, and tell for how many seconds the lane is to be left alone."""
        held = await self._lease.take()
        if held:
            return held
        try:
            while not self._rest and await self._step():
                if not await self._lease.keep():
                    break
        finally:
            await self._lease.release()
        return self._rest

    def finish(self) -> None:
        """Begin nothing more; what is under way is waited for."""
        self._rest = max(self._rest, REST)

    async def _step(self) -> bool:
        """Deliver or bury what is due; tells False when nothing more is to be done now."""
        rows = await self._due()
        if not rows:
            return False
        known = self._means.subscriptions.find(self._name)
        if delivery.is_callback(self._name):
            await self._attempt_some(rows)
        elif known is None or not known.is_open:
            return await self._bury_what_nobody_takes(rows)
        elif known.sealed:
            self._rest = REST
        else:
            await self._attempt_some(rows)
        return True

    async def _due(self) -> Sequence[Row]:
        now = await self._means.records.now()
        found = await self._means.records.scan(WAITING, after=delivery.before(self._name), most=_LOOKED_AT)
        rows = []
        for key, text in found:
            if delivery.lane_of(key) != self._name or delivery.due_at(key) > now:
                break
            read = delivery.load(text)
            if read is None:
                self._means.tell("delivery_unreadable", level="error", lane=self._name)
                await self._means.records.swap([Edit(WAITING, key, text, None)])
            else:
                rows.append(Row(key, text, read))
        return rows

    async def _bury_what_nobody_takes(self, rows: Sequence[Row]) -> bool:
        """Bury the deliveries of a subscription that has ended or was removed, once that is certain."""
        await self._means.subscriptions.refresh()
        known = self._means.subscriptions.find(self._name)
        if known is not None and known.is_open:
            return True
        now = await self._means.records.now()
        for row in rows:
            certain = known is not None or self._name.startswith(MADE) or now - row.it.at > FORSAKEN
            if not certain:
                self._rest = REST
                return False
            await self._bury(row, "the subscription has ended" if known else "there is no such subscription any more")
        return True

    async def _attempt_some(self, rows: Sequence[Row]) -> None:
        chosen = [rows[position] for position in delivery.batch([row.it for row in rows], most=AT_ONCE)]
        attempts = {self._means.spawn(self._attempt(row), f"deliver {self._name}") for row in chosen}
        try:
            pending = attempts
            while pending:
                _, pending = await asyncio.wait(pending, timeout=KEPT_EVERY)
                if pending and not await self._lease.keep():
                    self._rest = REST
        finally:
            for task in attempts:
                task.cancel()
        if any(task.cancelled() or task.exception() for task in attempts):
            self._rest = max(self._rest, REST)  # a fault of the gateway's own must not spin

    async def _attempt(self, row: Row) -> None:
        try:
            await self._post(row)
        except RecordsAway:  # it stays where it was, and is delivered again
            self._rest = REST

    async def _post(self, row: Row) -> None:
        it = row.it
        url, secrets = self._url(it), self._means.secrets(it)
        if url is None or not secrets:
            await self._bury(row, "no secret signs it any more")
            return
        body = it.body.encode()
        fields = signing.fields(it.id, body, secrets=secrets, now=self._means.clock())
        await self._conclude(row, await self._means.post(url, body, fields))

    def _url(self, it: Delivery) -> str | None:
        known = self._means.subscriptions.find(self._name)
        return it.url if known is None else known.subscription.url

    async def _conclude(self, row: Row, ended: Attempt) -> None:
        it = row.it
        match attempt.verdict(ended):
            case Verdict.DELIVERED:
                await self._means.records.swap([row.taken_out()])
                self._means.count(self._name, "delivered")
                await self._means.endurance.delivered(self._name)
            case Verdict.GONE if not delivery.is_callback(self._name):
                self._means.count(self._name, "failed")
                await self._means.endurance.gone(self._name)
            case Verdict.GONE:
                await self._bury(row, attempt.told(ended))
            case Verdict.FAILED:
                self._means.count(self._name, "failed")
                await self._later(row, replace(it, attempts=it.attempts + 1, last=attempt.told(ended)), ended)
                await self._means.endurance.failed(self._name)

    async def _later(self, row: Row, tried: Delivery, ended: Attempt) -> None:
        """Put it where it is due by the plan; at the plan's end, to the dead."""
        asked = retries.respected(ended.retry_after) if isinstance(ended, Answered) else 0.0
        wait = retries.wait(tried.attempts, drawn=self._means.drawn(), asked=asked)
        self._rest = max(self._rest, asked)
        if wait is None:
            await self._bury(row._replace(it=tried), f"{tried.attempts} attempts failed, the last with {tried.last}")
            return
        due = await self._means.records.now() + wait
        await self._means.records.swap([row.taken_out(), delivery.added(tried, due)])

    async def _bury(self, row: Row, why: str) -> None:
        it, now = row.it, await self._means.records.now()
        if await self._means.records.swap([row.taken_out(), delivery.buried(it, why=why, now=now)]):
            self._means.count(self._name, "dead")
            self._means.tell(
                "delivery_dead", level="error", lane=self._name, webhook_id=it.id, event_type=it.type, detail=why
            )
