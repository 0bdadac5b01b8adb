"""Record a session: `python -m benchmarks.session` writes `docs/session.md` and its pictures anew."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from benchmarks.session import hearing, panels
from benchmarks.session.figures import Watched
from benchmarks.session.page import Session, page
from gateway.demo.callers import play
from gateway.demo.running import WHOLE
from gateway.demo.stage import Stage
from gateway.demo.tally import Tally, total
from gateway.demo.workload import APPS
from tests.journeys.browser import browser
from tests.journeys.prometheus_server import PrometheusServer

PICTURES = (("status.png", 1200, "light"), ("status-phone.png", 390, "dark"))


async def record(folder: Path) -> None:
    """Play, look, write."""
    load, *_ = os.getloadavg()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        stage = await stack.enter_async_context(Stage(WHOLE.limits))
        target = stage.operations_url.removeprefix("http://").rstrip("/")
        prometheus = await stack.enter_async_context(PrometheusServer(stage.folder, session, target))
        await stack.enter_async_context(hearing.listener(stage, session))
        tallies = {name: Tally() for name in APPS}
        _say("playing the demo's workload ...")
        began = time.time()
        await play(stage.url, WHOLE.calls, tallies, pace=WHOLE.pace)
        await hearing.put_off(stage, session)
        ended = time.time()
        await prometheus.reaches('intervals_gateway_jobs{state="completed"}', hearing.JOBS)
        await prometheus.reaches('sum(intervals_gateway_webhook_deliveries_total{subscription="listener"})', 1)
        await prometheus.reaches("sum(intervals_gateway_requests_total)", total(tallies.values()).requests)
        _say("asking every panel ...")
        boards = {
            title: await panels.shown(prometheus, name, began=began, ended=time.time())
            for name, title in panels.titles()
        }
        _say("taking pictures ...")
        await _pictures(stage, session, folder / "session")
        _say("sending junk, scraping, asking for the same again and again ...")
        watched = Watched(session, stage)
        seen = Session(
            load=load,
            played=total(tallies.values()),
            seconds=ended - began,
            boards=boards,
            hit=await watched.hit(),
            series=await watched.junk(),
            scrape=await watched.scrape(),
            quiet=[row.panel for rows in boards.values() for row in rows if not row.series],
        )
    await asyncio.to_thread((folder / "session.md").write_text, page(seen), encoding="utf-8")


async def _pictures(stage: Stage, session: aiohttp.ClientSession, folder: Path) -> None:
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    async with browser(stage.folder, session) as tab:
        for name, width, theme in PICTURES:
            await tab.looks(width=width, theme=theme)
            await tab.open(stage.operations_url)
            await tab.until("document.getElementById('liveness').textContent.startsWith('Live')")
            await asyncio.to_thread((folder / name).write_bytes, await tab.picture())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Record a session in docs/session.md.")
    parser.add_argument("--to", type=Path, default=Path("docs"), metavar="FOLDER", help="where to write; docs")
    asyncio.run(record(parser.parse_args().to))
