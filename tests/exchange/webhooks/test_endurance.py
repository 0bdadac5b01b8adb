"""What answers make of a subscription; only changes are written, and others are told of an end."""

from __future__ import annotations

from gateway.policy.webhooks import health
from gateway.policy.webhooks.health import Ended
from tests.exchange.telling import PATIENCE, Bench, after, subscription


def fares(bench: Bench, name: str = "board") -> health.Health:
    found = bench.subscriptions.find(name)
    assert found is not None
    return found.health


async def test_good_health_is_never_written() -> None:
    bench = Bench(subscription("board"))
    for _ in range(3):
        await bench.endurance.delivered("board")
    assert bench.records.swaps == 0


async def test_failure_is_written_once_and_ends_with_a_success() -> None:
    bench = Bench(subscription("board"))
    for _ in range(3):
        await bench.endurance.failed("board")
        await after(60)
    assert bench.records.swaps == 1
    assert fares(bench).failing_since is not None
    await bench.endurance.delivered("board")
    assert fares(bench) == health.GOOD
    assert await bench.records.read(health.KIND, ["board"]) == [None]


async def test_the_end_is_told_to_the_others_and_to_the_log_in_one_swap() -> None:
    bench = Bench(subscription("board"), subscription("alarm"), subscription("globex", account="globex"))
    await bench.endurance.failed("board")
    await after(PATIENCE)
    swaps = bench.records.swaps
    await bench.endurance.failed("board")
    assert bench.records.swaps == swaps + 1
    assert fares(bench).ended is Ended.FAILING
    [(key, text)] = await bench.records.scan("delivery", most=10)
    assert key.startswith("alarm/")
    assert '\\"reason\\":\\"failing\\"' in text
    assert [fields["reason"] for fields in bench.told("webhook_disabled")] == ["failing"]
    assert bench.woken.is_set()
    await bench.endurance.failed("board")
    await bench.endurance.gone("board")
    await bench.endurance.delivered("board")
    assert (fares(bench).ended, bench.records.swaps) == (Ended.FAILING, swaps + 1)


async def test_gone_and_back() -> None:
    bench = Bench(subscription("board"))
    await bench.endurance.gone("board")
    assert fares(bench).ended is Ended.GONE
    await bench.endurance.revive("board")
    assert fares(bench) == health.GOOD


async def test_where_another_replica_was_quicker_its_word_holds() -> None:
    one = Bench(subscription("board"), subscription("alarm"))
    other = Bench(subscription("board"), subscription("alarm"), records=one.records)
    await one.endurance.gone("board")
    await other.endurance.gone("board")
    assert fares(other).ended is Ended.GONE
    assert (len(one.told("webhook_disabled")), len(other.told("webhook_disabled"))) == (1, 0)
    assert len(await one.records.scan("delivery", most=10)) == 1


async def test_what_is_not_known_does_not_fare() -> None:
    bench = Bench()
    for change in (bench.endurance.delivered, bench.endurance.failed, bench.endurance.gone, bench.endurance.revive):
        await change("nobody")
    assert bench.records.swaps == 0
