"""Promises stand until their time."""

from __future__ import annotations

import asyncio

from gateway.exchange.line.promises import Promises


async def test_a_promise_stands_until_its_time() -> None:
    promises = Promises(10)
    assert [promises.make(wait) for wait in (5.0, 5.0, 9.0)] == [5.0, 5.0, 9.0]
    assert promises.standing() == 3
    await asyncio.sleep(5)
    assert promises.standing() == 1
    await asyncio.sleep(4)
    assert promises.standing() == 0


async def test_there_is_an_end_to_what_is_remembered() -> None:
    promises = Promises(0)
    for _ in range(5):
        promises.make(1.0)
    assert promises.standing() == 1
