"""One lane, one worker."""

from __future__ import annotations

import pytest
from typing_extensions import override

from gateway.exchange.webhooks.lease import HELD, KEPT_EVERY, KIND, Lease
from gateway.policy.records import Edit
from tests.exchange.telling import after, clock
from tests.fakes.records import FakeRecords


@pytest.fixture
async def records() -> FakeRecords:
    return FakeRecords(clock)


def lease(records: FakeRecords, holder: str) -> Lease:
    return Lease(records, "board", holder=holder)


async def test_a_lane_has_one_holder(records: FakeRecords) -> None:
    one, other = lease(records, "one"), lease(records, "other")
    assert await one.take() == 0
    assert await other.take() == pytest.approx(HELD)
    await one.release()
    assert await other.take() == 0


async def test_a_holder_that_shows_no_sign_of_life_loses_it(records: FakeRecords) -> None:
    one, other = lease(records, "one"), lease(records, "other")
    await one.take()
    await after(KEPT_EVERY)
    assert await one.keep()
    await after(HELD - 1)
    assert 0 < await other.take() <= 1
    await after(1)
    assert await other.take() == 0
    assert not await one.keep()
    assert not await one.keep()
    await one.release()
    assert await lease(records, "third").take() > 0


async def test_who_loses_the_race_comes_back_later(records: FakeRecords) -> None:
    class Slow(FakeRecords):
        @override
        async def now(self) -> float:
            await records.swap([Edit(KIND, "board", None, '["quicker", 9e9]')])
            return await super().now()

    slow = Slow(clock)
    slow._kinds, slow._order = records._kinds, records._order
    assert await lease(slow, "one").take() == HELD


@pytest.mark.parametrize("text", ["", "{}", "[1]", "null", '["a", "b"]'])
async def test_a_record_that_is_none_holds_nothing(records: FakeRecords, text: str) -> None:
    await records.swap([Edit(KIND, "board", None, text)])
    assert await lease(records, "one").take() == 0


async def test_the_clock_of_another_cannot_hold_it_for_ever(records: FakeRecords) -> None:
    await records.swap([Edit(KIND, "board", None, '["far ahead", 9e12]')])
    assert await lease(records, "one").take() == HELD
