"""Who wants to be told of what."""

from __future__ import annotations

import pytest

from gateway.policy.names import AccountName
from gateway.policy.webhooks.subscription import Origin, Subscription, dump, load, matches, name_of


@pytest.mark.parametrize(
    ("pattern", "event", "wanted"),
    [
        ("*", "quota.spent", True),
        ("*", "intervals.client.updated", True),
        ("quota.*", "quota.spent", True),
        ("quota.*", "quota", False),
        ("quota.*", "quotas.spent", False),
        ("intervals.*", "intervals.client.updated", True),
        ("intervals.client.*", "intervals.client.updated", True),
        ("intervals.client.*", "intervals.clients.updated", False),
        ("intervals.client.*", "intervals.client", False),
        ("intervals.*.deleted", "intervals.client.deleted", True),
        ("intervals.*.deleted", "intervals.client.updated", False),
        ("intervals.*.deleted", "intervals.deleted", False),
        ("*.client.*", "intervals.client.updated", True),
        ("quota.spent", "quota.spent", True),
        ("quota.spent", "quota.spent.again", False),
    ],
)
def test_a_pattern_is_compared_word_by_word(pattern: str, event: str, wanted: bool) -> None:
    assert matches(pattern, event) is wanted


@pytest.mark.parametrize(
    ("account", "event", "wanted"),
    [
        ("acme", "quota.spent", True),
        ("acme", "intervals.client.deleted", True),
        ("acme", "intervals.task.deleted", False),
        ("globex", "quota.spent", False),
    ],
)
def test_events_of_another_account_are_not_told(account: str, event: str, wanted: bool) -> None:
    it = Subscription(
        "tool", "https://tool.internal/", ("quota.*", "intervals.client.*"), AccountName("acme"), Origin.API
    )
    assert it.wants(AccountName(account), event) is wanted


def test_a_record_reads_back_as_what_was_written() -> None:
    it = Subscription("api-1", "https://tool.internal/", ("quota.*",), AccountName("acme"), Origin.API, "f1")
    assert load("api-1", dump(it)) == it


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"url": 1}', '{"url":"u","events":"*","account":"a","fingerprint":""}']
)
def test_what_is_no_record_reads_as_none(text: str) -> None:
    assert load("api-1", text) is None


@pytest.mark.parametrize(
    ("host", "others", "name"),
    [
        ("tool.internal", [], "tool.internal"),
        ("tool.internal", ["tool.internal"], "tool.internal-2"),
        ("tool.internal", ["tool.internal", "tool.internal-2"], "tool.internal-3"),
        ("::1", [], "1"),
        ("fd00::7", [], "fd00--7"),
        ("", [], "host"),
        ("api-gateway", [], "host-api-gateway"),
        ("api", [], "host-api"),
        ("dead", ["host-dead"], "host-dead-2"),
    ],
)
def test_a_subscription_without_a_name_is_called_after_its_host(host: str, others: list[str], name: str) -> None:
    assert name_of(host, others) == name
