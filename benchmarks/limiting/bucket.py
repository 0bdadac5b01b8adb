"""The control: a proxy that limits by a token bucket, as most limiters do. `python -m benchmarks.limiting.bucket`

Tokens come at an even rate and a full bucket may be spent at once, so that a window that begins with a full bucket
holds nearly twice the limit. Whoever waits waits in one line, first come, first served.
"""

from __future__ import annotations

import asyncio
import sys

import aiohttp
from aiohttp import web


class TokenBucket:
    """`size` tokens at most, `rate` new ones a second."""

    def __init__(self, size: float, rate: float) -> None:
        self._size, self._rate = size, rate
        self._tokens, self._at = size, asyncio.get_running_loop().time()
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Come back with a token."""
        async with self._turn:  # its waiters are woken in order
            self._fill()
            if self._tokens < 1:
                await asyncio.sleep((1 - self._tokens) / self._rate)
                self._fill()
            self._tokens -= 1

    def _fill(self) -> None:
        now = asyncio.get_running_loop().time()
        self._tokens = min(self._size, self._tokens + (now - self._at) * self._rate)
        self._at = now


async def serve(port: int, origin: str, *, size: float, rate: float) -> None:
    """Pass reads on to the origin, each with a token."""
    bucket = TokenBucket(size, rate)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def passed(request: web.BaseRequest) -> web.Response:
            await bucket.take()
            fields = {"Authorization": request.headers.get("Authorization", ""), "Accept": "application/json"}
            async with session.get(origin + request.path_qs, headers=fields) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")

        runner = web.ServerRunner(web.Server(passed, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2], size=float(sys.argv[3]), rate=float(sys.argv[4])))
