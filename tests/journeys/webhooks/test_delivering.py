"""Deliveries to receivers of every kind: each gets its own, signed, and none waits for another."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import Receiver
from tests.journeys.webhooks.telling import ask, notice, post, send_test, state, subscribed, until_state

BAD = ["/hang", "/die", "/redirect", "/flaky", "/busy"]


@pytest.mark.parametrize("store", ["memory://", "sqlite"])
async def test_a_test_event_arrives_signed(open_house: OpenHouse, store: str) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/ok", setup=Setup(store=store)))
        name = await send_test(house, "ok")
        await until(lambda: receiver.at("/ok"))
        [arrived] = receiver.at("/ok")
        assert (arrived.id, arrived.type, arrived.verified) == (name, "webhook.test", True)
        assert arrived.told["account"] == "acme"
        assert arrived.told["data"] == {"id": "ok"}
        await house.until_metric("webhook_deliveries_total", 1, subscription="ok", result="delivered")


async def test_receivers_that_behave_badly_delay_nobody_else(open_house: OpenHouse) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, *BAD, "/ok"))
        for path in BAD:
            for _ in range(10):
                await send_test(house, path.strip("/"))
        await until(lambda: all(receiver.at(path) for path in BAD))
        began = time.monotonic()
        names = [await send_test(house, "ok") for _ in range(20)]
        await until(lambda: len(receiver.at("/ok")) == 20)
        assert time.monotonic() - began < 5  # one hanging attempt takes 20 s
        assert sorted(receiver.counts("/ok")) == sorted(names)


@pytest.mark.parametrize("path", ["/cut", "/huge"])
async def test_a_status_is_enough_whatever_becomes_of_the_body(open_house: OpenHouse, path: str) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, path))
        await send_test(house, path.strip("/"))
        await house.until_metric("webhook_deliveries_total", 1, result="delivered")
        assert len(receiver.arrived) == 1


async def test_what_failed_is_tried_again_with_the_same_id(open_house: OpenHouse) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/flaky"))
        name = await send_test(house, "flaky")
        await house.until_metric("webhook_deliveries_total", 1, result="failed")
        await until_state(house, "flaky", "retrying")
        receiver.failing = False
        await house.until_metric("webhook_deliveries_total", 1, result="delivered")
        assert receiver.counts("/flaky") == {name: 2}
        await until_state(house, "flaky", "active")


async def test_a_receiver_that_asks_for_rest_gets_it(open_house: OpenHouse) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/busy", "/ok"))
        await send_test(house, "busy")
        await house.until_metric("webhook_deliveries_total", 1, result="failed")
        await send_test(house, "busy")
        await send_test(house, "ok")
        await house.until_metric("webhook_deliveries_total", 1, result="delivered")
        assert len(receiver.at("/busy")) == 1
        assert (await state(house, "busy"))["waiting"] == 2


async def test_gone_ends_a_subscription_until_an_operator_enables_it(open_house: OpenHouse) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/gone", "/ok"))
        name = await send_test(house, "gone")
        await until(lambda: receiver.at("/ok"))
        [told] = receiver.at("/ok")
        assert (told.type, told.told["data"]["id"], told.told["data"]["reason"]) == ("webhook.disabled", "gone", "gone")
        await house.until_metric("webhook_deliveries_total", 1, subscription="gone", result="dead")
        assert (await state(house, "gone"))["state"] == "gone"
        assert (await ask(house, "POST", "/gone/test"))[0] == 409
        [letter] = (await ask(house, "GET", "/dead"))[1]["dead"]
        assert (letter["webhook_id"], letter["subscription"]) == (name, "gone")
        assert (await ask(house, "POST", f"/dead/{letter['id']}/replay"))[0] == 409
        assert (await ask(house, "POST", "/gone/enable")) == (200, {"enabled": "gone"})
        assert (await ask(house, "POST", f"/dead/{letter['id']}/replay")) == (202, {"replayed": 1})
        await until(lambda: receiver.counts("/gone") == {name: 2})


async def test_events_of_one_object_arrive_in_their_order(open_house: OpenHouse, tmp_path: Path) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/ok", setup=Setup(store="sqlite")))
        numbered = [replace(notice(n % 3, at=float(n)), id=f"evt_{n:04d}") for n in range(60)]
        await post(tmp_path / "gateway.db", numbered, "ok")
        await until(lambda: len(receiver.at("/ok")) == 60)
        for number in range(3):
            ids = [it.id for it in receiver.at("/ok") if it.told["data"]["id"] == number]
            assert ids == sorted(ids)
        assert all(it.verified for it in receiver.arrived)
        await house.stop()
