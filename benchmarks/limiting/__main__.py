"""Four equal apps with crowds of different size against an upstream that allows 100 requests in a period.

python -m benchmarks.limiting [--period 6] [--periods 4]        takes about five minutes

Each contender stands before a simulator of its own, which counts every request that arrives by exact stamps. Callers
ask again as soon as they are answered, so that there is always a backlog. nginx and redis-server take part where
installed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import aiohttp

from benchmarks.limiting.contenders import APPS, LIMIT, Contender, Place, contenders, free_port, program
from benchmarks.limiting.measuring import Heard, Result, result, table
from gateway.exchange.background import Background

_WARM_UP = 2
"""Periods before what counts: the first burst, and the line that it leaves."""


async def main(period: float, periods: int) -> None:
    results: dict[str, Result] = {}
    async with AsyncExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = await stack.enter_async_context(_redis(here))
        for number, contender in enumerate(contenders(redis)):
            if contender.missing is not None:
                sys.stderr.write(f"{contender.name} is not there ({contender.missing})\n")
                continue
            place = here / str(number)
            place.mkdir()
            sys.stderr.write(f"{contender.name} ...\n")
            results[contender.name] = await _run(contender, place, period, periods)
    sys.stdout.write(table(results))


@asynccontextmanager
async def _redis(here: Path) -> AsyncIterator[str | None]:
    """A Redis that writes nothing to a disk."""
    server, port = program("redis-server"), free_port()
    if server is None:
        yield None
        return
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    async with _started([*command, "--dir", str(here)], here / "redis"):
        yield f"redis://127.0.0.1:{port}/0"


@asynccontextmanager
async def _started(command: list[str], output: Path) -> AsyncIterator[None]:
    with output.open("wb") as written:
        process = await asyncio.create_subprocess_exec(*command, stdout=written, stderr=written)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _run(contender: Contender, here: Path, period: float, periods: int) -> Result:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=600))
        )
        port = free_port()
        origin, watched = f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/__simulator__/"
        simulator = [sys.executable, "-m", "gateway", "simulate", "--port", str(port), "--scale", "0.04"]
        options = ["--limit", str(LIMIT), "--period", str(period), "--per-day", "0"]
        await stack.enter_async_context(_started([*simulator, *options], here / "simulator"))
        await _until_there(session, watched, here / "simulator")
        async with session.put(f"{watched}options", json={"suspension": 0.0}) as answer:
            answer.raise_for_status()
        urls: list[str] = []
        for _ in range(contender.processes):
            place = Place(here, free_port(), origin, period)
            await stack.enter_async_context(_started([*contender.command(place)], here / str(place.port)))
            urls.append(f"http://127.0.0.1:{place.port}")
        for url in urls:
            await _until_there(session, f"{url}/__nothing__", here / url.rpartition(":")[2])
        heard, since, until = await _load(contender, session, urls, period, periods)
        async with session.get(f"{watched}journal", params={"last": 200_000}) as answer:
            arrivals = (await answer.json())["arrivals"]
        return result(heard, arrivals, apps=list(APPS), since=since, until=until, limit=LIMIT, period=period)


async def _until_there(session: aiohttp.ClientSession, url: str, output: Path) -> None:
    """Come back when something answers, whatever it says."""
    try:
        async with asyncio.timeout(60):
            while True:
                with suppress(aiohttp.ClientConnectionError):
                    async with session.head(url):
                        return
                await asyncio.sleep(0.1)
    except TimeoutError:
        sys.exit(f"{url} does not answer: {await asyncio.to_thread(output.read_text)}")


async def _load(
    contender: Contender, session: aiohttp.ClientSession, urls: list[str], period: float, periods: int
) -> tuple[list[Heard], float, float]:
    """Let all callers ask, for the warm-up and so many periods more; what was heard, and what counts of it."""
    heard: list[Heard] = []
    numbers = count()

    async def caller(app: str, url: str) -> None:
        while True:
            began, target = time.time(), f"{url}/time/?limit=1&taskid={next(numbers)}"
            async with session.get(target, headers={"Accept": "application/json", **contender.fields(app)}) as answer:
                await answer.read()
            heard.append(Heard(app, time.time(), time.time() - began, answer.status))
            if answer.status != 200:
                await asyncio.sleep(0.1)

    since = time.time() + _WARM_UP * period
    until = since + periods * period
    background = Background(_died)
    callers = [
        background.spawn(caller(app, urls[number % len(urls)]), app)
        for app, crowd in APPS.items()
        for number in range(crowd)
    ]
    await asyncio.sleep(until - time.time())
    for task in callers:
        task.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    return heard, since, until


def _died(name: str, error: BaseException) -> None:
    sys.stderr.write(f"a caller of {name} ended: {error!r}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--period", type=float, default=6.0, help="seconds of the upstream's period")
    parser.add_argument("--periods", type=int, default=4, help="how many of them are measured")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.period, chosen.periods))
