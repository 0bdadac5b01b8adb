"""Looks for changes that were made past the gateway: at intervals, behind all callers, for as much as is set aside.

One look serves everybody who subscribes, and all replicas: who swaps the record of when to look next, looks. Looks are
made one after the other. One that fails moves no mark, so that the next catches up.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.exchange.events.looking import Looking
from gateway.exchange.events.noticing import POLLS, Noticing
from gateway.exchange.events.rounds import rounds
from gateway.exchange.line.budgets import ticks
from gateway.exchange.line.gate import Gate
from gateway.policy.caller import Caller
from gateway.policy.events import marks, polling
from gateway.policy.events.noticeable import Noticeable
from gateway.policy.events.noticing import Scope
from gateway.policy.events.polling import Day
from gateway.policy.faults import Fault
from gateway.policy.names import AccountName
from gateway.policy.records import Edit
from gateway.policy.translation.malformed import Malformed
from gateway.ports import Records, Tell

_EVERY = 15.0
"""Seconds between looks at what is due."""

_TIDIED = 3_600.0
"""Seconds after which what nobody subscribes to any more is forgotten, so that another subscriber begins anew."""

_FORGET = 512
"""Records forgotten together."""


class Polling:
    """Polls every account of `callers`, who act with the accounts' own tokens; `interval` in seconds, 0 for never."""

    def __init__(
        self,
        *,
        noticing: Noticing,
        looking: Looking,
        gate: Gate,
        records: Records,
        rules: Mapping[str, Noticeable],
        callers: Mapping[AccountName, Caller],
        interval: float,
        share: float,
        tell: Tell,
    ) -> None:
        self._noticing = noticing
        self._looking = looking
        self._gate = gate
        self._records = records
        self._rules = rules
        self.callers = callers
        self.interval = interval
        self.share = share
        self._tell = tell
        self._due: dict[str, float] = {}
        self._spent: dict[AccountName, int] = {}
        self._failing: set[str] = set()
        self._tidied = float("-inf")

    async def run(self) -> None:
        """Look at whatever is due, until cancelled."""
        await rounds(
            self.look,
            every=lambda: min(_EVERY, self.interval or _EVERY),
            waits=lambda why: self._tell("polls_wait", level="warning", detail=why),
        )

    async def look(self) -> None:
        """Look at what is due now. Raises `RecordsAway`."""
        if self._tidied + _TIDIED <= ticks():
            self._tidied = ticks()
            await self._tidy()
        for account, caller in tuple(self.callers.items()) if self.interval else ():
            scopes = [self._noticing.scope(account, name) for name, rules in self._rules.items() if rules.polled]
            wanted = [scope for scope in scopes if scope is not None]
            for scope in wanted:
                if self._due.get(scope.key, float("-inf")) <= ticks() and await self._claimed(scope, wanted):
                    await self._poll(scope, caller)

    async def _claimed(self, scope: Scope, wanted: list[Scope]) -> bool:
        """Is it this replica's turn to look? Writes down when the next look is due."""
        now = await self._records.now()
        (text,) = await self._records.read(polling.KIND, [scope.key])
        if text is not None and float(text) > now:
            self._due[scope.key] = ticks() + float(text) - now
            return False
        if (pause := self._pause(scope, wanted)) is None:
            return False
        self._due[scope.key] = ticks() + pause
        return await self._records.swap([Edit(polling.KIND, scope.key, text, f"{now + pause:.3f}")])

    def _pause(self, scope: Scope, wanted: list[Scope]) -> float | None:
        day = self._gate.snapshot().days.get(scope.account)
        if day is None:
            return None  # the account was taken out of the configuration just now
        spent = day.spent.get(POLLS, 0)
        pause = polling.pause(
            scope.rules,
            [it.rules for it in wanted],
            Day(day.limit, spent, day.left),
            interval=self.interval,
            share=self.share,
        )
        if pause is None:
            self._due[scope.key] = ticks() + day.left
            if self._spent.get(scope.account) != day.day:
                self._spent[scope.account] = day.day
                self._tell("polls_spent", level="warning", account=scope.account, requests=spent, per_day=day.limit)
        return pause

    async def _poll(self, scope: Scope, caller: Caller) -> None:
        try:
            await self._looking(scope, caller)
        except (Fault, Malformed, ValueError) as error:
            if scope.key not in self._failing:
                self._failing.add(scope.key)
                names = {"account": scope.account, "resource": scope.rules.resource}
                self._tell("poll_failed", level="warning", **names, detail=str(error))
            await self._sooner(scope, error.retry_after if isinstance(error, Fault) else None)
        else:
            self._failing.discard(scope.key)

    async def _sooner(self, scope: Scope, retry_after: float | None) -> None:
        pause = polling.retry(retry_after, interval=self.interval)
        now = await self._records.now()
        (text,) = await self._records.read(polling.KIND, [scope.key])
        if await self._records.swap([Edit(polling.KIND, scope.key, text, f"{now + pause:.3f}")]):
            self._due[scope.key] = ticks() + pause

    async def _tidy(self) -> None:
        """Forget what nobody subscribes to any more: who subscribes again is not told of all that happened between."""
        for key, text in await self._records.scan(marks.KIND, most=_FORGET):
            account, _, resource = key.partition(":")
            if resource in self._rules and self._noticing.scope(AccountName(account), resource) is None:
                await self._forget(Scope(AccountName(account), self._rules[resource]), text)

    async def _forget(self, scope: Scope, mark: str) -> None:
        await self._records.swap([Edit(marks.KIND, scope.key, mark, None)])
        while rows := await self._records.scan(scope.kind, most=_FORGET):
            if not await self._records.swap([Edit(scope.kind, number, text, None) for number, text in rows]):
                return
