"""Events put together: what has changed, and how the quota stands, for those who subscribe to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from gateway.app import spending
from gateway.exchange.background import Spawn
from gateway.exchange.fetch import Fetch
from gateway.exchange.gate import Gate
from gateway.exchange.lists import Lists
from gateway.exchange.looking import Looking
from gateway.exchange.noticing import POLLS, Noticing
from gateway.exchange.outlook import Outlook
from gateway.exchange.polling import Polling
from gateway.exchange.quotawatch import QuotaWatch
from gateway.exchange.reconcile import Tell
from gateway.policy import noticeable
from gateway.policy.catalogue import Catalogue
from gateway.policy.names import AccountName
from gateway.policy.negotiation import Representation
from gateway.ports import Outbox, Records
from gateway.settings import Settings

_PATIENCE = 300.0
"""Seconds that a look may wait in line."""

_LONGEST = 512 * 1024 * 1024
"""Bytes of the longest answer that is read; the service has no cap on the rows of a list."""

Runs: TypeAlias = Mapping[str, Callable[[], Coroutine[Any, Any, None]]]
"""By name, what is to run while the gateway does."""


class Counts(Protocol):
    """Counts what was made known."""

    def noticed(self, account: str, event: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Eventing:
    """Who is told by the line of what it sees, and who looks beside it with the line's own lists and fetch."""

    noticing: Noticing
    watches: Callable[[Lists, Fetch], Runs]


def eventing(
    settings: Settings,
    *,
    rows: Catalogue,
    records: Records,
    outbox: Outbox,
    gate: Gate,
    outlook: Outlook,
    spawn: Spawn,
    counts: Counts,
    tell: Tell,
) -> Eventing:
    """Put together who tells the outbox."""
    rules, events, counted = noticeable.load(), settings.events, counts.noticed
    noticing = Noticing(
        rules=rules, outbox=outbox, records=records, clock=time.time, spawn=spawn, counted=counted, tell=tell
    )
    quota = QuotaWatch(
        gate=gate,
        outlook=outlook,
        outbox=outbox,
        records=records,
        levels=events.warn,
        foreign_shares={AccountName(name): account.foreign for name, account in settings.accounts.items()},
        counted=counted,
        tell=tell,
    )

    def watches(lists: Lists, fetch: Fetch) -> Runs:
        looking = Looking(
            noticing=noticing,
            lists=lists,
            fetch=fetch,
            catalogue=rows,
            records=records,
            form=Representation(settings.upstream.format),
            interval=events.interval,
            max_body=_LONGEST,
        )
        polling = Polling(
            noticing=noticing,
            looking=looking,
            gate=gate,
            records=records,
            rules=rules,
            callers=spending.acting(settings, POLLS, patience=_PATIENCE),
            interval=events.interval,
            share=events.share,
            tell=tell,
        )
        return {"polls": polling.run, "quota events": quota.run} if settings.accounts else {}

    return Eventing(noticing, watches)
