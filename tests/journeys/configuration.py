"""The configuration that every journey starts from: three tokens of one upstream account, and tools for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ADMIN, RESOURCE, RESTRICTED, GLOBEX = "acmeadmin01", "acmeresou01", "acmerestr01", "globexadm01"
"""Upstream tokens: an administrator, a resource user, a restricted resource user, another customer's administrator."""

KEYS = {
    "timesheets": "timesheets-b1ac6e0de5ab",
    "invoices": "invoices-77d1c8e0f2a4",
    "staff": "staff-9e4402c7d6f1",
    "planner": "planner-0d3b5a7c9e21",
    "globex": "globex-c4f3a2b1908e",
    "own": "own-5f6e7d8c9b0a",
    "guest": "guest-1a2b3c4d5e6f",
}
"""App keys. `timesheets`, `invoices`, `own` go out as the administrator; `own` may bring a credential, `guest` must."""

_TEXT = """
[server]
port = 0
max_body = "{max_body}"
[operations]
port = 0
[upstream]
url = "{url}"
timeout = "{timeout}s"
reconcile = "{reconcile}s"
[cache]
verify = 0.0
[store]
url = "{store}"
[egress]
name = "office"
limit = {limit}
period = "{period}s"
[queue]
patience = "{patience}s"
backlog = {backlog}

[accounts.acme]
per_day = {per_day}
token = "acmeadmin01"
[accounts.staff]
per_day = 6000
token = "acmeresou01"
[accounts.restricted]
per_day = 6000
token = "acmerestr01"
[accounts.globex]
per_day = 6000
token = "globexadm01"
[accounts.guests]
per_day = 6000

[apps.timesheets]
account = "acme"
key = "{keys[timesheets]}"
[apps.invoices]
account = "acme"
key = "{keys[invoices]}"
[apps.own]
account = "acme"
key = "{keys[own]}"
passthrough = true
[apps.staff]
account = "staff"
key = "{keys[staff]}"
[apps.planner]
account = "restricted"
key = "{keys[planner]}"
[apps.globex]
account = "globex"
key = "{keys[globex]}"
[apps.guest]
account = "guests"
key = "{keys[guest]}"
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """What journeys vary; durations in seconds. `store` "sqlite" means a file beside the configuration."""

    store: str = "memory://"
    limit: int = 100
    period: float = 60
    patience: float = 30
    backlog: int = 1000
    timeout: float = 10
    reconcile: float = 0
    max_body: str = "10MiB"
    per_day: int = 6000
    more: str = ""

    def write(self, folder: Path, url: str) -> Path:
        """Write the configuration file of a gateway in front of the upstream at `url`."""
        text = _TEXT.format(
            url=url,
            store=f"sqlite:///{folder / 'gateway.db'}" if self.store == "sqlite" else self.store,
            limit=self.limit,
            period=self.period,
            patience=self.patience,
            backlog=self.backlog,
            timeout=self.timeout,
            reconcile=self.reconcile,
            max_body=self.max_body,
            per_day=self.per_day,
            keys=KEYS,
        )
        path = folder / "config.toml"
        path.write_text(text + self.more, encoding="utf-8")
        return path


PLAIN = Setup()
"""What journeys start with that vary nothing."""
