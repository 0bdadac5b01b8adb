"""Looks every minute where the accounts' days are going, and says so once when one will not last until its reset."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.exchange.line.gate import Gate
from gateway.exchange.line.standing import DayStanding
from gateway.policy.names import AccountName
from gateway.policy.quota import forecasting
from gateway.policy.quota.closure import DAY
from gateway.policy.quota.forecasting import FOREIGN, Forecast, Pace
from gateway.ports import Tell

_EVERY = 60.0


class Outlook:
    """Keeps a pace by account; asks nobody, reads the mirror of the ledger."""

    def __init__(self, gate: Gate, tell: Tell) -> None:
        self._gate = gate
        self._tell = tell
        self._paces: dict[AccountName, Pace] = {}
        self._warned: set[AccountName] = set()

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_EVERY)

    def look(self) -> None:
        """Take note of what was spent since the last look, and tell what has changed."""
        now = self._gate.snapshot()
        for name, day in now.days.items():
            if day.limit:
                counts = {**day.spent, FOREIGN: day.foreign}
                pace = self._paces.get(name)
                elapsed = DAY - day.left
                self._paces[name] = forecasting.observed(pace, counts, day=day.day, elapsed=elapsed, now=now.now)
        for name, forecast in self.forecasts().items():
            self._say(name, now.days[name], forecast)

    def forecasts(self) -> Mapping[AccountName, Forecast]:
        """What is foretold of every account that has a limit, by the last look and what remains now."""
        days = self._gate.snapshot().days
        return {
            name: forecasting.forecast(
                pace, remaining=max(0, day.limit - day.used), elapsed=DAY - day.left, left=day.left
            )
            for name, pace in self._paces.items()
            if (day := days.get(name)) is not None  # a reload may have taken it away
        }

    def _say(self, name: AccountName, day: DayStanding, forecast: Forecast) -> None:
        if forecast.dry_at < float("inf") and name not in self._warned:
            self._warned.add(name)
            self._tell(
                "quota_runs_dry",
                level="warning",
                account=name,
                detail=f"dry at {_clock(forecast.dry_at)} GMT at this pace",
                remaining=day.limit - day.used,
                per_hour=round(forecast.per_hour),
                by={app: round(part, 2) for app, part in forecast.parts.items()},
            )
        elif forecast.clearly and name in self._warned:
            self._warned.discard(name)
            self._tell("quota_lasts", account=name, remaining=day.limit - day.used)


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M")
