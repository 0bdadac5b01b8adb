"""Rounds go on while records are away, and say so once each time."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from gateway.exchange.events.rounds import rounds
from gateway.ports import RecordsAway


async def test_what_keeps_a_round_from_its_work_is_told_once_until_it_works_again() -> None:
    fates = iter(["away", "away", "well", "away", "well", "well"])
    looks, told = list[float](), list[str]()

    async def look() -> None:
        looks.append(asyncio.get_running_loop().time())
        if (fate := next(fates, None)) is None:
            raise asyncio.CancelledError
        if fate == "away":
            raise RecordsAway("the store is full")

    with pytest.raises(asyncio.CancelledError):
        await rounds(look, every=lambda: 5.0, waits=told.append)
    assert told == ["the store is full"] * 2
    assert [later - before for before, later in itertools.pairwise(looks)] == pytest.approx([5.0] * 6)
