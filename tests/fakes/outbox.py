"""An `Outbox` that delivers nothing: what was posted lies in the records, as the notices that receivers would get."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from typing import Any

from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.ports import Records

KIND = "posted"


class FakeOutbox:
    """`subscriptions` are patterns of event types, one for each subscriber; `woken` counts."""

    def __init__(self, *subscriptions: str) -> None:
        self.subscriptions = list(subscriptions)
        self.woken = 0

    def subscribed(self, account: AccountName, event: str) -> bool:
        return bool(account) and any(fnmatchcase(event, pattern) for pattern in self.subscriptions)

    def posting(self, notice: Notice) -> Sequence[Edit]:
        return [
            Edit(KIND, f"{notice.at:.6f} {notice.id} {number}", None, json.dumps(asdict(notice)))
            for number, pattern in enumerate(self.subscriptions)
            if fnmatchcase(notice.type, pattern)
        ]

    def calling_back(self, notice: Notice, *, app: AppName, url: str) -> Sequence[Edit]:
        return [Edit(KIND, f"{notice.at:.6f} {notice.id} {app} {url}", None, json.dumps(asdict(notice)))]

    def wake(self) -> None:
        self.woken += 1


async def posted(records: Records) -> list[dict[str, Any]]:
    """All notices in the records, in the order in which they are delivered."""
    return [json.loads(text) for _, text in await records.scan(KIND, most=100_000)]


def told(notices: Sequence[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """The last two words of each type, and the id of the row."""
    return [(notice["type"].partition(".")[2], notice["data"].get("id")) for notice in notices]
