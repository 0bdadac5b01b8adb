"""Dead letters are kept, listed and replayed."""

from __future__ import annotations

import pytest

from gateway.exchange.webhooks.subscribing import Unfit
from gateway.policy.names import AppName
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import DEAD, WAITING
from tests.exchange.telling import KEEP, Bench, answering, clock, notice, subscription


async def dead(bench: Bench, number: int, lane: str = "board", *, now: float | None = None) -> None:
    it = delivery.to_subscription(notice(f"evt_{number}", id=number), lane)
    died = clock() if now is None else now
    await bench.records.swap([delivery.buried(it, why="status 500", now=died)])


async def names(bench: Bench) -> list[str]:
    return [name for name, _ in await bench.dead.listed(after="", most=1000)]


async def test_they_are_listed_page_by_page_the_oldest_first() -> None:
    bench = Bench(subscription("board"))
    for number in range(5):
        await dead(bench, number, now=clock() + number)
    first = await bench.dead.listed(after="", most=3)
    rest = await bench.dead.listed(after=first[-1][0], most=3)
    assert [it.id for _, it in (*first, *rest)] == [f"evt_{number}" for number in range(5)]
    assert all(name.replace("-", "").isalnum() for name in await names(bench))


async def test_a_replay_has_the_whole_plan_before_it_and_the_same_id() -> None:
    bench = Bench(subscription("board"))
    await dead(bench, 1)
    [name] = await names(bench)
    await bench.dead.replay(name)
    [(_, text)] = await bench.records.scan(WAITING, most=2)
    again = delivery.load(text)
    assert again is not None
    assert (again.id, again.attempts) == ("evt_1", 0)
    assert bench.woken.is_set()
    assert await names(bench) == []


async def test_what_nobody_takes_is_not_replayed() -> None:
    bench = Bench(subscription("board"))
    await dead(bench, 1, "gone")
    [name] = await names(bench)
    with pytest.raises(Unfit, match="nobody takes it: enable the subscription gone first"):
        await bench.dead.replay(name)
    with pytest.raises(Unfit, match="there is no dead letter nowhere"):
        await bench.dead.replay("nowhere")
    assert await bench.dead.replay_all() == 0
    assert await names(bench) == [name]


async def test_all_are_replayed_that_somebody_takes() -> None:
    bench = Bench(subscription("board"))
    bench.receivers.behave["board"] = answering(204)
    for number in range(250):
        await dead(bench, number)
    await dead(bench, 999, "gone")
    callback = delivery.to_callback(notice("evt_c"), app=AppName("tool"), url="https://tool.internal/")
    await bench.records.swap([delivery.buried(callback, why="410", now=clock())])
    assert await bench.dead.replay_all() == 251
    assert len(await names(bench)) == 1


async def test_those_too_old_are_forgotten() -> None:
    bench = Bench(subscription("board"))
    for number in range(150):
        await dead(bench, number, now=clock() - KEEP - 1 - number)
    await dead(bench, 999, now=clock() - KEEP + 10)
    await bench.dead.prune()
    assert [it.id for it in await bench.letters()] == ["evt_999"]


async def test_a_record_that_is_none_is_passed_over() -> None:
    bench = Bench(subscription("board"))
    await bench.records.swap([Edit(DEAD, "99999999999999999-x", None, "{}")])
    assert await names(bench) == []
    assert await bench.dead.replay_all() == 0
    with pytest.raises(Unfit, match="no dead letter"):
        await bench.dead.replay("99999999999999999-x")
