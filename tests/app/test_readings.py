from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.logs import Log
from gateway.adapters.memory import MemoryEntries, MemoryLedger
from gateway.adapters.prometheus import Gauges
from gateway.app import readings
from gateway.app.reloading import Reloading
from gateway.exchange.background import Background
from gateway.exchange.line.gate import AccountRule, EgressRule, Errand, Gate
from gateway.exchange.rendering import Rendition
from gateway.policy.names import AccountName, AppName
from gateway.policy.outcome import AccountClosed
from gateway.policy.quota.closure import Reason
from gateway.policy.quota.forecasting import Forecast
from tests.adapters.stores import entry
from tests.app.configured import Kept, settings

ACME, GLOBEX = AccountName("acme"), AccountName("globex")
NOON = 20_000 * 86_400.0 + 43_200.0


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    background = Background(lambda name, error: None)
    accounts = {ACME: AccountRule(6000), GLOBEX: AccountRule()}
    options: dict[str, Any] = {"backlog": 10, "hold": 5.0, "new_lease_id": iter("abcdefgh").__next__}
    running = Gate(
        MemoryLedger(lambda: NOON), EgressRule("office", 2, 60.0), accounts, spawn=background.spawn, **options
    )
    await running.open()
    yield running
    await running.close(1.0)


def in_force(folder: Path, log: Log) -> Reloading:
    of = settings(folder)
    return Reloading(of, lambda: of, log)


async def send(gate: Gate) -> None:
    lease = await gate.line_up(Errand(ACME, AppName("tool"))).lease
    await gate.settle(lease)


async def test_gauges_are_what_stands_now(gate: Gate, tmp_path: Path) -> None:
    log = Kept(settings(tmp_path)).log
    memory = MemoryEntries[Rendition](1_000_000)
    memory.keep(entry("a"))
    for _ in range(2):
        await send(gate)
    gate.line_up(Errand(ACME, AppName("tool"), patience=100.0))
    gate.close_account(GLOBEX, AccountClosed(Reason.SUSPENDED, can_pass=True), status=503, api_code=4)
    dry = {ACME: Forecast(NOON + 3_600, clearly=False, per_hour=10.0, parts={"tool": 1.0})}
    read = readings.gauges(gate, memory, log, reloading=in_force(tmp_path, log), forecasts=dry, jobs={"waiting": 2})
    assert isinstance(read, Gauges)
    assert (read.cache_entries, read.cache_bytes) == (1, memory.bytes)
    waiting = {("office", "interactive"): 0, ("office", "normal"): 1, ("office", "batch"): 0}
    assert read.queue_requests == waiting
    assert read.quota_limit_requests == {("office", "minute"): 2, ("acme", "day"): 6000}, "none where there is none"
    assert read.quota_used_requests[("office", "minute", "ledger")] == 2
    assert read.quota_used_requests[("acme", "day", "ledger")] == 2
    midnight = time.time() + 43_200  # on our clock: the ledger's may differ
    assert read.quota_reset_timestamp_seconds == pytest.approx({"acme": midnight, "globex": midnight}, abs=5)
    dry_at = time.time() + 3_600
    assert read.quota_exhaustion_timestamp_seconds == {"acme": pytest.approx(dry_at, abs=5), "globex": math.inf}
    assert ("acme", "day", "upstream") not in read.quota_used_requests, "it was not asked"
    gate.correct(ACME, lambda state, _: replace(state, told=7))
    read = readings.gauges(gate, memory, log, reloading=in_force(tmp_path, log), forecasts={}, jobs={})
    assert read.quota_used_requests["acme", "day", "upstream"] == 7
    assert set(read.quota_exhaustion_timestamp_seconds.values()) == {math.inf}
    assert read.account_closed == {("globex", "suspended"): 1}
    assert read.telemetry_dropped_total == {"access_line": 0, "event": 0}
    assert read.ledger_state == {"volatile": 1}
    assert (read.egress_pause_seconds, read.upstream_in_flight_requests) == ({"office": 0.0}, {"office": 0})
    gate.pause(30.0)
    paused = readings.gauges(
        gate, memory, log, reloading=in_force(tmp_path, log), forecasts={}, jobs={}
    ).egress_pause_seconds
    assert paused["office"] >= 30.0


async def test_evictions_are_told(gate: Gate, tmp_path: Path) -> None:
    memory = MemoryEntries[Rendition](1_000_000)
    for _ in range(2):
        memory.keep(entry("a"))
    log = Kept(settings(tmp_path)).log
    read = readings.gauges(gate, memory, log, reloading=in_force(tmp_path, log), forecasts={}, jobs={})
    assert read.cache_evictions_total.get("replaced") == 1


async def test_rate_limits_tell_the_minute_and_the_accounts_own_day(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [100.0]
    monkeypatch.setattr(time, "time", lambda: seconds[0])
    told = readings.RateLimits(gate, period=60.0)
    policy, left = told(ACME)
    assert policy == ("RateLimit-Policy", '"minute";q=2;w=60, "day";q=6000;w=86400')
    assert left[1].startswith('"minute";r=2;t=60, "day";r=6000;t=')
    assert told(GLOBEX)[0][1] == '"minute";q=2;w=60', "its day has no limit"
    assert told(AccountName("nobody")) == []
    await send(gate)
    assert told(ACME)[1] == left, "once a second is enough"
    seconds[0] = 101.0
    assert told(ACME)[1][1].startswith('"minute";r=1;t=6')
