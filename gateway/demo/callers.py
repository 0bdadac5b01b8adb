"""The callers: each sends its requests over real sockets with the app's key, and comes back when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import aiohttp

from gateway.demo.tally import Tally
from gateway.demo.workload import Call

_TRIES = 6
"""How often a caller that is told to come back later does so."""

_CONNECTIONS = 200
_TIMEOUT = aiohttp.ClientTimeout(total=60)


def key(app: str) -> str:
    """The app's key in the demo's configuration; no secret."""
    return f"demo-{app}"


async def play(url: str, calls: Sequence[Call], tallies: Mapping[str, Tally], *, pace: float) -> None:
    """Send every request at its time (times are multiplied by `pace`) and count the answers as they come."""
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT) as session, asyncio.TaskGroup() as group:
        began = loop.time()
        for call in calls:
            await asyncio.sleep(max(0.0, began + call.at * pace - loop.time()))
            group.create_task(_send(session, url, call, tallies[call.app]))


async def _send(session: aiohttp.ClientSession, url: str, call: Call, tally: Tally) -> None:
    """Send one request, again after the time that a refusal names. A refused request was never sent on."""
    for _ in range(_TRIES):
        try:
            async with session.request(
                call.method,
                url.rstrip("/") + call.target,
                headers=_fields(call),
                data=call.body or None,
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            tally.fail(f"no answer: {type(error).__name__}")
            return
        tally.answer(answer.status, answer.headers, method=call.method, xml=call.xml)
        if answer.status != HTTPStatus.TOO_MANY_REQUESTS or "Retry-After" not in answer.headers:
            return
        await asyncio.sleep(int(answer.headers["Retry-After"]))
    tally.unexpected["gave up after refusals"] += 1


def _fields(call: Call) -> dict[str, str]:
    media = "application/xml" if call.xml else "application/json"
    fields = {"Accept": media, "Authorization": aiohttp.encode_basic_auth(key(call.app), "x")}
    if call.body:
        fields["Content-Type"] = media
    if call.wait is not None:
        fields["Prefer"] = f"wait={call.wait}"
    return fields
