"""Which lanes are worked, when, and by whom."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gateway.exchange.webhooks import deliverer
from gateway.exchange.webhooks.deliverer import EVERY
from gateway.exchange.webhooks.lease import HELD
from gateway.policy.webhooks import delivery, retries
from gateway.policy.webhooks.attempt import Answered
from tests.exchange.telling import EPOCH, PATIENCE, Bench, after, answering, clock, notice, subscription, taking, until


async def test_what_is_posted_is_delivered_at_once() -> None:
    bench = Bench(subscription("board"))
    async with bench.delivering():
        await after(1)
        began = clock() - EPOCH
        await bench.post(notice(at=clock()))
        await until(lambda: bench.receivers.reached)
        assert bench.receivers.moments("board")[0] - began < 0.1


async def test_a_dead_receiver_delays_nobody() -> None:
    bench = Bench(subscription("dead"), subscription("board"))
    bench.receivers.behave["dead"] = taking(20, 504)
    async with bench.delivering():
        began = clock() - EPOCH
        for number in range(100):
            await bench.post(notice(f"evt_{number}", at=clock(), id=number))
        await until(lambda: len(bench.receivers.ids("board")) == 100)
        assert max(bench.receivers.moments("board")) - began < 1
        assert len(bench.receivers.ids("dead")) <= 8


@pytest.fixture
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for what other replicas posted only now and then: days are long."""
    monkeypatch.setattr(deliverer, "EVERY", 600.0)


@pytest.mark.usefixtures("seldom")
async def test_the_plan_is_kept_to_over_three_days() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = answering(500)
    async with bench.delivering():
        await bench.post(notice(at=clock()))
        await until(lambda: bench.counted["board", "dead"], step=60)
        moments = bench.receivers.moments("board")
        waits = [later - earlier for earlier, later in pairwise(moments)]
        assert waits == pytest.approx(retries.WAITS[1:], abs=0.5)
        assert set(bench.receivers.ids("board")) == {"evt_1"}


async def test_a_receiver_that_recovers_gets_everything() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = answering(500)
    async with bench.delivering():
        await bench.post(*(notice(f"evt_{n}", at=clock(), id=n) for n in range(30)))
        await after(200)
        bench.receivers.behave["board"] = answering(204)
        await until(lambda: bench.counted["board", "delivered"] == 30)
        assert bench.subscriptions.listed()[0].health.failing_since is None


@pytest.mark.usefixtures("seldom")
async def test_after_five_days_of_failure_a_subscription_is_disabled_and_the_others_are_told() -> None:
    bench = Bench(subscription("board"), subscription("alarm", "webhook.*"))
    bench.receivers.behave["board"] = answering(500)
    async with bench.delivering():
        for number in range(6):
            await bench.post(notice(f"evt_{number}", at=clock(), id=number))
            await after(PATIENCE / 5)
        await until(lambda: bench.receivers.ids("alarm"), step=60)
        [told] = bench.told("webhook_disabled")
        assert (told["subscription"], told["reason"]) == ("board", "failing")
        assert bench.subscriptions.open() == [subscription("alarm", "webhook.*")]
        await bench.outstanding.count()
        assert bench.outstanding.waiting == {}


@pytest.mark.usefixtures("seldom")
async def test_a_success_in_between_begins_the_span_anew() -> None:
    bench = Bench(subscription("board"))
    async with bench.delivering():
        for number, status in enumerate([500, 204, 500]):
            bench.receivers.behave["board"] = answering(status)
            await bench.post(notice(f"evt_{number}", at=clock(), id=number))
            await after(PATIENCE - 86_400)
        assert bench.counted["board", "delivered"] == 1
        assert bench.subscriptions.open()


async def test_two_replicas_share_the_lanes_and_deliver_each_once() -> None:
    names = [f"board{number}" for number in range(8)]
    one = Bench(*map(subscription, names))
    other = Bench(*map(subscription, names), records=one.records)
    for bench in (one, other):
        bench.receivers.behave = dict.fromkeys(names, taking(0.5))
    async with one.delivering("one"), other.delivering("other"):
        for number in range(20):
            await one.post(notice(f"evt_{number}", at=clock(), id=number))
            other.woken.set()
        await until(lambda: sum((one.counted + other.counted).values()) >= 160)
        assert len(one.receivers.reached) + len(other.receivers.reached) == 160


async def test_what_another_replica_left_behind_is_taken_over() -> None:
    one = Bench(subscription("board"))
    one.receivers.behave["board"] = taking(20)
    await one.post(notice(at=clock()))
    async with one.delivering("one"):
        await until(lambda: one.receivers.reached)
        one.background._tasks.clear()  # killed: nothing is recorded and no lease is given back
        other = Bench(subscription("board"), records=one.records)
        for task in list(one.background._tasks):
            task.cancel()
        await after(1)
    async with other.delivering("other"):
        await until(lambda: other.counted["board", "delivered"])
        assert other.receivers.ids("board") == ["evt_1"]


async def test_subscriptions_of_another_replica_are_learnt_of() -> None:
    one, other = Bench(), Bench()
    other = Bench(records=one.records)
    async with other.delivering():
        made, _ = await one.subscribing.make("https://board.internal/", events=["*"], account="acme")
        await after(EVERY + 1)
        assert other.subscriptions.open() == [made.subscription]


async def test_while_the_store_is_away_nothing_is_lost_and_it_is_told_once() -> None:
    bench = Bench(subscription("board"))
    async with bench.delivering():
        await bench.post(notice(at=clock()))
        bench.records.away = True
        await after(60)
        bench.records.away = False
        await until(lambda: bench.counted["board", "delivered"])
        assert [name for name, _ in bench.events] == ["outbox_away", "outbox_back"]
        assert bench.deaths == []


async def test_a_store_that_breaks_while_a_receiver_answers_costs_a_second_delivery() -> None:
    bench = Bench(subscription("board"))

    async def breaks(name: str) -> Answered:
        bench.records.away = len(bench.receivers.ids("board")) == 1
        return Answered(204)

    bench.receivers.behave["board"] = breaks
    async with bench.delivering():
        await bench.post(notice(at=clock()))
        await after(1)
        bench.records.away = False
        await until(lambda: bench.counted["board", "delivered"])
        assert bench.receivers.ids("board") == ["evt_1", "evt_1"]
        assert bench.deaths == []


async def test_a_stop_cuts_off_what_hangs_and_leaves_it_in_the_outbox() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = taking(1000)
    async with bench.delivering() as running:
        await bench.post(notice(at=clock()))
        await until(lambda: bench.receivers.reached)
        began = clock()
        await running.close(5.0)
        assert clock() - began == pytest.approx(5.0)
    assert len(await bench.records.scan(delivery.WAITING, most=10)) == 1
    assert await bench.records.scan("delivery_lane", most=10) == []
    assert HELD > 0


async def test_what_is_not_due_waits_without_being_looked_at_all_the_time() -> None:
    bench = Bench(subscription("board"))
    async with bench.delivering():
        late = clock() + 3600
        await bench.records.swap([delivery.added(delivery.to_subscription(notice(), "board"), late)])
        await until(lambda: bench.receivers.reached)
        assert bench.receivers.moments("board")[0] == pytest.approx(late - EPOCH, abs=0.1)
