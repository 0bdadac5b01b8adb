"""Over a real socket: what clients see of the connection itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.simulator import FaultKind, Simulator
from tests.simulator.asking import NOON, basic, small


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(small()) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": basic("acmeadmin01"), "Accept": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as opened:
        yield opened


async def fetch(session: aiohttp.ClientSession, url: str, method: str = "GET", **request: Any) -> tuple[int, bytes]:
    async with session.request(method, url, **request) as response:
        return response.status, await response.read()


async def test_an_answer_and_its_arrival(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{simulator.url}client/?limit=1") as response:
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Content-Length"] == str(len(await response.read()))
    [arrival] = simulator.arrivals("GET", "client")
    assert (arrival.account, arrival.token_name, arrival.status) == ("acme", "acmeadmin01", 200)
    assert (arrival.target, arrival.accept, arrival.address) == ("/client/?limit=1", "application/json", "127.0.0.1")


async def test_no_accept_is_xml(simulator: Simulator) -> None:
    headers = {"Authorization": basic("acmeadmin01")}
    async with aiohttp.ClientSession(headers=headers, skip_auto_headers=["Accept"]) as session:
        assert (await fetch(session, f"{simulator.url}me"))[1].startswith(b"<?xml")


async def test_head_has_the_length_but_no_body(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    _, body = await fetch(session, f"{simulator.url}client/")
    async with session.head(f"{simulator.url}client/") as response:
        assert (response.status, await response.read()) == (200, b"")
        assert response.headers["Content-Length"] == str(len(body))


async def test_a_chunked_body_is_411(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name":"x"}'

    json_body = {"Content-Type": "application/json"}
    status, body = await fetch(session, f"{simulator.url}client/", "POST", data=chunks(), headers=json_body)
    assert (status, b'"code":411' in body) == (411, True)
    status, _ = await fetch(session, f"{simulator.url}client/4501", "PUT", json={"phone": "1"})
    assert status == 202


async def test_a_percent_encoded_query(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    status, body = await fetch(session, f"{simulator.url}task/?title=Kick-off+meeting&statusid=1%2C2")
    assert (status, b"error" in body) == (200, False)


async def test_limits_are_told_by_the_journal(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.options.limit = 3
    statuses = [(await fetch(session, f"{simulator.url}me"))[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 400, 400]
    assert [arrival.api_code for arrival in simulator.refused] == [12, 12]
    assert simulator.worst_window(60) == 5


async def test_a_reset_takes_no_effect(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.fail_next("reset")
    with pytest.raises(aiohttp.ClientConnectionError):
        await fetch(session, f"{simulator.url}client/4501", "POST", json={"name": "X"})
    assert simulator.service.world("acme").tables["client"]["4501"]["name"] != "X"
    assert [arrival.status for arrival in simulator.journal] == [0]


async def test_a_reset_after_the_effect(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.fail_next(FaultKind.APPLY_THEN_RESET)
    with pytest.raises(aiohttp.ClientConnectionError):
        await fetch(session, f"{simulator.url}client/4501", "POST", json={"name": "X"})
    assert simulator.service.world("acme").tables["client"]["4501"]["name"] == "X"


async def test_a_truncated_answer(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.fail_next(FaultKind.TRUNCATED)
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetch(session, f"{simulator.url}client/")
    assert (await fetch(session, f"{simulator.url}client/"))[0] == 200


async def test_no_answer_until_it_stops(session: aiohttp.ClientSession) -> None:
    arrived = asyncio.Event()

    def now() -> float:
        arrived.set()
        return NOON

    async with Simulator(small(now=now)) as simulator, asyncio.TaskGroup() as waiting:
        simulator.fail_next(FaultKind.TIMEOUT)
        arrived.clear()
        answer = waiting.create_task(_outcome(session, simulator.url))
        await arrived.wait()
        assert not answer.done()
        await simulator.stop()
    assert answer.result() == "broken"


async def _outcome(session: aiohttp.ClientSession, url: str) -> str:
    try:
        await fetch(session, url)
    except aiohttp.ClientConnectionError:
        return "broken"
    return "answered"


async def test_faults_strike_once_each(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.fail_next("error", times=2)
    simulator.fail_next("offline")
    assert [(await fetch(session, f"{simulator.url}me"))[0] for _ in range(4)] == [500, 500, 502, 200]
    with pytest.raises(ValueError, match="nonsense"):
        simulator.fail_next("nonsense")


async def test_header_fields_of_ones_own(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.options.answer_headers["Cache-Control"] = "max-age=9"
    async with session.get(f"{simulator.url}me") as response:
        assert response.headers["Cache-Control"] == "max-age=9"


async def test_reset_forgets_everything_but_options(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    simulator.options.latency = 0.000001
    await fetch(session, f"{simulator.url}client/4501", "DELETE")
    simulator.spend("acme", 7)
    assert simulator.service.days.used("acme") == 8
    simulator.reset()
    assert not simulator.journal
    assert simulator.service.days.used("acme") == 0
    assert (await fetch(session, f"{simulator.url}client/4501"))[0] == 200
    assert simulator.options.latency == 0.000001
