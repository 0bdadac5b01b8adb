"""What it costs to watch a running gateway: series, scrapes, and the part of a cached hit that is observation."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass

import aiohttp

from benchmarks import observing
from benchmarks.session import junk
from gateway.demo.callers import key
from gateway.demo.stage import Stage

JUNK = 10_000
SCRAPES = 200
HITS = 20_000
OPENMETRICS = "application/openmetrics-text; version=1.0.0"

_CPU = re.compile(r"^process_cpu_seconds_total (\S+)", re.MULTILINE)
_OURS = "intervals_gateway_"


@dataclass(frozen=True, slots=True)
class Series:
    """Samples on the page: after the load, after one junk request of each kind, after ten thousand."""

    after_load: int
    after_one: int
    after_all: int
    answered: int


@dataclass(frozen=True, slots=True)
class Scrape:
    """One scrape in OpenMetrics: octets, with gzip, milliseconds to the asker, milliseconds of the gateway's CPU."""

    octets: int
    gzipped: int
    took: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Microseconds: of the gateway's CPU for a cached hit, of that for its metrics, and for its access line."""

    cpu: float
    metrics: float
    line: float


class Watched:
    """The operations listener of a gateway, as a scraper sees it."""

    def __init__(self, session: aiohttp.ClientSession, stage: Stage) -> None:
        self._session = session
        self._stage = stage

    async def page(self, accept: str = "text/plain", coding: str = "identity") -> bytes:
        """The metrics page as it comes."""
        fields = {"Accept": accept, "Accept-Encoding": coding}
        url = f"{self._stage.operations_url}metrics"
        async with self._session.get(url, headers=fields, auto_decompress=False) as answer:
            return await answer.read()

    async def series(self) -> int:
        """The gateway's own samples; those of the process and of Python come and go with other things."""
        return sum(line.startswith(_OURS) for line in (await self.page()).decode().splitlines())

    async def cpu(self) -> float:
        """Seconds of CPU that the gateway has used."""
        found = _CPU.search((await self.page()).decode())
        assert found is not None
        return float(found[1])

    async def junk(self) -> Series:
        """Send it, and count before and after."""
        before = await self.series()
        await junk.send(self._stage.url, len(junk.KINDS) * junk.CONNECTIONS)
        one = await self.series()
        answered = await junk.send(self._stage.url, JUNK)
        return Series(before, one, await self.series(), answered)

    async def scrape(self) -> Scrape:
        """Scrape many times, and take the middle."""
        octets, gzipped = len(await self.page(OPENMETRICS)), len(await self.page(OPENMETRICS, "gzip"))
        before, times = await self.cpu(), []
        for _ in range(SCRAPES):
            began = time.perf_counter()
            await self.page(OPENMETRICS, "gzip")
            times.append(time.perf_counter() - began)
        cpu = (await self.cpu() - before) / SCRAPES
        return Scrape(octets, gzipped, statistics.median(times) * 1e3, cpu * 1e3)

    async def hit(self) -> Hit:
        """Ask for the same again and again, and divide the CPU by it; the parts are measured by themselves."""
        fields = {"X-Api-Key": key("dashboard"), "Accept": "application/json"}
        url = f"{self._stage.url}worktype/?limit=20"
        for _ in range(100):
            await self._read(url, fields)
        before = await self.cpu()
        for _ in range(HITS):
            await self._read(url, fields)
        cpu = (await self.cpu() - before) / HITS * 1e6
        metrics, line = observing.of_a_hit()
        return Hit(cpu, metrics, line)

    async def _read(self, url: str, fields: dict[str, str]) -> None:
        async with self._session.get(url, headers=fields) as answer:
            await answer.read()
            assert answer.status == 200
