"""1, 2, 4 and 8 replicas on one Redis, with a backlog at each: how much of the limit is used, and how evenly.

python -m benchmarks.replicas [--period 10] [--periods 4] [--replicas 1 2 4 8]      takes about five minutes

Callers of four equal apps ask each replica again as soon as they are answered, each time for another document. The
simulator counts every request that arrives by exact stamps. Redis writes every change to the disk before it answers.
Controls, for one gateway, are in `benchmarks.limiting`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from gateway.exchange.background import Background

LIMIT = 100
APPS = ("a", "b", "c", "d")
CALLERS = 240
"""Of all replicas and apps together: more than twice the limit, so that there is always a backlog."""
_WARM_UP = 2

_CONFIG = """
[server]
port = {port}
[operations]
port = {operations}
[upstream]
url = "{upstream}"
reconcile = "0s"
[store]
url = "{store}"
[egress]
limit = {limit}
period = "{period}s"
[queue]
patience = "600s"
[accounts.acme]
per_day = 1000000
token = "acmeadmin01"
"""


@dataclass
class Heard:
    """What callers got in the span that counts."""

    waits: list[float] = field(default_factory=list)
    by_app: Counter[str] = field(default_factory=Counter)
    by_replica: Counter[int] = field(default_factory=Counter)
    counting: bool = False


async def main(period: float, periods: int, numbers: Iterable[int]) -> None:
    sys.stdout.write("| replicas | used | overruns | Jain, apps | Jain, replicas | wait p50 s | p90 s | p99 s |\n")
    sys.stdout.write("|--:|--:|--:|--:|--:|--:|--:|--:|\n")
    for replicas in numbers:
        sys.stdout.write(await _measured(replicas, period, periods) + "\n")
        sys.stdout.flush()


async def _measured(replicas: int, period: float, periods: int) -> str:
    async with AsyncExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None))
        )
        simulator, store = _free_port(), _free_port()
        options = ["--limit", str(LIMIT), "--period", str(period), "--per-day", "0", "--scale", "0.04"]
        await stack.enter_async_context(_started(*_gateway("simulate", "--port", str(simulator), *options)))
        redis = shutil.which("redis-server") or sys.exit("redis-server is not installed")
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--bind", "127.0.0.1"]
        await stack.enter_async_context(_started(redis, "--port", str(store), "--dir", str(here), *durable))
        journal = f"http://127.0.0.1:{simulator}/__simulator__/journal"
        await _until_there(session, journal)
        urls = []
        for replica in range(replicas):
            path, port = here / f"{replica}.toml", _free_port()
            path.write_text(_config(port, f"http://127.0.0.1:{simulator}/", f"redis://127.0.0.1:{store}/0", period))
            await stack.enter_async_context(_started(*_gateway("serve", "--config", str(path))))
            urls.append(f"http://127.0.0.1:{port}")
        for url in urls:
            await _until_there(session, url)
        heard, began, ended = await _load(session, urls, period, periods)
        async with session.get(journal, params={"last": "200000", "period": str(period)}) as answer:
            told = await answer.json()
    sent = sum(began <= arrival["at"] < ended for arrival in told["arrivals"])
    used = sent / (LIMIT * (ended - began) / period)
    waits = statistics.quantiles(heard.waits, n=100)
    evenly = _jain(heard.by_app[app] for app in APPS), _jain(heard.by_replica[it] for it in range(replicas))
    overruns = max(0, told["worst_window"]["requests"] - LIMIT) + len(told["refused"])
    quantiles = " | ".join(f"{waits[n - 1]:.1f}" for n in (50, 90, 99))
    return f"| {replicas} | {used:.1%} | {overruns} | {evenly[0]:.3f} | {evenly[1]:.3f} | {quantiles} |"


async def _load(
    session: aiohttp.ClientSession, urls: list[str], period: float, periods: int
) -> tuple[Heard, float, float]:
    """Let all ask; what was heard after the warm-up, and when that began and ended in epoch seconds."""
    heard, numbers, loop = Heard(), count(900_001), asyncio.get_running_loop()

    async def caller(app: str, replica: int) -> None:
        while True:
            began = loop.time()
            target = f"{urls[replica]}/time/{next(numbers)}/"
            async with session.get(target, headers={"X-Api-Key": _key(app)}) as answer:
                await answer.read()
            if heard.counting and answer.status in (200, 404):
                heard.waits.append(loop.time() - began)
                heard.by_app[app] += 1
                heard.by_replica[replica] += 1

    background = Background(lambda name, error: sys.exit(f"{name}: {error!r}"))
    tasks = [
        background.spawn(caller(APPS[number % len(APPS)], number // len(APPS) % len(urls)), f"caller {number}")
        for number in range(CALLERS)
    ]
    await asyncio.sleep(_WARM_UP * period)
    heard.counting, began = True, time.time()
    await asyncio.sleep(periods * period)
    heard.counting, ended = False, time.time()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return heard, began, ended


@asynccontextmanager
async def _started(*command: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _until_there(session: aiohttp.ClientSession, url: str) -> None:
    """Come back when something answers, whatever it says."""
    async with asyncio.timeout(60):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(url):
                    return
            await asyncio.sleep(0.1)


def _gateway(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "gateway", *words)


def _config(port: int, upstream: str, store: str, period: float) -> str:
    operations = _free_port()
    settings = {"port": port, "operations": operations, "upstream": upstream, "store": store, "period": period}
    apps = "".join(f'[apps.{app}]\naccount = "acme"\nkey = {json.dumps(_key(app))}\n' for app in APPS)
    return _CONFIG.format(limit=LIMIT, **settings) + apps


def _key(app: str) -> str:
    return f"key-of-{app}-for-the-benchmark"


def _jain(shares: Iterable[int]) -> float:
    """Jain's index: 1 where all have the same, 1/n where one has everything."""
    them = list(shares)
    return sum(them) ** 2 / (len(them) * sum(share * share for share in them) or 1)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--period", type=float, default=10.0, help="seconds of the upstream's period")
    parser.add_argument("--periods", type=int, default=4, help="how many of them are measured")
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4, 8])
    chosen = parser.parse_args()
    asyncio.run(main(chosen.period, chosen.periods, chosen.replicas))
