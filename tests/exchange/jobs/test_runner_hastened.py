"""A new credential: what the old one was refused is tried at once, also where the refusal comes after the exchange."""

from __future__ import annotations

import asyncio

from gateway.policy.jobs.job import State
from tests.fakes.exchange import caller
from tests.fakes.jobs import OTHER, JobHouse
from tests.fakes.upstream import error

RENEWED = caller(token="renewed")


def renew(house: JobHouse) -> None:
    """Exchange the token of `tool`, as a reload does."""
    house.callers[RENEWED.app] = RENEWED
    house.replicas[0].runner.hasten([RENEWED.app])


async def test_a_job_that_was_refused_for_its_credential_is_tried_at_once_with_a_new_one(house: JobHouse) -> None:
    house.exchange.upstream.script.append(error(401, 7))
    job_id = await house.write()
    await asyncio.sleep(5)
    behind = await house.write(target="/task/6/")
    await asyncio.sleep(15)
    assert (await house.state(job_id), "credential" in ((await house.job(job_id)).why or "")) == (State.WAITING, True)
    exchanged = house.exchange.clock()
    renew(house)
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert (await house.ended(behind)).state is State.COMPLETED
    assert house.exchange.clock() - exchanged < 3
    used = [it.headers.get("authorization") for it in house.exchange.upstream.seen]
    assert used[-2:] == [RENEWED.authorization] * 2


async def test_a_refusal_of_the_old_one_that_comes_after_the_exchange_holds_nothing_up(house: JobHouse) -> None:
    house.exchange.upstream.latency = 10.0
    house.exchange.upstream.script.append(error(401, 7))
    job_id = await house.write()
    await house.until_sent(1)
    renew(house)
    house.exchange.upstream.latency = 0.1
    began = house.exchange.clock()
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert house.exchange.clock() - began < 13
    assert house.exchange.asked == ["PUT /task/5/"] * 2


async def test_a_new_one_that_is_refused_as_well_waits_like_any(house: JobHouse) -> None:
    house.exchange.upstream.script += [error(401, 7), error(401, 9)]
    job_id = await house.write()
    await asyncio.sleep(5)
    renew(house)
    await asyncio.sleep(50)
    assert (await house.state(job_id), len(house.exchange.asked)) == (State.WAITING, 2)
    assert (await house.ended(job_id)).state is State.COMPLETED


async def test_other_apps_wait_as_they_did(house: JobHouse) -> None:
    house.callers[OTHER.app] = caller("other", token="other")
    house.exchange.upstream.script.append(error(401, 7))
    other = await house.write(by=OTHER)
    await asyncio.sleep(5)
    renew(house)
    await asyncio.sleep(30)
    assert (await house.state(other, OTHER), len(house.exchange.asked)) == (State.WAITING, 1)


async def test_records_that_are_away_meanwhile_only_put_it_off(house: JobHouse) -> None:
    house.exchange.upstream.script.append(error(401, 7))
    job_id = await house.write()
    await asyncio.sleep(5)
    house.records.away = True
    renew(house)
    await asyncio.sleep(10)
    house.records.away = False
    back = house.exchange.clock()
    assert (await house.ended(job_id)).state is State.COMPLETED
    assert house.exchange.clock() - back < 6
