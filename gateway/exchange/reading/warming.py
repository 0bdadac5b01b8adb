"""Keeps the most used whole lists warm: fetches them anew behind all callers, one at a time, from quota that is spare.

Off unless the operator wants it. `policy/caching/warming.py` says which lists; this file counts uses, looks, and asks.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from weakref import ref

from gateway.exchange.line.gate import Gate
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching import warming
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.warming import Usage
from gateway.policy.faults import Fault
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.trace import Trace
from gateway.ports import Clock


@dataclass(slots=True)
class _Known:
    """A list that was used: how it is asked for, its record while that is in memory, and what was counted of it.

    `tried` is when the rows were received (epoch seconds) for which a fetch was tried last.
    """

    question: Question
    held: ref[HeldAnswer]
    counted: int = 0
    lately: float = 0.0
    tried: float = -math.inf


class Warming:
    """Knows which lists are used, and keeps at most `most` of them warm (0: none), never below the part `reserve`.

    Both may be set anew at any time.
    Only lists fetched with an account's own token: nobody's own credential is used without its owner asking.
    """

    def __init__(self, *, documents: Documents, gate: Gate, clock: Clock, most: int, reserve: float) -> None:
        self._documents = documents
        self._gate = gate
        self._clock = clock
        self.most = most
        self.reserve = reserve
        self._known: dict[CacheKey, _Known] = {}

    def used(self, question: Question, whole: HeldAnswer) -> None:
        """Take note of who had something selected from a list: its next fetch is charged to the last of them."""
        key = question.whole.key
        if self.most == 0 or not question.caller.lent or whole.entry.key != key:
            return
        asking = question.whole.behind_all()  # nothing of the caller's own request is kept
        known = self._known.setdefault(key, _Known(asking, ref(whole)))
        known.question, known.held = asking, ref(whole)

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(warming.EVERY)
            await self.look()

    async def look(self) -> None:
        """Count, and fetch what is due while nobody waits and there is quota to spare."""
        usages = self._counted()
        if not usages:  # as always where warming is off
            return
        left = {name: day.left for name, day in self._gate.snapshot().days.items()}
        for entry in warming.due(usages, left, most=self.most, now=self._clock()):
            if self._may_spend(entry.account):
                await self._fetch(entry)

    def _counted(self) -> list[Usage]:
        usages = []
        for key, known in tuple(self._known.items()):
            held = known.held()
            uses = 0 if held is None else held.uses
            gained = uses - known.counted if uses >= known.counted else uses  # another record counts from 0
            known.lately = warming.lately(known.lately, gained, elapsed=warming.EVERY)
            known.counted = uses
            if held is not None:
                usages.append(Usage(held.entry, uses, known.lately, tried=known.tried == held.entry.received_at))
            elif known.lately < 1:
                del self._known[key]
        return usages

    def _may_spend(self, account: AccountName) -> bool:
        now = self._gate.snapshot()
        held_up = any(now.waiting.values()) or now.pause_left > 0 or now.ledger_away or account in now.closures
        if held_up or account not in now.accounts:  # a reload may have taken it away
            return False
        windows = (now.egress, now.accounts[account])
        return all(warming.spare(it.remaining, it.limit, self.reserve) for it in windows)

    async def _fetch(self, entry: Entry) -> None:
        known = self._known[entry.key]
        if (before := known.held()) is None or before.entry is not entry:
            return  # somebody fetched it, or a write dropped it, while another was fetched
        known.tried = entry.received_at
        try:
            held = await self._documents.obtain(known.question, Trace(request_id="", traceparent=""))
        except Fault:
            return  # whoever asks next meets the same, and is told
        known.held = ref(held)
