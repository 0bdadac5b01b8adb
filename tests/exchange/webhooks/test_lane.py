"""How one receiver is delivered to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.exchange.webhooks.lane import AT_ONCE, FORSAKEN, REST, Lane
from gateway.exchange.webhooks.lease import KIND as LEASE
from gateway.exchange.webhooks.lease import Lease
from gateway.policy.names import AppName
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery, retries
from gateway.policy.webhooks.attempt import Unanswered
from gateway.policy.webhooks.delivery import WAITING, Delivery
from tests.exchange.telling import ACME, EPOCH, Bench, answering, in_order, notice, subscription, taking


async def work(bench: Bench, lane: str = "board") -> float:
    return await Lane(lane, Lease(bench.records, lane, holder="me"), bench.means).work()


async def waiting(bench: Bench) -> list[tuple[float, Delivery]]:
    rows = await bench.records.scan(WAITING, most=1000)
    return [(delivery.due_at(key), it) for key, text in rows if (it := delivery.load(text)) is not None]


async def test_what_is_delivered_is_gone_from_the_outbox() -> None:
    bench = Bench(subscription("board"))
    await bench.post(notice("evt_1", id=1), notice("evt_2", id=2))
    assert await work(bench) == 0
    assert bench.receivers.ids("board") == ["evt_1", "evt_2"]
    assert await waiting(bench) == []
    assert bench.counted == {("board", "delivered"): 2}
    assert await bench.records.read(LEASE, ["board"]) == [None]


async def test_each_attempt_is_signed_with_its_own_time() -> None:
    bench = Bench(subscription("board"))
    await bench.post(notice())
    await work(bench)
    [fields] = bench.receivers.fields
    assert fields["webhook-id"] == "evt_1"
    assert float(fields["webhook-timestamp"]) >= EPOCH
    assert fields["webhook-signature"].startswith("v1,")


async def test_a_failure_moves_it_by_the_plan_and_is_remembered() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = answering(500)
    await bench.post(notice())
    await work(bench)
    [(due, it)] = await waiting(bench)
    assert due == pytest.approx(await bench.records.now() + retries.WAITS[1])
    assert (it.attempts, it.last, it.id) == (1, "status 500", "evt_1")
    assert await work(bench) == 0  # it is not due
    assert len(bench.receivers.reached) == 1


async def test_few_are_under_way_at_once_and_never_two_of_one_object() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = taking(3)
    await bench.post(*(notice(f"{'ab'[n % 2]}{n:02d}", at=EPOCH + n, id=n % 2) for n in range(10)))
    await work(bench)
    assert bench.receivers.most["board"] == 2
    assert all(names == sorted(names) for names in in_order(bench.receivers.ids("board")).values())
    await bench.post(*(notice(f"evt_{n}", id=n) for n in range(20)))
    await work(bench)
    assert bench.receivers.most["board"] == AT_ONCE


async def test_a_receiver_that_asks_for_rest_is_left_alone() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = answering(503, retry_after=1200.0)
    await bench.post(*(notice(f"evt_{n}", id=n) for n in range(20)))
    assert await work(bench) == 1200
    assert len(bench.receivers.reached) == AT_ONCE
    assert {due >= await bench.records.now() + 1200 for due, it in await waiting(bench) if it.attempts} == {True}


async def test_at_the_end_of_the_plan_it_is_a_dead_letter() -> None:
    bench = Bench(subscription("board"))

    async def hangs_up(_: str) -> Unanswered:
        return Unanswered("no connection")

    bench.receivers.behave["board"] = hangs_up
    last = replace(delivery.to_subscription(notice(), "board"), attempts=len(retries.WAITS) - 1)
    await bench.records.swap([delivery.added(last, EPOCH)])
    await work(bench)
    [letter] = await bench.letters()
    assert (letter.id, letter.attempts) == ("evt_1", 10)
    assert letter.last == "10 attempts failed, the last with no connection"
    assert await waiting(bench) == []
    assert bench.counted == {("board", "failed"): 1, ("board", "dead"): 1}
    assert bench.told("delivery_dead")[0]["webhook_id"] == "evt_1"


async def test_gone_ends_the_subscription_and_buries_what_waits() -> None:
    bench = Bench(subscription("board"), subscription("alarm", "webhook.*"))
    bench.receivers.behave["board"] = answering(410)
    await bench.post(*(notice(f"evt_{n}", id=n) for n in range(6)))
    await work(bench)
    assert len(bench.receivers.reached) == AT_ONCE
    assert {it.last for it in await bench.letters()} == {"the subscription has ended"}
    assert len(await bench.letters()) == 6
    assert [it.type for _, it in await waiting(bench)] == ["webhook.disabled"]
    assert bench.outbox.posting(notice("evt_9")) == []


def called_back() -> Delivery:
    return delivery.to_callback(notice(), app=AppName("tool"), url="https://tool.internal/done?a=b")


@pytest.mark.parametrize(("status", "left", "dead"), [(204, 0, 0), (500, 1, 0), (410, 0, 1)])
async def test_a_callback_goes_where_the_app_said(status: int, left: int, dead: int) -> None:
    bench = Bench()
    bench.receivers.behave["tool"] = answering(status)
    it = called_back()
    await bench.records.swap([delivery.added(it, EPOCH)])
    await work(bench, it.lane)
    assert bench.receivers.ids("tool") == ["evt_1"]
    assert (len(await waiting(bench)), len(await bench.letters())) == (left, dead)


async def test_what_nobody_can_sign_is_never_sent() -> None:
    bench = Bench()
    it = called_back()
    bench.unsigned.add(it.lane)
    await bench.records.swap([delivery.added(it, EPOCH)])
    await work(bench, it.lane)
    assert bench.receivers.reached == []
    assert [letter.last for letter in await bench.letters()] == ["no secret signs it any more"]


@pytest.mark.parametrize(
    ("lane", "age", "dead"), [("elsewhere", 60.0, 0), ("elsewhere", FORSAKEN + 60, 1), ("api-1", 60.0, 1)]
)
async def test_deliveries_of_an_unknown_subscription_wait_for_a_day(lane: str, age: float, dead: int) -> None:
    bench = Bench()
    at = await bench.records.now() - age
    await bench.records.swap([delivery.added(delivery.to_subscription(notice(at=at), lane), at)])
    assert await work(bench, lane) == (0 if dead else REST)
    assert (len(await waiting(bench)), len(await bench.letters())) == (1 - dead, dead)


async def test_a_lane_that_another_works_is_left_to_it() -> None:
    bench = Bench(subscription("board"))
    await bench.post(notice())
    await Lease(bench.records, "board", holder="another").take()
    assert await work(bench) > 0
    assert bench.receivers.reached == []


async def test_a_lane_stays_held_while_a_receiver_is_slow() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = taking(20)
    await bench.post(notice())
    working = asyncio.ensure_future(work(bench))
    await asyncio.sleep(19)
    assert await Lease(bench.records, "board", holder="another").take() > 0
    assert await working == 0
    assert bench.counted == {("board", "delivered"): 1}


async def test_what_cannot_be_recorded_is_delivered_again() -> None:
    bench = Bench(subscription("board"))

    async def breaks(_: str) -> Unanswered:
        bench.records.away = True
        return Unanswered("no connection")

    bench.receivers.behave["board"] = breaks
    await bench.post(notice())
    with pytest.raises(Exception, match="away"):
        await work(bench)
    bench.records.away = False
    assert [it.attempts for _, it in await waiting(bench)] == [0]
    assert bench.deaths == []


async def test_a_record_that_is_none_is_dropped_and_told() -> None:
    bench = Bench(subscription("board"))
    await bench.records.swap([Edit(WAITING, f"board/{0:017d}/{0:017d}/evt_0", None, "{}")])
    await bench.post(notice())
    await work(bench)
    assert bench.receivers.ids("board") == ["evt_1"]
    assert len(bench.told("delivery_unreadable")) == 1


async def test_while_a_secret_is_another_than_was_shown_everything_waits() -> None:
    bench = Bench()
    made, _ = await bench.subscribing.make("https://board.internal/", events=["*"], account=ACME)
    await bench.post(notice())
    after = Bench(records=bench.records, master=b"another")
    await after.subscriptions.refresh()
    assert await work(after, made.subscription.id) == REST
    assert (after.receivers.reached, len(await waiting(after))) == ([], 1)


async def test_a_fault_of_the_gateways_own_does_not_spin() -> None:
    bench = Bench(subscription("board"))

    async def breaks(_: str) -> Unanswered:
        raise LookupError("a mistake")

    bench.receivers.behave["board"] = breaks
    await bench.post(notice())
    assert await work(bench) == REST
    assert len(bench.receivers.reached) == 1
    assert [type(death) for death in bench.deaths] == [LookupError]


async def test_a_lane_that_is_to_finish_begins_nothing_more() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = taking(2)
    await bench.post(*(notice(f"evt_{n}", id=n) for n in range(20)))
    lane = Lane("board", Lease(bench.records, "board", holder="me"), bench.means)
    working = asyncio.ensure_future(lane.work())
    await asyncio.sleep(1)
    lane.finish()
    await working
    assert bench.counted == {("board", "delivered"): AT_ONCE}
