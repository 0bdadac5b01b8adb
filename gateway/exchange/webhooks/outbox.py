"""The outbox's front: what a notice becomes for those who are to be told (the port `Outbox`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.subscription import Subscription


class RecordsOutbox:
    """Turns notices into records; `subscribers` tells whose lanes are open now, `wake` starts the deliverer."""

    def __init__(self, subscribers: Callable[[], Sequence[Subscription]], wake: Callable[[], None]) -> None:
        self._subscribers = subscribers
        self._wake = wake

    def subscribed(self, account: AccountName, event: str) -> bool:
        return any(it.wants(account, event) for it in self._subscribers())

    def posting(self, notice: Notice) -> Sequence[Edit]:
        return [
            delivery.added(delivery.to_subscription(notice, it.id), notice.at)
            for it in self._subscribers()
            if it.wants(notice.account, notice.type)
        ]

    def calling_back(self, notice: Notice, *, app: AppName, url: str) -> Sequence[Edit]:
        return [delivery.added(delivery.to_callback(notice, app=app, url=url), notice.at)]

    def wake(self) -> None:
        self._wake()
