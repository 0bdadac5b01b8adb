"""One running gateway before the simulator: both listeners, from start to a stop that loses nothing."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from gateway.app import Gateway, running
from gateway.simulator import Simulator
from tests.app.configured import KEY, TOKEN, Kept, settings
from tests.journeys.waiting import until
from tests.simulator.asking import small


class Place:
    """A simulator, a gateway before it, and a caller."""

    def __init__(self, folder: Path, simulator: Simulator, **changes: str) -> None:
        of = settings(folder, upstream__url=simulator.url, **changes)
        self.simulator, self.kept = simulator, Kept(of)
        self.gateway = Gateway(of, self.kept.log)
        self.session = aiohttp.ClientSession(headers={"X-Api-Key": KEY})

    async def get(self, target: str = "client/", **fields: str) -> tuple[int, bytes]:
        async with self.session.get(self.gateway.url + target, headers=fields) as answer:
            return answer.status, await answer.read()

    async def operations(self, target: str) -> tuple[int, bytes]:
        async with self.session.get(self.gateway.operations_url + target) as answer:
            return answer.status, await answer.read()


@asynccontextmanager
async def place(folder: Path, *, started: bool = True, **changes: str) -> AsyncIterator[Place]:
    async with Simulator(small()) as simulator:
        it = Place(folder, simulator, **changes)
        async with it.session:
            if started:
                async with it.gateway:
                    yield it
            else:
                yield it


async def test_a_tool_is_served_and_an_operator_sees_it(tmp_path: Path) -> None:
    async with place(tmp_path) as it:
        for accept in ("application/json", "application/xml"):
            status, body = await it.get(Accept=accept)
            assert (status, b"Acme" in body or b"client" in body) == (200, True)
        assert len(it.simulator.arrivals()) == 1
        assert await it.operations("livez") == (200, b'{"alive":true}\n')
        assert (await it.operations("readyz"))[0] == 200
        metrics = (await it.operations("metrics"))[1].decode()
        spent = 'upstream_requests_total{account="acme",app="tool",method="GET",resource="client"} 1.0'
        assert f"intervals_gateway_{spent}" in metrics
        assert 'quota_used_requests{budget="acme",source="ledger",window="day"} 1.0' in metrics
    assert it.kept.events[0] == "started"
    assert it.kept.events[-2:] == ["stopping", "stopped"]


async def test_one_access_line_for_each_request_and_no_secret_in_any(tmp_path: Path) -> None:
    async with place(tmp_path) as it:
        await it.get("client/?limit=1")
        async with it.session.get(it.gateway.url, headers={"X-Api-Key": "wrong-key"}) as answer:
            assert answer.status == 401
    lines = [line for line in it.kept.lines() if "request_id" in line]
    assert [line["status"] for line in lines] == [200, 401]
    for secret in (KEY, TOKEN, "wrong-key"):
        assert secret.encode() not in it.kept.octets


async def test_a_stop_refuses_who_waits_and_completes_what_was_sent(tmp_path: Path) -> None:
    async with place(tmp_path, started=False, egress__limit="1", queue__patience="120s") as it:
        await it.gateway.__aenter__()
        it.simulator.options.latency = 0.5
        sent = asyncio.create_task(it.get("client/"))
        await until(it.simulator.arrivals)
        waiting = asyncio.create_task(it.get("project/"))
        late = asyncio.create_task(it.get("task/", Prefer="wait=1"))
        assert (await late)[0] == 429
        await it.gateway.stop()
        assert (await sent)[0] == 200
        status, body = await waiting
        assert (status, b"shutting_down" in body) == (503, True)
        assert len(it.simulator.arrivals()) == 1
        with pytest.raises(aiohttp.ClientConnectionError):
            await it.get("client/")


async def test_what_was_spent_and_stored_outlives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    async with place(tmp_path, store__url=url) as it:
        await it.get()
        async with (
            Gateway(it.gateway.settings, it.kept.log) as another,
            it.session.get(another.url + "client/") as answer,
        ):
            assert answer.headers["Cache-Status"].startswith("intervals-gateway; hit")
            assert '"minute";r=99;' in answer.headers["RateLimit"]
        assert len(it.simulator.arrivals()) == 1


async def test_a_write_whose_answer_a_stop_cuts_off_drops_what_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_STOP_PATIENCE", 0.3)
    async with place(tmp_path, started=False, store__url=f"sqlite:///{tmp_path / 'kept.db'}") as it:
        await it.gateway.__aenter__()
        await it.get()
        it.simulator.fail_next("timeout")
        writing = asyncio.create_task(it.session.post(it.gateway.url + "client/", json={"name": "x"}))
        await until(lambda: it.simulator.arrivals("POST"))
        await it.gateway.stop()
        await asyncio.gather(writing, return_exceptions=True)
        stored_only = {"Cache-Control": "only-if-cached"}
        async with (
            Gateway(it.gateway.settings, it.kept.log) as another,
            it.session.get(another.url + "client/", headers=stored_only) as answer,
        ):
            assert answer.status == 504


async def test_a_start_that_fails_leaves_nothing_open(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        async with place(tmp_path, started=False, operations__port=port) as it:
            with pytest.raises(OSError, match="in use"):
                await asyncio.wait_for(it.gateway.__aenter__(), 5)
            with pytest.raises(aiohttp.ClientConnectionError):
                await it.get()


async def test_an_upstream_that_is_away_is_told_and_costs_nothing(tmp_path: Path) -> None:
    async with place(tmp_path) as it:
        await it.simulator.stop()
        status, body = await it.get(Accept="application/json")
        assert (status, json.loads(body)["type"]) == (502, "urn:intervals-gateway:upstream_unreachable")
        async with it.session.get(it.gateway.url + "client/") as answer:
            assert '"day";r=6000;' in answer.headers["RateLimit"]
