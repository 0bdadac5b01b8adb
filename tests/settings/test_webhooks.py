"""What is configured of webhooks."""

from __future__ import annotations

from pathlib import Path

from tests.settings.files import MINIMAL, SIGNING_SECRET, loaded

WEBHOOK = f"""
[[webhooks]]
url = "https://tool.internal/events"
events = ["quota.*"]
account = "acme"
secret = "{SIGNING_SECRET}"
"""


def test_the_defaults_are_those_of_standard_webhooks(tmp_path: Path) -> None:
    rules = loaded(tmp_path).webhook_delivery
    assert (rules.receivers, rules.signing_key) == ((), None)
    assert [float(it) for it in (rules.timeout, rules.disable_after, rules.keep_dead)] == [20, 5 * 86_400, 30 * 86_400]


def test_two_secrets_sign_while_one_replaces_the_other(tmp_path: Path) -> None:
    [webhook] = loaded(tmp_path, MINIMAL + WEBHOOK + f'previous_secret = "{SIGNING_SECRET}"\nname = "board"').webhooks
    assert (webhook.name, webhook.previous_secret) == ("board", webhook.secret)


def test_a_subscription_needs_no_name(tmp_path: Path) -> None:
    [webhook] = loaded(tmp_path, MINIMAL + WEBHOOK).webhooks
    assert (webhook.name, webhook.previous_secret) == (None, None)
