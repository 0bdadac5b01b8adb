"""Settings of a small gateway, a log whose lines can be read, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.app import people
from gateway.settings import Settings, load

KEY, OTHER_KEY = "fifteen-men-on-a-chest", "yo-ho-ho-and-a-bottle"
TOKEN = "acmeadmin01"
CONFIG = f"""
[server]
port = 0
[operations]
port = 0
[upstream]
url = "http://127.0.0.1:9/"
timeout = "5s"
reconcile = "0s"
[cache]
verify = 0.0
[store]
url = "memory://"
[egress]
name = "office"
[queue]
patience = "20s"
[accounts.acme]
per_day = 6000
token = "{TOKEN}"
[accounts.globex]
[apps.tool]
account = "acme"
key = "{KEY}"
[apps.batch]
account = "globex"
key = "{OTHER_KEY}"
priority = "batch"
weight = 3
patience = "90s"
allow = ["GET *"]
passthrough = true
"""


def settings(folder: Path, **changes: str) -> Settings:
    """The settings above with some keys changed, each given as section__key = text."""
    path = folder / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return load(path, {f"GATEWAY_{name.upper()}": value for name, value in changes.items()})


class Kept:
    """A log, and its lines."""

    def __init__(self, of: Settings) -> None:
        self.octets = b""
        self.log = Log(self._write, as_json, Redaction(people.secrets(of)))

    def lines(self) -> list[dict[str, Any]]:
        self.log.drain()
        return [json.loads(line) for line in self.octets.splitlines()]

    @property
    def events(self) -> list[str]:
        return [line["event"] for line in self.lines() if "event" in line]

    def _write(self, octets: bytes) -> None:
        self.octets += octets
