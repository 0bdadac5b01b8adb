from __future__ import annotations

import tomllib
from pathlib import Path

from gateway.settings import effective
from tests.settings.files import MINIMAL, SIGNING_SECRET, loaded

RICH = f"""
[store]
url = "redis://gateway:hunter2@host:6379/0"
[accounts."acme.org"]
token = {{ env = "TOKEN" }}
[apps.tool]
account = "acme.org"
key = "fifteen-men-on-a-chest"
patience = "90s"
callbacks = ["https://tool.internal/"]
secret = "{SIGNING_SECRET}"
[[webhooks]]
url = "https://tool.internal/events"
events = ["quota.*"]
account = "acme.org"
secret = {{ env = "EVENTS" }}
[resources.client]
fresh = "0s"
"""


def test_what_is_in_force_is_shown_without_secrets(tmp_path: Path) -> None:
    shown = effective(loaded(tmp_path, RICH, {"TOKEN": "abcdefghij1", "EVENTS": SIGNING_SECRET}))
    for secret in ("hunter2", "fifteen-men", "abcdefghij1", SIGNING_SECRET):
        assert secret not in shown
    tree = tomllib.loads(shown)
    assert tree["store"]["url"] == "redis://***@host:6379/0"
    assert tree["accounts"]["acme.org"] == {"foreign": 0.05, "token": {"env": "TOKEN"}}
    assert tree["apps"]["tool"]["patience"] == "90s"
    assert tree["webhooks"][0]["secret"] == {"env": "EVENTS"}
    assert tree["resources"]["client"] == {"fresh": "0s"}
    assert tree["server"]["max_body"] == "10MiB"
    assert "# per_day is not set" in shown


def test_what_is_shown_loads_again_as_the_same(tmp_path: Path) -> None:
    text = MINIMAL.replace('"fifteen-men-on-a-chest"', '{ env = "KEY" }')
    environ = {"KEY": "fifteen-men-on-a-chest"}
    settings = loaded(tmp_path, text, environ)
    assert loaded(tmp_path, effective(settings), environ) == settings
