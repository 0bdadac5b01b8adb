"""Who subscribes, as far as this gateway knows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.policy.names import AccountName
from gateway.policy.records import Edit
from gateway.policy.webhooks import health, signing, subscription
from gateway.policy.webhooks.health import Ended, Health
from gateway.policy.webhooks.subscription import Origin, Subscription
from gateway.ports import RecordsAway
from tests.exchange.telling import Bench
from tests.exchange.telling import subscription as configured


def made(name: str, fingerprint: str) -> Edit:
    it = Subscription(name, "https://tool.internal/", ("*",), AccountName("acme"), Origin.API, fingerprint)
    return Edit(subscription.KIND, name, None, subscription.dump(it))


async def test_configured_ones_are_known_before_anything_is_read() -> None:
    bench = Bench(configured("board"))
    bench.records.away = True
    assert [it.id for it in bench.subscriptions.open()] == ["board"]
    with pytest.raises(RecordsAway):
        await bench.subscriptions.refresh()
    assert [it.id for it in bench.subscriptions.open()] == ["board"]


async def test_those_made_while_running_come_after_and_those_that_ended_are_not_open() -> None:
    bench = Bench(configured("board"))
    right = signing.fingerprint(bench.secret("api-1"))
    ended = health.dump(Health(1.0, Ended.GONE, 2.0))
    await bench.records.swap(
        [made("api-1", right), made("api-2", "of another"), Edit(health.KIND, "board", None, ended)]
    )
    await bench.records.swap([Edit(subscription.KIND, "api-3", None, "no record")])
    await bench.subscriptions.refresh()
    found = {it.subscription.id: (it.is_open, it.sealed) for it in bench.subscriptions.listed()}
    assert found == {"board": (False, False), "api-1": (True, False), "api-2": (True, True)}
    assert list(found) == ["board", "api-1", "api-2"]
    assert bench.subscriptions.find("api-3") is None


async def test_a_reload_changes_the_configured_ones_and_keeps_how_they_fare() -> None:
    bench = Bench(configured("board"), configured("alarm"))
    await bench.endurance.failed("board")
    bench.subscriptions.follow([configured("board", "quota.*"), configured("new")])
    found = {it.subscription.id: it for it in bench.subscriptions.listed()}
    assert list(found) == ["board", "new"]
    assert found["board"].health.failing_since is not None
    assert found["board"].subscription.events == ("quota.*",)


async def test_a_reload_in_the_middle_of_a_refresh_holds() -> None:
    bench = Bench(configured("board"))
    read = bench.records.read

    async def interrupted(kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        bench.records.read = read  # type: ignore[method-assign]  # once is enough
        bench.subscriptions.follow([configured("new")])
        return await read(kind, keys)

    bench.records.read = interrupted  # type: ignore[method-assign]  # what another task does meanwhile
    await bench.subscriptions.refresh()
    assert [it.id for it in bench.subscriptions.open()] == ["new"]


async def test_with_another_key_those_made_while_running_are_sealed_at_once() -> None:
    bench = Bench()
    await bench.subscribing.make("https://tool.internal/", events=["*"], account="acme")
    assert not bench.subscriptions.listed()[0].sealed
    bench._master = b"another"
    bench.subscriptions.follow([])
    assert bench.subscriptions.listed()[0].sealed
