"""Events put together: what has changed, and how the quota stands, for those who subscribe to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from gateway.app import spending
from gateway.exchange.background import Spawn
from gateway.exchange.fetch import Fetch
from gateway.exchange.gate import Gate
from gateway.exchange.lists import Lists
from gateway.exchange.looking import Looking
from gateway.exchange.noticing import POLLS, Counted, Noticing
from gateway.exchange.polling import Polling
from gateway.exchange.reconcile import Tell
from gateway.policy import noticeable
from gateway.policy.catalogue import Catalogue
from gateway.policy.negotiation import Representation
from gateway.ports import Outbox, Records
from gateway.settings import Settings

_PATIENCE = 300.0
"""Seconds that a look may wait in line."""

_LONGEST = 512 * 1024 * 1024
"""Bytes of the longest answer that is read; the service has no cap on the rows of a list."""

Watches: TypeAlias = Callable[[Lists, Fetch], dict[str, Callable[[], Coroutine[Any, Any, None]]]]


@dataclass(frozen=True, slots=True)
class Eventing:
    """Who is told by the line of what it sees, and by name what looks beside it with the line's own lists and fetch."""

    noticing: Noticing
    watches: Watches


def eventing(
    settings: Settings,
    *,
    rows: Catalogue,
    records: Records,
    outbox: Outbox,
    gate: Gate,
    spawn: Spawn,
    counted: Counted,
    tell: Tell,
) -> Eventing:
    """Put together who tells the outbox."""
    rules = noticeable.load()
    noticing = Noticing(
        rules=rules, outbox=outbox, records=records, clock=time.time, spawn=spawn, counted=counted, tell=tell
    )

    callers = spending.acting(settings, POLLS, patience=_PATIENCE)

    def watches(lists: Lists, fetch: Fetch) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        if not callers:
            return {}
        looking = Looking(
            noticing=noticing,
            lists=lists,
            fetch=fetch,
            catalogue=rows,
            records=records,
            form=Representation(settings.upstream.format),
            interval=settings.events.interval,
            max_body=_LONGEST,
        )
        polling = Polling(
            noticing=noticing,
            looking=looking,
            gate=gate,
            records=records,
            rules=rules,
            callers=callers,
            interval=settings.events.interval,
            share=settings.events.share,
            tell=tell,
        )
        return {"polls": polling.run}

    return Eventing(noticing, watches)
