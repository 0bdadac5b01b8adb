"""What the gate and the cache say now, in the words of the metrics and of the RateLimit fields."""

from __future__ import annotations

import math
import time

from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryEntries
from gateway.adapters.prometheus import Gauges
from gateway.exchange.gate import Gate
from gateway.exchange.rendering import Rendition
from gateway.exchange.standing import BudgetStanding
from gateway.policy import ratelimit
from gateway.policy.names import AccountName
from gateway.policy.ratelimit import Allowance

_DAY = 86_400.0


def gauges(gate: Gate, memory: MemoryEntries[Rendition], log: Log, *, egress: str) -> Gauges:
    """Read every gauge at the moment of a scrape."""
    now = gate.snapshot()
    standings = [now.egress, *now.accounts.values()]
    limited = [it for it in standings if it.limit > 0]
    ahead = now.now - time.time()
    return Gauges(
        cache_entries=memory.entries,
        cache_bytes=memory.bytes,
        cache_evictions_total={reason.value: number for reason, number in memory.evictions.items()},
        queue_requests={(egress, priority.value): waiting for priority, waiting in now.waiting.items()},
        quota_limit_requests={(it.name, it.window): it.limit for it in limited},
        quota_used_requests={(it.name, it.window, "ledger"): it.used for it in standings},
        quota_reset_timestamp_seconds=dict.fromkeys(now.accounts, (now.now // _DAY + 1) * _DAY - ahead),
        quota_exhaustion_timestamp_seconds=dict.fromkeys(now.accounts, math.inf),
        account_closed={(name, shut.reason.value): 1 for name, shut in now.closures.items()},
        telemetry_dropped_total=log.dropped,
    )


class RateLimits:
    """The RateLimit fields of an account, rendered at most once a second."""

    def __init__(self, gate: Gate, *, period: float) -> None:
        self._gate = gate
        self._period = period
        self._second = -1
        self._rendered: dict[AccountName, list[tuple[str, str]]] = {}

    def __call__(self, account: AccountName) -> list[tuple[str, str]]:
        second = int(time.monotonic())
        if second != self._second:
            self._second = second
            now = self._gate.snapshot()
            self._rendered = {
                name: ratelimit.fields([*_allowance(now.egress, self._period), *_allowance(day, _DAY)])
                for name, day in now.accounts.items()
            }
        return self._rendered.get(account, [])


def _allowance(it: BudgetStanding, period: float) -> list[Allowance]:
    return [Allowance(it.window, it.limit, period, it.remaining, it.reset)] if it.limit > 0 else []
