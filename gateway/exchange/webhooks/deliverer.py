"""Looks which lanes of the outbox have something due, and lets each be worked beside the others.

A look reads one record of each lane. It happens when somebody has posted, when the next delivery is due, and every few
seconds for what other replicas have posted or left behind.
"""

from __future__ import annotations

import asyncio

from gateway.exchange.background import Spawn
from gateway.exchange.webhooks.lane import REST, Lane, Means
from gateway.exchange.webhooks.lease import Lease
from gateway.exchange.webhooks.subscriptions import Subscriptions
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import WAITING
from gateway.ports import Records, RecordsAway, Tell

EVERY = 5.0
"""Seconds between looks at the most."""

_SHORTEST = 0.02


class Deliverer:
    """Delivers what is in the outbox until it is closed; looks at once when it is `woken`.

    `holder` names this gateway among its replicas.
    """

    def __init__(
        self,
        records: Records,
        subscriptions: Subscriptions,
        *,
        means: Means,
        woken: asyncio.Event,
        holder: str,
        spawn: Spawn,
        tell: Tell,
    ) -> None:
        self._records = records
        self._subscriptions = subscriptions
        self._means = means
        self._holder = holder
        self._spawn = spawn
        self._tell = tell
        self._woken = woken
        self._working: dict[str, tuple[Lane, asyncio.Task[None]]] = {}
        self._resting: dict[str, float] = {}
        self._away = False
        self._learns_at = 0.0

    async def run(self) -> None:
        """Deliver, until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._keep_up()
                wait = await self._look()
                self._went(None)
            except RecordsAway as away:
                self._went(str(away))
                wait = EVERY
            try:
                async with asyncio.timeout(max(_SHORTEST, wait)):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def close(self, patience: float) -> None:
        """Let what is on its way arrive, but for so many seconds only: the rest is delivered again by the next."""
        tasks = [task for _, task in self._working.values()]
        for lane, _ in self._working.values():
            lane.finish()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_up(self) -> None:
        """Learn now and then which subscriptions other replicas have made or ended."""
        if (now := asyncio.get_running_loop().time()) >= self._learns_at:
            await self._subscriptions.refresh()
            self._learns_at = now + EVERY

    async def _look(self) -> float:
        """Start to work every lane that has something due and does not rest; tells the seconds until the next has."""
        now = await self._records.now()
        wait, after = EVERY, ""
        while rows := await self._records.scan(WAITING, after=after, most=1):
            [(key, _)] = rows
            name = delivery.lane_of(key)
            after = delivery.beyond(name)
            if name in self._working:
                continue
            due = max(delivery.due_at(key), self._resting.get(name, 0.0)) - now
            if due > 0:
                wait = min(wait, due)
            else:
                self._start(name)
        return wait

    def _start(self, name: str) -> None:
        lane = Lane(name, Lease(self._records, name, holder=self._holder), self._means)
        self._working[name] = lane, self._spawn(self._work(name, lane), f"lane {name}")

    async def _work(self, name: str, lane: Lane) -> None:
        try:
            rest = await lane.work()
            self._resting.pop(name, None)
            if rest:
                self._resting[name] = await self._records.now() + rest
        except RecordsAway as away:
            self._went(str(away))
            await asyncio.sleep(REST)
        finally:
            self._working.pop(name, None)
            self._woken.set()

    def _went(self, why: str | None) -> None:
        """Tell once that the outbox is away, and once that it is back."""
        if why is not None and not self._away:
            self._tell("outbox_away", level="error", detail=why)
        elif why is None and self._away:
            self._tell("outbox_back")
        self._away = why is not None
