"""What operators do with subscriptions."""

from __future__ import annotations

import asyncio

import pytest

from gateway.exchange.webhooks import subscribing
from gateway.exchange.webhooks.subscribing import Unfit, Wrong
from gateway.exchange.webhooks.subscriptions import Listed
from tests.exchange.telling import ACME, Bench, notice, subscription

URL = "https://tool.internal/"


async def make(bench: Bench, url: str = URL, account: str = ACME) -> tuple[Listed, str]:
    return await bench.subscribing.make(url, events=["quota.*"], account=account)


async def test_a_secret_is_shown_once_and_stored_nowhere() -> None:
    bench = Bench()
    made, secret = await make(bench)
    assert secret == bench.secret(made.subscription.id)
    stored = [str(kind) for kind in bench.records._kinds.values()]
    assert not any(secret in text or secret.removeprefix("whsec_") in text for text in stored)
    assert len(bench.outbox.posting(notice(event="quota.spent"))) == 1
    assert secret not in str(bench.events)


@pytest.mark.parametrize(
    ("url", "account", "wrong"), [(URL, "globex", "accounts are: acme"), ("https://elsewhere/", ACME, "not there")]
)
async def test_what_cannot_be_is_refused(url: str, account: str, wrong: str) -> None:
    bench = Bench()
    bench.forbidden.add("https://elsewhere/")
    with pytest.raises(Unfit, match=wrong) as caught:
        await make(bench, url, account)
    assert caught.value.wrong is Wrong.REQUEST
    assert bench.subscriptions.listed() == []


async def test_there_is_an_end_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "MOST", 2)
    bench = Bench(subscription("board"))
    await make(bench)
    await make(bench)
    with pytest.raises(Unfit, match="there are 2 subscriptions already"):
        await make(bench)


async def test_of_many_that_come_at_once_no_more_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "MOST", 3)
    bench = Bench()
    made = await asyncio.gather(*(make(bench) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(it, Unfit) for it in made) == 7
    assert len(bench.subscriptions.listed()) == 3


async def test_one_that_was_made_can_be_removed_and_a_configured_one_cannot() -> None:
    bench = Bench(subscription("board"))
    made, _ = await make(bench)
    await bench.endurance.failed(made.subscription.id)
    await bench.subscribing.remove(made.subscription.id)
    assert [it.subscription.id for it in bench.subscriptions.listed()] == ["board"]
    assert await bench.records.scan("subscription_health", most=9) == []
    with pytest.raises(Unfit, match="take it out of the configuration file"):
        await bench.subscribing.remove("board")
    with pytest.raises(Unfit, match="there is no subscription 'nobody'; subscriptions are: board"):
        await bench.subscribing.remove("nobody")


async def test_of_two_who_remove_it_at_once_one_is_told() -> None:
    bench = Bench()
    made, _ = await make(bench)
    bench.records.latency = 1.0
    removed = [bench.subscribing.remove(made.subscription.id) for _ in range(2)]
    outcomes = await asyncio.gather(*removed, return_exceptions=True)
    assert [str(it) for it in outcomes] == ["None", "somebody else has just changed it; look again"]


async def test_a_test_event_goes_to_one_alone_whatever_it_subscribes_to() -> None:
    bench = Bench(subscription("board", "quota.*"), subscription("alarm"))
    name = await bench.subscribing.test("board")
    [(key, text)] = await bench.records.scan("delivery", most=9)
    assert key.startswith("board/")
    assert name in key
    assert "webhook.test" in text


async def test_one_that_has_ended_is_tested_only_after_it_was_enabled() -> None:
    bench = Bench(subscription("board"))
    await bench.endurance.gone("board")
    with pytest.raises(Unfit, match=r"board has ended \(gone\); enable it first"):
        await bench.subscribing.test("board")
    assert await bench.subscribing.enable("board") is None
    assert await bench.subscribing.test("board")
    assert [name for name, _ in bench.events] == ["webhook_disabled", "webhook_enabled"]


async def test_where_the_secret_is_another_now_enabling_shows_it() -> None:
    before = Bench()
    made, _ = await make(before)
    after = Bench(records=before.records, master=b"another")
    await after.subscriptions.refresh()
    assert after.subscriptions.listed()[0].sealed
    with pytest.raises(Unfit, match="its secret has changed; enable it to see the new one"):
        await after.subscribing.test(made.subscription.id)
    assert await after.subscribing.enable(made.subscription.id) == after.secret(made.subscription.id)
    assert not after.subscriptions.listed()[0].sealed
    assert await after.subscribing.enable(made.subscription.id) is None
