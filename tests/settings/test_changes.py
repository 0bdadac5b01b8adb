"""Which keys differ, which take effect, and which are left as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import Settings, load
from gateway.settings.changes import LIVE, change
from tests.app.configured import CONFIG


def read(folder: Path, text: str = CONFIG, **changes: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, {f"GATEWAY_{name.upper()}": value for name, value in changes.items()})


def test_the_same_file_changes_nothing(tmp_path: Path) -> None:
    before = read(tmp_path)
    made = change(before, read(tmp_path))
    assert (made.settings, made.changed, made.needs_restart) == (before, (), ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("queue__patience", "7s"),
        ("queue__backlog", "7"),
        ("cache__verify", "0.5"),
        ("cache__read_ahead", "7"),
        ("cache__warm", "7"),
        ("cache__warm_reserve", "0.7"),
        ("events__interval", "7s"),
        ("events__share", "0.7"),
        ("events__warn", "[0.7]"),
        ("upstream__reconcile", "7s"),
        ("accounts__acme__per_day", "7"),
        ("accounts__acme__token", "another0tok"),
        ("accounts__acme__foreign", "0.7"),
        ("apps__tool__weight", "7"),
        ("apps__tool__key", "another-key-of-the-tool"),
        ("apps__batch__allow", '["GET client"]'),
        ("apps__batch__share", "0.1"),
    ],
)
def test_what_takes_effect(tmp_path: Path, key: str, value: str) -> None:
    before, after = read(tmp_path), read(tmp_path, **{key: value})
    made = change(before, after)
    assert made.changed == (key.replace("__", "."),)
    assert made.needs_restart == ()
    assert made.settings == after


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server__port", "7"),
        ("server__max_body", "7B"),
        ("operations__host", "127.0.0.2"),
        ("upstream__url", "http://127.0.0.1:7/"),
        ("upstream__timeout", "7s"),
        ("store__url", "sqlite:///seven.db"),
        ("egress__name", "seven"),
        ("egress__limit", "7"),
        ("cache__max_bytes", "7MiB"),
    ],
)
def test_what_waits_for_a_restart_is_left_as_it_was(tmp_path: Path, key: str, value: str) -> None:
    before = read(tmp_path)
    made = change(before, read(tmp_path, **{key: value}))
    assert made.needs_restart == (key.replace("__", "."),)
    assert made.changed == ()
    assert made.settings == before


def test_a_section_takes_over_what_it_can(tmp_path: Path) -> None:
    before = read(tmp_path)
    made = change(before, read(tmp_path, cache__verify="0.5", cache__max_bytes="7MiB"))
    assert (made.changed, made.needs_restart) == (("cache.verify",), ("cache.max_bytes",))
    assert made.settings.cache.verify == 0.5
    assert made.settings.cache.max_bytes == before.cache.max_bytes


def test_rows_that_come_and_go_are_named_and_never_a_value(tmp_path: Path) -> None:
    more = f"""{CONFIG.replace("[apps.batch]", "[apps.another]")}
[resources.client]
fresh = "7m"
[[webhooks]]
url = "https://tool.internal/"
events = ["quota.*"]
account = "acme"
secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""
    made = change(read(tmp_path), read(tmp_path, more))
    assert made.changed == ("apps.another", "apps.batch", "webhooks", "resources.client")
    assert made.needs_restart == ()


def test_what_is_named_here_is_a_setting() -> None:
    for key in LIVE:
        section, _, rest = key.partition(".")
        kind = Settings.model_fields[section].annotation
        assert not rest or rest in getattr(kind, "model_fields", ())
