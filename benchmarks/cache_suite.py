"""The public suite for HTTP caches, played against the gateway, nginx and Varnish in front of the suite's own origin.

npm pack http-cache-tests@0.4.5 && tar xzf http-cache-tests-0.4.5.tgz && npm install --prefix package --omit=dev
python -m benchmarks.cache_suite package            --failing: also name what failed, and why

Needs node. Of nginx and Varnish takes part what is installed. The counting is the suite's own: a test counts as passed
only where those it depends on are. Surrogate-Control is left out: it is not standardised, and all three leave it alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

Tests: TypeAlias = dict[str, dict[str, Any]]
"""The suite's tests by id: kind, name, and what each needs."""

_NPM = ("npm_config", "npm_package_config")

_GATEWAY = """
[server]
port = {port}
[operations]
port = 0
[upstream]
url = "http://127.0.0.1:{origin}/"
reconcile = "0s"
[store]
url = "memory://"
[egress]
limit = 0
[queue]
backlog = 100000
[accounts.suite]
[apps.suite]
account = "suite"
anonymous = true
"""

_NGINX = """
daemon off; master_process off; pid {here}/pid; error_log {here}/errors;
events {{}}
http {{
 access_log off;
 proxy_cache_path {here}/cache levels=1:2 keys_zone=suite:8m max_size=1000m inactive=600m;
 proxy_temp_path {here}/parts; client_body_temp_path {here}/bodies;
 server {{ listen 127.0.0.1:{port}; location / {{
  proxy_pass http://127.0.0.1:{origin}; proxy_cache suite; proxy_cache_revalidate on; }} }}
}}
"""

_VARNISH = 'vcl 4.1; backend default {{ .host = "127.0.0.1"; .port = "{origin}"; }}'
_AS_THE_SUITE_SAYS = ("default_ttl=0", "default_grace=0", "default_keep=3600")

_TESTS = """
import tests from '{package}/tests/index.mjs'
console.log(JSON.stringify(tests.flatMap(suite => suite.tests.map(
  ({{ id, kind, name, depends_on }}) => ({{ id, kind: kind || 'required', name, needs: depends_on || [] }})))))
"""


def caches(here: Path, origin: int) -> Iterator[tuple[str, int, list[str]]]:
    """The caches at hand: a name, a port, the command that starts one."""
    port = _free()
    (here / "gateway.toml").write_text(_GATEWAY.format(port=port, origin=origin), encoding="utf-8")
    yield "gateway", port, [sys.executable, "-m", "gateway", "serve", "--config", str(here / "gateway.toml")]
    if nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        port = _free()
        (here / "nginx.conf").write_text(_NGINX.format(here=here, port=port, origin=origin), encoding="utf-8")
        yield "nginx", port, [nginx, "-e", str(here / "errors"), "-c", str(here / "nginx.conf")]
    if varnish := shutil.which("varnishd", path=f"{os.environ['PATH']}:/usr/sbin"):
        port = _free()
        (here / "default.vcl").write_text(_VARNISH.format(origin=origin), encoding="utf-8")
        parameters = [word for said in _AS_THE_SUITE_SAYS for word in ("-p", said)]
        command = [varnish, "-j", "none", "-F", "-n", str(here / "varnish"), "-a", f"127.0.0.1:{port}"]
        yield "Varnish", port, [*command, "-f", str(here / "default.vcl"), "-s", "malloc,64M", *parameters]


def passed(test: str, tests: Tests, results: dict[str, Any]) -> bool:
    """Whether a test and all that it depends on passed."""
    return results.get(test) is True and all(passed(each, tests, results) for each in tests[test]["needs"])


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@asynccontextmanager
async def _running(command: list[str], port: int, **options: Any) -> AsyncIterator[None]:
    """A program, from when it listens on a port."""
    quiet = subprocess.DEVNULL
    program = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet, **options)
    try:
        async with asyncio.timeout(30):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.1)
        yield
    finally:
        program.terminate()
        await program.wait()


async def _told(*command: str, **options: Any) -> Any:
    """What a node program writes, as JSON."""
    program = await asyncio.create_subprocess_exec("node", "--no-warnings", *command, stdout=subprocess.PIPE, **options)
    output, _ = await program.communicate()
    return json.loads(output)


async def _play(package: Path, here: Path, *, failing: bool) -> None:
    origin = _free()
    (here / "tests.mjs").write_text(_TESTS.format(package=package), encoding="utf-8")
    tests = {test["id"]: test for test in await _told(str(here / "tests.mjs"))}
    of_origin = {"port": str(origin), "protocol": "http", "pidfile": f"{here}/node"}
    command = ["node", "--no-warnings", "server/server.mjs"]
    async with _running(command, origin, cwd=package, env=_npm(**of_origin)):
        for name, port, start in caches(here, origin):
            async with _running(start, port):
                asked = _npm(base=f"http://127.0.0.1:{port}", id="")
                results = await _told("cli.mjs", cwd=package, env=asked)
            sys.stdout.write(f"{name}: {_counted(tests, results)}\n")
            for test, result in results.items() if failing else ():
                if test in tests and tests[test]["kind"] != "check" and not passed(test, tests, results):
                    sys.stdout.write(f"    {tests[test]['kind']} {test}: {result}\n")


def _npm(**settings: str) -> dict[str, str]:
    """How npm would hand settings on to the suite's programs."""
    return os.environ | {f"{start}_{name}": it for name, it in settings.items() for start in _NPM}


def _counted(tests: Tests, results: dict[str, Any]) -> str:
    counted = Counter(tests[test]["kind"] for test in tests if test in results)
    good = Counter(tests[test]["kind"] for test in tests if passed(test, tests, results))
    return ", ".join(f"{good[kind]} of {counted[kind]} {kind}" for kind in ("required", "optimal"))


def main() -> None:
    """Play the suite and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--failing", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(arguments.package.resolve(), Path(folder), failing=arguments.failing))


if __name__ == "__main__":
    main()
