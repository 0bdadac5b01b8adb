"""Whose secrets sign what."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from gateway.app.signers import Signers, configured
from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.webhooks import delivery
from gateway.settings import load
from gateway.settings.table import Settings
from tests.app.configured import CONFIG

NEW, OLD, CALL = (f"whsec_{b64encode(letter * 24).decode()}" for letter in (b"n", b"o", b"c"))
ROWS = f"""
secret = "{CALL}"
callbacks = ["https://tool.internal/"]
[[webhooks]]
url = "https://tool.internal/events?to=us"
events = ["quota.*"]
account = "acme"
secret = "{NEW}"
previous_secret = "{OLD}"
[[webhooks]]
url = "https://tool.internal/other"
events = ["*"]
account = "globex"
secret = "{OLD}"
[[webhooks]]
url = "https://elsewhere/"
events = ["*"]
account = "acme"
name = "tool.internal-2"
secret = "{NEW}"
"""
NOTICE = Notice("evt_1", "quota.spent", AccountName("acme"), 1.0, {})


def settings(folder: Path, more: str = ROWS, **changes: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(CONFIG + more, encoding="utf-8")
    return load(path, {f"GATEWAY_{name.upper()}": value for name, value in changes.items()})


def test_subscriptions_without_a_name_are_called_after_their_hosts(tmp_path: Path) -> None:
    found = {it.id: (it.account, it.url) for it in configured(settings(tmp_path))}
    assert found == {
        "tool.internal": ("acme", "https://tool.internal/events?to=us"),
        "tool.internal-3": ("globex", "https://tool.internal/other"),
        "tool.internal-2": ("acme", "https://elsewhere/"),
    }


def test_both_secrets_sign_while_one_replaces_the_other(tmp_path: Path) -> None:
    signs = Signers(settings(tmp_path))
    assert signs(delivery.to_subscription(NOTICE, "tool.internal")) == (NEW, OLD)
    assert signs(delivery.to_subscription(NOTICE, "tool.internal-3")) == (OLD,)
    assert signs(delivery.to_subscription(NOTICE, "nobody")) == ()


def test_callbacks_are_signed_for_their_app(tmp_path: Path) -> None:
    signs = Signers(settings(tmp_path))
    url = "https://tool.internal/done"
    assert signs(delivery.to_callback(NOTICE, app=AppName("batch"), url=url)) == (CALL,)
    assert signs(delivery.to_callback(NOTICE, app=AppName("tool"), url=url)) == ()
    assert signs(delivery.to_callback(NOTICE, app=AppName("nobody"), url=url)) == ()


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"apps__tool__key": "another-key-of-the-tool"}, False),
        ({"accounts__acme__token": "acmeadmin02"}, False),
        ({"queue__patience": "5s"}, True),
    ],
)
def test_derived_secrets_hang_on_tokens_and_keys(tmp_path: Path, changes: dict[str, str], same: bool) -> None:
    before = Signers(settings(tmp_path)).made("api-1")
    assert (Signers(settings(tmp_path, **changes)).made("api-1") == before) is same


def test_with_a_key_of_their_own_they_hang_on_nothing_else(tmp_path: Path) -> None:
    own = {"webhook_delivery__signing_key": "a key that nobody can guess"}
    before = Signers(settings(tmp_path, **own)).made("api-1")
    assert Signers(settings(tmp_path, **own, apps__tool__key="another-key-of-the-tool")).made("api-1") == before
    assert Signers(settings(tmp_path)).made("api-1") != before


def test_a_reload_signs_with_what_is_configured_now(tmp_path: Path) -> None:
    signs = Signers(settings(tmp_path, more=""))
    assert signs(delivery.to_subscription(NOTICE, "tool.internal")) == ()
    signs.follow(settings(tmp_path))
    assert signs(delivery.to_subscription(NOTICE, "tool.internal")) == (NEW, OLD)
    assert signs.accounts() == {"acme", "globex"}
