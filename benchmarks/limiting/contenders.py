"""What limits in `benchmarks.limiting`: the gateway on each store, and what else is put before such an API."""

from __future__ import annotations

import base64
import shutil
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LIMIT = 100
APPS = {"planner": 160, "reports": 80, "screens": 40, "sync": 40}
"""Equal apps, and how many callers each has."""

_TOKEN = "acmeadmin01"

_GATEWAY = """
[server]
port = {port}
[operations]
port = 0
[upstream]
url = "{origin}"
reconcile = "0s"
[store]
url = "{store}"
[egress]
name = "office"
limit = {limit}
period = "{period}s"
[queue]
patience = "300s"
[cache]
verify = 0.0
[accounts.acme]
per_day = 1000000
token = "{token}"
"""

_NGINX = """
daemon off; master_process off; pid {here}/pid; error_log {here}/errors crit;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {here}/a; proxy_temp_path {here}/b; fastcgi_temp_path {here}/c;
  uwsgi_temp_path {here}/d; scgi_temp_path {here}/e;
  limit_req_zone $server_port zone=upstream:1m rate={rate}r/s;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ limit_req zone=upstream burst=1000; proxy_pass {origin}; proxy_read_timeout 300s; }}
  }}
}}
"""


@dataclass(frozen=True)
class Place:
    """Where one process of a contender runs: its directory, its port, the upstream, and the period in seconds."""

    here: Path
    port: int
    origin: str
    period: float


@dataclass(frozen=True)
class Contender:
    """One that limits: `command` writes what a process needs and names it; `missing` says how to get what it lacks."""

    name: str
    command: Callable[[Place], Sequence[str]]
    processes: int = 1
    knows_apps: bool = False
    missing: str | None = None

    def fields(self, app: str) -> dict[str, str]:
        """What a caller sends: its app's key where that is known, else the upstream's own credential."""
        basic = base64.b64encode(f"{_TOKEN}:x".encode()).decode()
        return {"X-Api-Key": _key(app)} if self.knows_apps else {"Authorization": f"Basic {basic}"}


def contenders(redis: str | None) -> list[Contender]:
    """All that take part; `redis` is the server's URL, if there is one."""
    lacking = None if redis else "apt-get install redis-server"
    replicas = [
        Contender(f"gateway, Redis, {count}", _gateway(redis or ""), count, knows_apps=True, missing=lacking)
        for count in (1, 2, 4, 8)
    ]
    nginx = None if program("nginx") else "apt-get install nginx-light"
    return [
        Contender("gateway, memory, 1", _gateway("memory://"), knows_apps=True),
        Contender("gateway, SQLite, 1", _gateway("sqlite:///{here}/gateway.db"), knows_apps=True),
        *replicas,
        Contender("nginx limit_req", _nginx, missing=nginx),
        Contender("token bucket", _bucket),
    ]


def program(name: str) -> str | None:
    """Where a program is; those of the system's administrator are not on everyone's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _key(app: str) -> str:
    return f"{app}-key-of-this-benchmark"


def _gateway(store: str) -> Callable[[Place], Sequence[str]]:
    def command(at: Place) -> Sequence[str]:
        text = _GATEWAY.format(
            port=at.port,
            origin=at.origin,
            store=store.format(here=at.here),
            limit=LIMIT,
            period=at.period,
            token=_TOKEN,
        )
        apps = "".join(f'[apps.{app}]\naccount = "acme"\nkey = "{_key(app)}"\n' for app in APPS)
        file = at.here / f"{at.port}.toml"
        file.write_text(text + apps)
        return [sys.executable, "-m", "gateway", "serve", "--config", str(file)]

    return command


def _nginx(at: Place) -> Sequence[str]:
    file = at.here / "nginx.conf"
    file.write_text(_NGINX.format(here=at.here, port=at.port, origin=at.origin, rate=round(LIMIT / at.period)))
    return [program("nginx") or "nginx", "-c", str(file), "-e", str(at.here / "errors")]


def _bucket(at: Place) -> Sequence[str]:
    rate = LIMIT / at.period
    return [
        sys.executable,
        "-m",
        "benchmarks.limiting.bucket",
        str(at.port),
        at.origin.rstrip("/"),
        str(LIMIT),
        str(rate),
    ]
