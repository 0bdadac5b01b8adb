"""What a receiver's answers make of its subscription: in good health, failing, or at its end, which others are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from gateway.exchange.webhooks.subscriptions import Listed, Subscriptions
from gateway.policy.events.vocabulary import DISABLED
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.webhooks import health
from gateway.policy.webhooks.health import GOOD, Health
from gateway.ports import Outbox, Records, Tell


class Endurance:
    """Records how subscriptions fare; only changes are written. `patience` is the span of failure, in seconds."""

    def __init__(
        self,
        records: Records,
        subscriptions: Subscriptions,
        outbox: Outbox,
        *,
        patience: float,
        new_id: Callable[[], str],
        tell: Tell,
    ) -> None:
        self._records = records
        self._subscriptions = subscriptions
        self._outbox = outbox
        self._patience = patience
        self._new_id = new_id
        self._tell = tell

    async def delivered(self, name: str) -> None:
        """Take note of a success; it does not revive what has ended."""
        listed = self._subscriptions.find(name)
        if listed is not None and listed.is_open and listed.health != GOOD:
            await self._become(listed, GOOD)

    async def failed(self, name: str) -> None:
        """Take note of a failure."""
        listed = self._subscriptions.find(name)
        if listed is not None:
            changed = health.failed(listed.health, now=await self._records.now(), patience=self._patience)
            await self._become(listed, changed)

    async def gone(self, name: str) -> None:
        """Take note that the receiver wants no more."""
        listed = self._subscriptions.find(name)
        if listed is not None:
            await self._become(listed, health.gone(listed.health, now=await self._records.now()))

    async def revive(self, name: str) -> None:
        """Begin anew, as an operator says."""
        listed = self._subscriptions.find(name)
        if listed is not None:
            await self._become(listed, GOOD)

    async def _become(self, listed: Listed, changed: Health) -> None:
        """Write a change; where another replica was quicker, its word holds."""
        if changed == listed.health:
            return
        ends = changed.ended is not None
        news = self._news(listed, changed) if ends else ()
        swapped = await self._records.swap([listed.becoming(changed), *news])
        await self._subscriptions.refresh()
        if swapped and ends:
            it = listed.subscription
            self._tell("webhook_disabled", level="error", subscription=it.id, account=it.account, reason=changed.ended)
            self._outbox.wake()

    def _news(self, listed: Listed, changed: Health) -> Sequence[Edit]:
        """What the account's other subscribers get to know."""
        it = listed.subscription
        parts = urlsplit(it.url)
        notice = Notice(
            id=self._new_id(),
            type=DISABLED,
            account=it.account,
            at=changed.ended_at or 0.0,
            data={
                "id": it.id,
                "receiver": f"{parts.scheme}://{parts.hostname}",
                "reason": changed.ended,
                "failing_since": changed.failing_since,
            },
        )
        lane = f"{it.id}/"
        return [edit for edit in self._outbox.posting(notice) if not edit.key.startswith(lane)]
