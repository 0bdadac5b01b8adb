"""How long the event loop pauses while a long list is translated for one caller, and what others notice of it.

    python -m benchmarks.long_list [ROWS]

The gateway is a process of its own, in which a ticker notes how late the loop gives it its turn. One caller reads a
list of about 10 MB in XML that the upstream sends in JSON; meanwhile another reads a cached list again and again.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.app import Gateway
from gateway.settings import load
from gateway.simulator import Canned
from tests.journeys.configuration import Setup
from tests.journeys.house import open_house, options
from tests.journeys.test_long_list import long_list
from tests.journeys.tool import JSON, XML, Tool

ROWS = 90_000
_TICK = 0.001


async def observed_gateway(config: Path) -> None:
    """Run a gateway until the input ends; write where it listens, then the longest pause of its loop in seconds."""
    with Log(lambda _: None, as_json, Redaction()) as log:
        async with Gateway(load(config, {}), log) as gateway:
            sys.stdout.write(f"{gateway.url}\n")
            sys.stdout.flush()
            ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            longest = 0.0
            while not ended.done():
                began = perf_counter()
                await asyncio.sleep(_TICK)
                longest = max(longest, perf_counter() - began - _TICK)
    sys.stdout.write(f"{longest}\n")


async def read_beside_one_another(tool: Tool) -> tuple[float, list[float]]:
    """Seconds of the long read, and of each cached read beside it."""
    await tool.get("/client/", XML)
    hits: list[float] = []
    began = perf_counter()
    async with asyncio.TaskGroup() as callers:
        long_one = callers.create_task(tool.get("/task/?limit=0", XML, accept_encoding="identity"))
        while not long_one.done():
            asked = perf_counter()
            await tool.get("/client/", XML)
            hits.append(perf_counter() - asked)
    assert long_one.result().status == 200
    return perf_counter() - began, sorted(hits)


async def main(rows: int) -> None:
    """Measure once and write what was found."""
    body = long_list(rows)
    upstream = options(canned={"/task/": Canned(body, 200, {"Content-Type": JSON})})
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        house = await open_house(stack, folder, Setup(timeout=60), upstream=upstream)
        words = ("-m", "benchmarks.long_list", "--gateway", str(folder / "config.toml"))
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        whole, hits = await read_beside_one_another(replace(house.tool(), url=url))
        longest = float((await process.communicate(b""))[0])
    sys.stdout.write(
        f"list of {rows} rows, {len(body) / 1e6:.1f} MB of JSON, read as XML in {whole:.2f} s\n"
        f"longest pause of the gateway's loop {longest * 1000:.1f} ms\n"
        f"{len(hits)} cached reads meanwhile: median {hits[len(hits) // 2] * 1000:.1f} ms, "
        f"slowest {hits[-1] * 1000:.1f} ms\n"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--gateway"]:
        asyncio.run(observed_gateway(Path(sys.argv[2])))
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
