"""What waits and what is dead, counted."""

from __future__ import annotations

import pytest

from gateway.exchange.webhooks import outstanding
from gateway.exchange.webhooks.outstanding import EVERY
from gateway.policy.webhooks import delivery
from tests.exchange.telling import KEEP, Bench, after, clock, notice, subscription


async def test_it_counts_by_lane_and_knows_the_oldest() -> None:
    bench = Bench(subscription("board"), subscription("alarm", "quota.*"))
    await bench.post(notice("evt_1", at=50.0), notice("evt_2", "quota.spent", at=40.0), notice("evt_3", at=60.0))
    dead = delivery.to_subscription(notice("evt_4"), "board")
    await bench.records.swap([delivery.buried(dead, why="status 500", now=clock())])
    assert await bench.outstanding.count() == 5
    assert bench.outstanding.waiting == {"board": 3, "alarm": 1}
    assert (bench.outstanding.oldest, bench.outstanding.dead) == (40.0, 1)


async def test_it_keeps_on_counting_and_forgets_the_dead_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(subscription("board"))
    counting = bench.background.spawn(bench.outstanding.run(), "count")
    await after(1)
    assert (bench.outstanding.waiting, bench.outstanding.oldest) == ({}, None)
    await bench.post(notice())
    await bench.records.swap([delivery.buried(delivery.to_subscription(notice(), "a"), why="", now=clock())])
    await after(EVERY + 1)
    assert (bench.outstanding.waiting, bench.outstanding.dead) == ({"board": 1}, 1)
    bench.records.away = True
    await after(60)
    bench.records.away = False
    assert bench.outstanding.waiting == {"board": 1}
    monkeypatch.setattr(outstanding, "EVERY", 3600.0)
    await after(KEEP + 3600)
    assert bench.outstanding.dead == 0
    counting.cancel()
    assert bench.deaths == []
