"""Events put together: what has changed, and how the quota stands, for those who subscribe to it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.app import spending
from gateway.exchange.background import Run, Spawn
from gateway.exchange.events.looking import Looking
from gateway.exchange.events.noticing import POLLS, Counted, Noticing
from gateway.exchange.events.polling import Polling
from gateway.exchange.events.quotawatch import QuotaWatch
from gateway.exchange.fetch import Fetch
from gateway.exchange.line.gate import Gate
from gateway.exchange.line.outlook import Outlook
from gateway.exchange.reading.lists import Lists
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue
from gateway.policy.events import noticeable
from gateway.policy.names import AccountName
from gateway.policy.negotiation import Representation
from gateway.ports import Outbox, Records, Tell
from gateway.settings import Settings

_PATIENCE = 300.0
"""Seconds that a look may wait in line."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of events: the outbox, the metrics and the log; and the outlook, from which some are told."""

    outbox: Outbox
    outlook: Outlook
    counted: Counted
    tell: Tell


class Eventing:
    """Tells the outbox: what the line sees of changes, and what is found by looking and by watching beside it."""

    def __init__(
        self,
        settings: Settings,
        hearing: Hearing,
        *,
        rows: Catalogue,
        records: Records,
        gate: Gate,
        spawn: Spawn,
    ) -> None:
        outbox, counted, tell = hearing.outbox, hearing.counted, hearing.tell
        self._settings, self._rows = settings, rows
        self._rules = noticeable.load()
        self._records, self._gate, self._tell = records, gate, tell
        self.noticing = Noticing(
            rules=self._rules,
            outbox=outbox,
            records=records,
            clock=time.time,
            spawn=spawn,
            counted=counted,
            tell=tell,
        )
        self.quota = QuotaWatch(
            gate=gate,
            outlook=hearing.outlook,
            outbox=outbox,
            records=records,
            levels=settings.events.warn,
            foreign_shares=spending.foreign_shares(settings),
            counted=counted,
            tell=tell,
        )
        self.looking: Looking | None = None
        self.polling: Polling | None = None

    def watches(self, lists: Lists, fetch: Fetch, *, max_answer: int) -> Mapping[str, Run]:
        """What is to run, by name; it looks with the walk's own lists and fetch."""
        events = self._settings.events
        self.looking = Looking(
            noticing=self.noticing,
            lists=lists,
            fetch=fetch,
            catalogue=self._rows,
            records=self._records,
            form=Representation(self._settings.upstream.format),
            interval=events.interval,
            max_answer=max_answer,
        )
        self.polling = Polling(
            noticing=self.noticing,
            looking=self.looking,
            gate=self._gate,
            records=self._records,
            rules=self._rules,
            callers=_callers(self._settings),
            interval=events.interval,
            share=events.share,
            tell=self._tell,
        )
        return {"polls": self.polling.run, "quota events": self.quota.run}

    def follow(self, settings: Settings, rows: Catalogue) -> None:
        """Go by other settings from now on."""
        events, callers = settings.events, _callers(settings)
        if self.looking is not None and self.polling is not None:
            self.looking.catalogue, self.looking.interval = rows, events.interval
            self.polling.callers, self.polling.interval, self.polling.share = callers, events.interval, events.share
        self.quota.levels, self.quota.foreign_shares = events.warn, spending.foreign_shares(settings)


def _callers(settings: Settings) -> Mapping[AccountName, Caller]:
    return spending.acting(settings, POLLS, patience=_PATIENCE)
