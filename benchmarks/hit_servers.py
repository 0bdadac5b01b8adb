"""What answers in `benchmarks.hits`: the gateway on both loops, and what stands beside it; each a process of its own.

python -m benchmarks.hit_servers PORT       the bare aiohttp handler alone
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

from benchmarks import hit_envoy as envoy

KEY = "a-key-that-only-this-benchmark-knows"
TARGETS = {"2 kB": "/client/?limit=10", "200 kB": "/client/?limit=1000"}

_ROWS = [
    {
        "id": str(number),
        "name": f"Client {number:05}",
        "datecreated": "2024-01-01",
        "email": f"client{number:05}@example.com",
        "website": "www.example.com",
        "phone": "555-0100",
        "fax": "",
        "active": "t",
        "localid": str(number),
        "address": "12 Long Street",
    }
    for number in range(1, 1201)
]

_GATEWAY = """
[server]
port = {port}
loop = "{loop}"
[operations]
port = 0
[upstream]
url = "http://127.0.0.1:{origin}/"
reconcile = "0s"
[store]
url = "memory://"
[cache]
verify = 0.0
[accounts.acme]
token = "0123456789a"
[apps.tool]
account = "acme"
key = "{key}"
"""

_NGINX = """
daemon off; master_process off; pid {here}/pid; error_log {here}/errors;
events {{ worker_connections 4096; }}
http {{
  access_log /dev/null; keepalive_requests 1000000000;
  client_body_temp_path {here}/a; proxy_temp_path {here}/b; fastcgi_temp_path {here}/c;
  uwsgi_temp_path {here}/d; scgi_temp_path {here}/e;
  proxy_cache_path {here}/cache keys_zone=hits:10m;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{origin}; proxy_cache hits; add_header X-Cache $upstream_cache_status; }}
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """One that answers: `start` writes what it needs into a directory and names its command."""

    name: str
    start: Callable[[Path, int, int], list[str]]
    missing: str | None = None


def answer(limit: str) -> bytes:
    """What the upstream answers to a read of the clients, as the service would."""
    rows = _ROWS[: int(limit)]
    return json.dumps(
        {"personid": "1", "status": "OK", "code": 200, "listcount": len(_ROWS), "client": rows}, separators=(",", ":")
    ).encode()


async def handle(request: web.Request) -> web.Response:
    """The origin, and the bare handler."""
    body = answer(request.query.get("limit", "10"))
    return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "max-age=3600"})


def servers() -> list[Server]:
    """All that take part; what is not installed says how to get it."""
    return [
        Server("gateway, asyncio", _gateway("asyncio")),
        Server("gateway, uvloop", _gateway("uvloop"), None if find_spec("uvloop") else "pip install uvloop"),
        Server("nginx proxy_cache", _nginx, _lacking("nginx", "apt-get install nginx-light")),
        Server("Varnish", _varnish, _lacking("varnishd", "apt-get install varnish")),
        Server("Envoy, cache filter", envoy.start, envoy.MISSING),
        Server("aiohttp handler, nothing else", lambda _, port, __: [sys.executable, "-m", __name__, str(port)]),
    ]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def program(name: str) -> str | None:
    """Where a program is; those of the system's administrator are not on everyone's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _lacking(name: str, remedy: str) -> str | None:
    return None if program(name) else remedy


def _gateway(loop: str) -> Callable[[Path, int, int], list[str]]:
    def start(here: Path, port: int, origin: int) -> list[str]:
        file = here / "gateway.toml"
        file.write_text(_GATEWAY.format(port=port, loop=loop, origin=origin, key=KEY))
        return [sys.executable, "-m", "gateway", "serve", "--config", str(file)]

    return start


def _nginx(here: Path, port: int, origin: int) -> list[str]:
    file = here / "nginx.conf"
    file.write_text(_NGINX.format(here=here, port=port, origin=origin))
    return [program("nginx") or "nginx", "-c", str(file), "-e", str(here / "errors")]


def _varnish(here: Path, port: int, origin: int) -> list[str]:
    listen, backend = f"127.0.0.1:{port}", f"127.0.0.1:{origin}"
    varnishd = program("varnishd") or "varnishd"
    return [varnishd, "-F", "-j", "none", "-n", str(here / "work"), "-a", listen, "-b", backend, "-s", "malloc,256m"]


async def _bare(port: int) -> None:
    bodies = {limit: answer(limit) for limit in ("10", "1000")}

    async def stored(request: web.Request) -> web.Response:
        return web.Response(body=bodies[request.query["limit"]], content_type="application/json")

    app = web.Application()
    app.router.add_get("/client/", stored)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_bare(int(sys.argv[1])))
