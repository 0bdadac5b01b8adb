"""How fast a cached hit is, beside nginx, Varnish, Envoy and a bare aiohttp handler in the same run.

    python -m benchmarks.hits                   about three minutes; --rounds and --seconds make it longer

One processor core for the server that is measured, one for wrk, which asks for the same target with the same fields
over kept-alive connections. The servers take turns within each round, so what else the machine does meets all of them;
every figure is the median of the rounds, the ratio that of the ratios to nginx in the same round.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.hit_servers import KEY, TARGETS, Server, free_port, handle, program, servers

CONNECTIONS = (1, 64, 512)
FIELDS = {"X-Api-Key": KEY, "Accept": "application/json"}
REFERENCE = "nginx proxy_cache"

_LATENCY = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)$", re.MULTILINE)
_REQUESTS = re.compile(r"(\d+) requests in")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_WRONG = re.compile(r"Non-2xx.*|Socket errors.*")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Sample:
    """One run of wrk: requests per second, latencies in milliseconds, microseconds of the server's CPU per request."""

    rate: float
    median: float
    high: float
    cpu: float
    wrong: str


@dataclass(frozen=True)
class Running:
    server: Server
    url: str
    process: asyncio.subprocess.Process


async def main(rounds: int, seconds: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or program("wrk") is None:
        sys.exit("two processor cores and wrk are needed; wrk: apt-get install wrk")
    os.sched_setaffinity(0, {cores[1]})  # the origin is quiet while hits are measured
    samples: dict[tuple[str, int, str], list[Sample]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        origin = await stack.enter_async_context(_origin())
        running = []
        for number, server in enumerate(servers()):
            if server.missing is not None:
                sys.stdout.write(f"{server.name} is not there ({server.missing})\n")
                continue
            place = here / str(number)
            place.mkdir()
            running.append(await stack.enter_async_context(_run(server, place, origin, core=cores[0])))
        for _ in range(rounds):
            for size, target in TARGETS.items():
                for connections in CONNECTIONS:
                    for it in running:
                        sample = await _measure(it, target, connections, seconds, core=cores[1])
                        samples[size, connections, it.server.name].append(sample)
    _print(samples, [it.server.name for it in running])


@asynccontextmanager
async def _origin() -> AsyncIterator[int]:
    runner = web.AppRunner(_application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


def _application() -> web.Application:
    app = web.Application()
    app.router.add_get("/{any:.*}", handle)
    return app


@asynccontextmanager
async def _run(server: Server, here: Path, origin: int, *, core: int) -> AsyncIterator[Running]:
    """Start a server on its core, and have it store what it will be asked for."""
    port = free_port()
    command = ["taskset", "-c", str(core), *server.start(here, port, origin)]
    with (here / "output").open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(30), aiohttp.ClientSession(headers=FIELDS) as session:
            for target in [*TARGETS.values()] * 2:
                await _answered(session, url + target)
        yield Running(server, url, process)
    except TimeoutError:
        sys.exit(f"{server.name} does not answer:\n{(here / 'output').read_text()}")
    finally:
        process.terminate()
        await process.wait()


async def _answered(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                response.raise_for_status()
                await response.read()
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)


async def _measure(it: Running, target: str, connections: int, seconds: int, *, core: int) -> Sample:
    fields = [part for name, value in FIELDS.items() for part in ("-H", f"{name}: {value}")]
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *fields]
    command = ["taskset", "-c", str(core), program("wrk") or "wrk", *options, it.url + target]
    before = _cpu(it.process.pid)
    wrk = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said = (await wrk.communicate())[0].decode()
    spent = _cpu(it.process.pid) - before
    latency = {percent: float(value) * _MILLISECONDS[unit] for percent, value, unit in _LATENCY.findall(said)}
    requests, rate = _REQUESTS.search(said), _RATE.search(said)
    if requests is None or rate is None or int(requests[1]) == 0:
        sys.exit(f"{it.server.name} answered nothing:\n{said}")
    wrong = " ".join(part.strip() for part in _WRONG.findall(said))
    return Sample(float(rate[1]), latency["50"], latency["99"], spent / int(requests[1]) * 1e6, wrong)


def _cpu(root: int) -> float:
    """Seconds of CPU that a process and its descendants have used."""
    parents, used = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        pid = int(path.parent.name)
        parents[pid], used[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(pid, 0) for pid in family) / os.sysconf("SC_CLK_TCK")


def _print(samples: dict[tuple[str, int, str], list[Sample]], names: Sequence[str]) -> None:
    lines = [
        "| body | connections | server | requests/s | of nginx | p50 ms | p99 ms | CPU us/request | |",
        "|---|--:|---|--:|--:|--:|--:|--:|---|",
    ]
    for size in TARGETS:
        for connections in CONNECTIONS:
            for name in names:
                of = samples[size, connections, name]
                reference = samples.get((size, connections, REFERENCE), of)
                ratio = statistics.median(one.rate / other.rate for one, other in zip(of, reference, strict=True))
                rate, median, high, cpu = (
                    statistics.median(getattr(it, field) for it in of) for field in ("rate", "median", "high", "cpu")
                )
                wrong = "; ".join(sorted({it.wrong for it in of if it.wrong}))
                lines.append(
                    f"| {size} | {connections} | {name} | {rate:,.0f} | {ratio:.2f} | {median:.2f} | {high:.2f} "
                    f"| {cpu:.1f} | {wrong} |"
                )
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="of each run of wrk")
    options = parser.parse_args()
    asyncio.run(main(options.rounds, options.seconds))
