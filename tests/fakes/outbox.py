"""An outbox that writes one record for each notice."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit

KIND = "delivery"


class FakeOutbox:
    """`woken` counts how often it was told that there is something to deliver."""

    def __init__(self) -> None:
        self.woken = 0

    def subscribed(self, account: AccountName, event: str) -> bool:
        return False

    def posting(self, notice: Notice) -> Sequence[Edit]:
        return ()

    def calling_back(self, notice: Notice, *, app: AppName, url: str) -> Sequence[Edit]:
        told = {"type": notice.type, "app": app, "url": url, "account": notice.account, "data": dict(notice.data)}
        return [Edit(KIND, notice.id, None, json.dumps(told))]

    def wake(self) -> None:
        self.woken += 1
