"""The example of a receiver, run as it says: it verifies, and does everything once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.waiting import DEADLINE
from tests.journeys.webhooks.receiver import SECRET
from tests.journeys.webhooks.telling import notice, post, send_test, until_state

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "receiver.py"


class Running:
    """The example as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(DEADLINE):
            return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def running(folder: Path, secret: str = SECRET) -> AsyncIterator[tuple[Running, int]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(EXAMPLE), "0", str(folder / "seen.db")),
        env={**os.environ, "RECEIVER_SECRET": secret},
        stdout=asyncio.subprocess.PIPE,
    )
    it = Running(process)
    try:
        yield it, int((await it.line()).rpartition(" ")[2])
    finally:
        process.kill()
        await process.wait()


def setup(port: int) -> Setup:
    return Setup(
        store="sqlite",
        more=f'[[webhooks]]\nurl = "http://127.0.0.1:{port}/"\nevents = ["*"]\naccount = "acme"\n'
        f'name = "example"\nsecret = "{SECRET}"\n',
    )


async def test_it_does_everything_once(open_house: OpenHouse, tmp_path: Path) -> None:
    async with running(tmp_path) as (it, port):
        house = await open_house(setup(port))
        await send_test(house, "example")
        assert (await it.line()).endswith("acme webhook.test example")
        await post(tmp_path / "gateway.db", [notice(7)], "example")
        assert (await it.line()).endswith("acme intervals.client.updated 7")
        await house.until_metric("webhook_deliveries_total", 2, result="delivered")
        await post(tmp_path / "gateway.db", [notice(7), notice(8, at=2.0)], "example")
        assert (await it.line()).endswith("acme intervals.client.updated 8")
        await house.until_metric("webhook_deliveries_total", 4, result="delivered")


async def test_it_takes_nothing_that_is_signed_with_another_secret(open_house: OpenHouse, tmp_path: Path) -> None:
    async with running(tmp_path, secret=f"{SECRET[:-4]}AAAA") as (_, port):
        house = await open_house(setup(port))
        await send_test(house, "example")
        await house.until_metric("webhook_deliveries_total", 1, result="failed")
        await until_state(house, "example", "retrying")
