from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings import cautions
from tests.settings.files import MINIMAL, SIGNING_SECRET, loaded

CALM = MINIMAL.replace("[apps", 'token = "abcdefghij1"\n[apps')


def test_a_plain_configuration_needs_no_caution(tmp_path: Path) -> None:
    assert cautions(loaded(tmp_path, CALM)) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MINIMAL, "accounts.acme.token: not set"),
        (CALM.replace("abcdefghij1", "ABC"), "accounts.acme.token: Intervals tokens are 11"),
        (CALM.replace("fifteen-men-on-a-chest", "short"), "apps.tool.key: is short enough"),
        ('[store]\nurl = "memory://"' + CALM, "store.url: memory:// forgets"),
        ('[operations]\nhost = "0.0.0.0"' + CALM, "operations.host: whoever reaches 0.0.0.0"),
        (
            CALM + '[[webhooks]]\nurl = "http://tool/"\nevents = ["*"]\naccount = "acme"\n'
            f'secret = "{SIGNING_SECRET}"\n',
            "webhooks.0.url: http:// is signed and not encrypted",
        ),
        (
            '[server]\nhost = "gateway"' + CALM.replace('key = "fifteen-men-on-a-chest"', "anonymous = true"),
            "apps.tool.anonymous: whoever reaches gateway reads 'acme' without a key",
        ),
    ],
)
def test_what_is_seldom_meant_is_told(tmp_path: Path, text: str, told: str) -> None:
    [caution] = cautions(loaded(tmp_path, text))
    assert caution.startswith(told)


@pytest.mark.parametrize(
    ("events", "count"), [("intervals.client.*", 1), ("*", 1), ("quota.*", 0), ("intervals.job.*", 0)]
)
def test_changes_that_nobody_can_see_are_told(tmp_path: Path, events: str, count: int) -> None:
    webhook = f'[[webhooks]]\nurl = "https://tool/"\nevents = ["{events}"]\naccount = "acme"\n'
    secret = f'secret = "{SIGNING_SECRET}"\n'
    for text, expected in ((MINIMAL, count), (CALM, 0)):
        found = cautions(loaded(tmp_path, text + webhook + secret))
        assert sum("webhooks.0.events: changes of rows" in it for it in found) == expected


def test_events_that_nothing_is_known_to_make_are_told(tmp_path: Path) -> None:
    webhook = '[[webhooks]]\nurl = "https://tool/"\nevents = ["quota.*", "intervals.quota.*"]\naccount = "acme"\n'
    [caution] = cautions(loaded(tmp_path, f'{CALM}{webhook}secret = "{SIGNING_SECRET}"\n'))
    assert caution.startswith("webhooks.0.events.1: nothing is known to be told")


@pytest.mark.parametrize(("mode", "count"), [(0o644, 1), (0o640, 0), (0o600, 0)])
def test_a_file_that_everybody_can_read_is_told(tmp_path: Path, mode: int, count: int) -> None:
    token = tmp_path / "acme.token"
    token.write_text("abcdefghij1", encoding="utf-8")
    token.chmod(mode)
    text = CALM.replace('"abcdefghij1"', '{ file = "acme.token" }')
    settings = loaded(tmp_path, text)
    assert sum("chmod o-r" in caution for caution in cautions(settings)) == count
    token.unlink()
    assert not [caution for caution in cautions(settings) if "chmod o-r" in caution], "it is gone since it was read"
