"""Who wants to be told of what: one receiver of one account's events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.policy.names import AccountName

MADE = "api-"
"""How the names of subscriptions begin that were made while running; no configured one's does."""


class Origin(StrEnum):
    """Where a subscription was made."""

    CONFIGURATION = "configuration"
    API = "api"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription. `events` are patterns; `id` is also the name of its lane in the outbox."""

    id: str
    url: str
    events: tuple[str, ...]
    account: AccountName
    origin: Origin

    def wants(self, account: AccountName, event: str) -> bool:
        """Tell whether it is to be told of this type of event."""
        return account == self.account and any(matches(pattern, event) for pattern in self.events)


def matches(pattern: str, event: str) -> bool:
    """Compare word by word: `*` is any one word, and at the end any one or more.

    So `*` is every event, `quota.*` every event of the quota, and `intervals.*.deleted` every row that went.
    """
    wanted, words = pattern.split("."), event.split(".")
    if wanted[-1] == "*" and len(words) > len(wanted):
        words = words[: len(wanted)]
    return len(wanted) == len(words) and all(want in ("*", word) for want, word in zip(wanted, words, strict=True))
