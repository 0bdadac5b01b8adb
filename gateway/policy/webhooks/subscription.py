"""Who wants to be told of what: one receiver of one account's events."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from gateway.policy.names import AccountName

KIND = "subscription"
"""The kind of the records of subscriptions that were made while running."""

MADE = "api-"
"""How the names of subscriptions begin that were made while running; no configured one's does."""

MOST_EVENTS = 200
"""Patterns in one subscription: each is compared with each event. There are not as many types of event."""

RESERVED = frozenset({"api", "callback", "dead", "other"})
"""Words that mean something else where names of subscriptions stand: in the metrics and in the paths of the API."""


class Origin(StrEnum):
    """Where a subscription was made."""

    CONFIGURATION = "configuration"
    API = "api"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription. `events` are patterns; `id` is also the name of its lane in the outbox.

    `fingerprint` is of the secret that was shown when it was made; a configured one has none.
    """

    id: str
    url: str
    events: tuple[str, ...]
    account: AccountName
    origin: Origin
    fingerprint: str = ""

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


def dump(subscription: Subscription) -> str:
    """Write the record of a subscription that was made while running."""
    it = subscription
    written = {"url": it.url, "events": it.events, "account": it.account, "fingerprint": it.fingerprint}
    return json.dumps(written, separators=(",", ":"))


def load(name: str, record: str) -> Subscription | None:
    """Read a record; None where it is none."""
    try:
        read = json.loads(record)
    except ValueError:
        return None
    match read:
        case {"url": str(url), "events": list(events), "account": str(account), "fingerprint": str(print_)}:
            return Subscription(name, url, tuple(map(str, events)), AccountName(account), Origin.API, print_)
        case _:
            return None


def name_of(url_host: str, others: Collection[str]) -> str:
    """Name a configured subscription that has no name: after its host, with a number where that is taken."""
    word = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in url_host).strip("-.")
    word = f"host-{word}" if word.startswith(MADE) or word in RESERVED else word or "host"
    numbered = (f"{word}-{number}" for number in range(2, len(others) + 2))
    return next(name for name in (word, *numbered) if name not in others)
