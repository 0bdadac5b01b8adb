"""Webhooks put together, as a gateway has them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from gateway.adapters.memory import MemoryRecords
from gateway.adapters.prometheus import Gauges
from gateway.app.webhooks import Telling, allowed, labels, open_telling
from gateway.exchange.background import Background
from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery, subscription
from gateway.policy.webhooks.receivers import refusal
from gateway.policy.webhooks.subscription import Origin, Subscription
from tests.app.configured import Kept
from tests.app.test_signers import settings
from tests.journeys.waiting import until

LISTED = '[webhook_delivery]\nreceivers = ["10.1.0.0/16"]\n'
NOTICE = Notice("evt_1", "quota.spent", AccountName("acme"), 1.0, {})


def test_whoever_is_configured_may_receive(tmp_path: Path) -> None:
    from_settings = allowed(settings(tmp_path))
    assert refusal(from_settings, "elsewhere", "10.0.0.1") is None
    assert refusal(from_settings, "tool.internal", "10.0.0.1") is None
    assert refusal(from_settings, "another", "10.1.0.1") is not None


def test_the_metrics_know_configured_names_only(tmp_path: Path) -> None:
    assert labels(settings(tmp_path)) == {"api", "callback", "tool.internal", "tool.internal-2", "tool.internal-3"}


class Opened:
    """Telling over records in memory, with nobody at the other end."""

    def __init__(self, folder: Path) -> None:
        self.settings = settings(folder)
        self.kept = Kept(self.settings)
        self.records = MemoryRecords()
        self.background = Background(lambda name, error: None)

    async def open(self, stack: AsyncExitStack) -> Telling:
        stack.push_async_callback(self.background.drain, 0.0)
        return await open_telling(
            self.settings, self.records, background=self.background, log=self.kept.log, stack=stack
        )


async def test_it_delivers_counts_and_reads(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    async with AsyncExitStack() as stack:
        told = await opened.open(stack)
        stack.callback(lambda: [task.cancel() for task in tasks])
        tasks = [opened.background.spawn(run(), name) for name, run in told.running.items()]
        assert told.outbox.subscribed(AccountName("acme"), "quota.spent")
        unknown = delivery.added(delivery.to_callback(NOTICE, app=AppName("batch"), url="http://169.254.169.254/"), 1.0)
        await opened.records.swap([unknown])
        told.outbox.wake()
        await until(lambda: told.counts["callback", "failed"])
        await until(lambda: told.outstanding.waiting)
        gauges = told.gauged(Gauges(cache_entries=7))
        assert gauges.cache_entries == 7
        assert gauges.webhook_deliveries_total["callback", "failed"] == 1
        assert gauges.webhook_backlog_deliveries == {"waiting": 1, "dead": 0}
        assert gauges.webhook_oldest_seconds > 1e9
        assert told.gauged(Gauges()).webhook_deliveries_total["tool.internal", "delivered"] == 0
        assert told.gauged(Gauges()).webhook_subscriptions["tool.internal", "active"] == 1


async def test_a_secret_that_has_changed_is_told_at_the_start_and_at_a_reload(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    shown = Subscription("api-1", "https://tool.internal/", ("*",), AccountName("acme"), Origin.API, "of another")
    await opened.records.swap([Edit(subscription.KIND, "api-1", None, subscription.dump(shown))])
    async with AsyncExitStack() as stack:
        told = await opened.open(stack)
        assert opened.kept.events == ["webhook_secret_changed"]
        told.follow(opened.settings)
        assert opened.kept.events == ["webhook_secret_changed"] * 2


async def test_a_reload_changes_who_subscribes_and_keeps_what_was_counted(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    async with AsyncExitStack() as stack:
        told = await opened.open(stack)
        told.follow(settings(tmp_path, more=""))
        assert told.outbox.posting(NOTICE) == []
        assert set(told.counts) == {
            (name, result) for name in ("api", "callback", "other") for result in ("delivered", "failed", "dead")
        }
        told.follow(opened.settings)
        assert len(told.outbox.posting(NOTICE)) == 2
