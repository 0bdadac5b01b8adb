"""What the gate and the cache say now, in the words of the metrics and of the RateLimit fields."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryEntries
from gateway.adapters.prometheus import Gauges
from gateway.app.reloading import Reloading
from gateway.app.stores import outlives
from gateway.app.tracing import Spans
from gateway.exchange.line.gate import Gate
from gateway.exchange.line.standing import BudgetStanding, GateSnapshot
from gateway.exchange.rendering import Rendition
from gateway.policy.names import AccountName
from gateway.policy.quota import ratelimit
from gateway.policy.quota.forecasting import Forecast
from gateway.policy.quota.ratelimit import Allowance

_DAY = 86_400.0


def gauges(
    gate: Gate,
    memory: MemoryEntries[Rendition],
    log: Log,
    *,
    reloading: Reloading,
    forecasts: Mapping[AccountName, Forecast],
    jobs: Mapping[str, int],
    spans: Spans | None = None,
) -> Gauges:
    """Read every gauge at the moment of a scrape."""
    now, settings = gate.snapshot(), reloading.now()
    egress = settings.egress.name
    kept = "away" if now.ledger_away else "durable" if outlives(settings) else "volatile"
    limited = [it for it in (now.egress, *now.accounts.values()) if it.limit > 0]
    ahead = now.now - time.time()
    return Gauges(
        cache_entries=memory.entries,
        cache_bytes=memory.bytes,
        cache_evictions_total={reason.value: number for reason, number in memory.evictions.items()},
        queue_requests={(egress, priority.value): waiting for priority, waiting in now.waiting.items()},
        quota_limit_requests={(it.name, it.window): it.limit for it in limited},
        quota_used_requests=_used(now),
        quota_reset_timestamp_seconds={name: now.now + day.left - ahead for name, day in now.days.items()},
        quota_exhaustion_timestamp_seconds={
            name: forecasts[name].dry_at - ahead if name in forecasts else math.inf for name in now.days
        },
        account_closed={(name, shut.reason.value): 1 for name, shut in now.closures.items()},
        ledger_state={kept: 1},
        egress_pause_seconds={egress: now.pause_left},
        upstream_in_flight_requests={egress: now.leases_out},
        config_last_reload_successful=int(reloading.succeeded),
        config_last_reload_success_timestamp_seconds=reloading.succeeded_at,
        jobs=jobs,
        telemetry_dropped_total=log.dropped | ({} if spans is None else {"span": spans.dropped()}),
    )


def _used(now: GateSnapshot) -> dict[tuple[str, str, str], int]:
    """What the ledger has counted in each window, and what the upstream says of the accounts' days."""
    used = {(it.name, str(it.window), "ledger"): it.used for it in (now.egress, *now.accounts.values())}
    return used | {(str(name), "day", "upstream"): day.told for name, day in now.days.items() if day.told is not None}


class RateLimits:
    """The RateLimit fields of an account, rendered at most once a second."""

    def __init__(self, gate: Gate, *, period: float) -> None:
        self._gate = gate
        self._period = period
        self._second = -1
        self._rendered: dict[AccountName, list[tuple[str, str]]] = {}

    def __call__(self, account: AccountName) -> list[tuple[str, str]]:
        second = int(time.time())  # as Date does
        if second != self._second:
            self._second = second
            now = self._gate.snapshot()
            self._rendered = {
                name: ratelimit.fields([*_allowance(now.egress, self._period), *_allowance(day, _DAY)])
                for name, day in now.accounts.items()
            }
        return self._rendered.get(account, [])


def _allowance(it: BudgetStanding, period: float) -> list[Allowance]:
    return [Allowance(it.window, it.limit, period, it.remaining, it.wait, it.reset)] if it.limit > 0 else []
