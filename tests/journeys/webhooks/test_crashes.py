"""Kill -9 at any point: whatever was in the outbox is delivered at least once, under the id it always had."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.configuration import Setup
from tests.journeys.program import StartProgram
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import Receiver
from tests.journeys.webhooks.telling import notice, post, subscribed, waiting

EVENTS = 60
NO_UPSTREAM = "http://127.0.0.1:9/"
"""Nothing is asked of the upstream in these journeys."""


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_and_ids_stay(start_program: StartProgram, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with Receiver() as receiver:
        config = subscribed(receiver, "/ok", "/hang", "/flaky", setup=Setup(store="sqlite")).write(
            tmp_path, NO_UPSTREAM
        )
        program = await start_program(config)
        await post(tmp_path / "gateway.db", [notice(number) for number in range(EVENTS)], "ok", "hang", "flaky")
        everything = {notice(number).id for number in range(EVENTS)}
        for _ in range(2):
            enough = len(receiver.at("/ok")) + chance.randrange(EVENTS // 2)
            await until(partial(_has, receiver, min(enough, EVENTS)))
            await program.kill()
            program = await start_program(config)
        receiver.failing = False
        await until(lambda: set(receiver.counts("/ok")) == everything)
        assert all(it.verified for it in receiver.arrived)
        # What was on its way when the gateway was killed comes twice: four for each kill at the most.
        assert max(receiver.counts("/ok").values()) <= 3
        assert len(receiver.at("/ok")) <= EVENTS + 8
        await program.kill()
        left = await waiting(tmp_path / "gateway.db")
        for path in ("/ok", "/hang", "/flaky"):
            assert {name for at, name in receiver.accepted | left if at == path} == everything


def _has(receiver: Receiver, number: int) -> bool:
    return len(receiver.at("/ok")) >= number
