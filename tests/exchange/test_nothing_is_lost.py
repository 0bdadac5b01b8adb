"""Whatever happens in between, every event reaches every receiver at least once, under its own id.

Stories are told at random: receivers fail, hang, break off and ask for rest, the store goes away or says that it failed
what it has done, gateways are killed and others take over, and in the end all is well again.
"""

from __future__ import annotations

import random

import pytest

from gateway.exchange.webhooks import deliverer
from gateway.policy.webhooks.attempt import Answered, Attempt, Unanswered
from gateway.policy.webhooks.delivery import DEAD, WAITING
from tests.exchange.telling import Behaviour, Bench, after, clock, notice, subscription
from tests.fakes.records import FakeRecords

BOARDS = ("board", "wall", "desk")
EVENTS = 40


class Story:
    """Gateways one after the other, and at times two, over one store."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.records = FakeRecords(clock)
        self.taken: set[tuple[str, str]] = set()
        self.well = False
        self.benches: list[Bench] = []

    def gateway(self) -> Bench:
        bench = Bench(*map(subscription, BOARDS), records=self.records)
        bench.receivers.behave = {name: self.receiver(name) for name in BOARDS}
        self.benches.append(bench)
        return bench

    def receiver(self, host: str) -> Behaviour:
        async def behave(name: str) -> Attempt:
            await after(self.chance.choice([0.0, 0.01, 0.5]))
            how = "well" if self.well else self.chance.choice(["well", "well", "fails", "hangs", "lost", "rest"])
            if how in ("well", "lost"):
                self.taken.add((host, name))
            match how:
                case "well":
                    return Answered(204)
                case "rest":
                    return Answered(503, retry_after=float(self.chance.randrange(30)))
                case "hangs":
                    await after(20)
                    return Unanswered("no answer within 20 s")
                case "lost":
                    return Unanswered("the connection broke")
                case _:
                    return Answered(500)

        return behave

    async def trouble(self) -> None:
        """The store misbehaves for a while, or nothing happens."""
        match self.chance.choice(["away", "half done", "calm", "calm"]):
            case "away":
                self.records.away = True
                await after(self.chance.random() * 8)
                self.records.away = False
            case "half done":
                self.records.half_done = self.chance.randrange(1, 4)
                await after(self.chance.random() * 4)
                self.records.half_done = 0
            case _:
                await after(self.chance.random() * 30)


async def chapter(story: Story, numbers: list[int]) -> None:
    """A gateway posts and delivers through some trouble, and is killed: nothing it holds is given back."""
    bench, beside = story.gateway(), story.gateway()
    async with bench.delivering(f"one {numbers}"), beside.delivering(f"other {numbers}"):
        for number in numbers:
            await bench.post(notice(f"evt_{number:03d}", at=clock(), id=number % 7))
            await after(story.chance.random())
        await story.trouble()
        story.records.away = True
    story.records.away = False


@pytest.mark.parametrize("seed", range(8))
async def test_everything_arrives_at_least_once(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(seed)
    numbers = list(range(EVENTS))
    for first in range(0, EVENTS, 10):
        await chapter(story, numbers[first : first + 10])
    story.well = True
    last = story.gateway()
    async with last.delivering("last"):
        monkeypatch.setattr(deliverer, "EVERY", 300.0)
        await after(86_400)
        await last.dead.replay_all()
        await after(3600)
        assert story.taken == {(board, f"evt_{number:03d}") for board in BOARDS for number in numbers}
        assert await last.records.scan(WAITING, most=1000) == []
        assert await last.records.scan(DEAD, most=1000) == []
    assert [death for bench in story.benches for death in bench.deaths] == []
