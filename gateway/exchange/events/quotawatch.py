"""Watches the accounts' quotas for those who subscribe to them, and makes known what has occurred, once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence

from gateway.exchange.events.noticing import Counted
from gateway.exchange.events.rounds import rounds
from gateway.exchange.line.gate import Gate
from gateway.exchange.line.outlook import Outlook
from gateway.policy.events import quotaevents
from gateway.policy.events.quotaevents import Day, Occurrence, Told
from gateway.policy.names import AccountName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.ports import Outbox, Records, Tell

_EVERY = 5.0
"""Seconds between looks."""

_WRITTEN = 0.5
"""Seconds after which what the ledger holds has been read anew."""


class QuotaWatch:
    """Tells the outbox of quotas; `foreign_shares` are the parts of a day that requests past the gateway may take."""

    def __init__(
        self,
        *,
        gate: Gate,
        outlook: Outlook,
        outbox: Outbox,
        records: Records,
        levels: Sequence[float],
        foreign_shares: Mapping[AccountName, float],
        counted: Counted,
        tell: Tell,
    ) -> None:
        self._gate = gate
        self._outlook = outlook
        self._outbox = outbox
        self._records = records
        self.levels = levels
        self.foreign_shares = foreign_shares
        self._counted = counted
        self._tell = tell

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        await rounds(
            self.look,
            every=lambda: _EVERY,
            waits=lambda why: self._tell("quota_events_wait", level="warning", detail=why),
        )

    async def look(self) -> None:
        """Make known what has occurred to the accounts that somebody watches. Raises `RecordsAway`."""
        for account in tuple(self.foreign_shares):
            watched = any(self._outbox.subscribed(account, it.type) for it in Occurrence)
            if watched and await self._occurred(account):
                # What this process knows may be old. A change of nothing reads what the ledger holds.
                self._gate.correct(account, lambda state, _: state)
                await asyncio.sleep(_WRITTEN)
                await self._make_known(account)

    async def _occurred(self, account: AccountName) -> bool:
        (text,) = await self._records.read(quotaevents.KIND, [account])
        return self._due(account, text)[0].text != text

    async def _make_known(self, account: AccountName) -> None:
        (text,) = await self._records.read(quotaevents.KIND, [account])
        after, notices = self._due(account, text)
        postings = [edit for notice in notices for edit in self._outbox.posting(notice)]
        if after.text == text or not await self._records.swap(
            [Edit(quotaevents.KIND, account, text, after.text), *postings]
        ):
            return  # another replica was first, or will be asked again in a moment
        for notice in notices:
            self._counted(account, notice.type.rpartition(".")[2])
        if postings:
            self._outbox.wake()

    def _due(self, account: AccountName, text: str | None) -> tuple[Told, Sequence[Notice]]:
        return quotaevents.due(
            quotaevents.load(text), self._day(account), levels=self.levels, foreign=self.foreign_shares[account]
        )

    def _day(self, account: AccountName) -> Day:
        gate, forecast = self._gate.snapshot(), self._outlook.forecasts().get(account)
        day = gate.days[account]
        return Day(
            account=account,
            now=gate.now,
            number=day.day,
            limit=day.limit,
            used=day.used,
            left=day.left,
            foreign=day.foreign,
            foreign_ahead=day.foreign_ahead,
            dry_at=math.inf if forecast is None else forecast.dry_at,
            per_hour=0.0 if forecast is None else forecast.per_hour,
            closed=gate.closures.get(account),
        )
