from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.simulator import Simulator
from tests.simulator.asking import basic, small


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(small()) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": basic("acmeadmin01")}) as opened:
        yield opened


async def told(
    simulator: Simulator, session: aiohttp.ClientSession, path: str = "", method: str = "GET", **request: Any
) -> tuple[int, Any]:
    async with session.request(method, f"{simulator.url}__simulator__/{path}", **request) as response:
        return response.status, await response.json()


async def test_options_over_the_wire(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    wanted = {
        "limit": 5, "period": 2, "latency": 0, "per_day": None, "frozen": 1.5, "account_states": {"acme": "banned"},
        "canned": {"/task/": {"body": "own", "status": 299, "headers": {"X-Own": "1"}}},
    }  # fmt: skip
    status, state = await told(simulator, session, "options", "PUT", json=wanted)
    assert status == 200
    assert {name: state["options"][name] for name in wanted} == wanted | {"canned": {"/task/": 299}}
    assert simulator.options.canned["/task/"].body == b"own"
    async with session.get(f"{simulator.url}task/") as response:
        assert response.status == 418


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "options", {"limit": "many"}),
        ("PUT", "options", {"colour": 1}),
        ("PUT", "options", {"seed": 2}),
        ("PUT", "options", [1]),
        ("POST", "fault", {"kind": "nonsense"}),
        ("POST", "fault", {}),
        ("POST", "fault", {"kind": "reset", "times": "two"}),
        ("POST", "nowhere", {}),
        ("GET", "nowhere", None),
    ],
)
async def test_mistakes_are_told(
    simulator: Simulator, session: aiohttp.ClientSession, method: str, path: str, body: object
) -> None:
    status, answer = await told(simulator, session, path, method, json=body)
    assert status == 400
    assert answer["error"]


async def test_faults_spending_and_reset(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    _, state = await told(simulator, session, "fault", "POST", json={"kind": "database", "times": 2})
    assert state["faults"] == ["database", "database"]
    _, state = await told(simulator, session, "spend", "POST", json={"account": "acme", "requests": 90})
    assert (state["used"]["acme"], state["per_day"]["acme"]) == (90, 6000)
    _, state = await told(simulator, session, "reset", "POST")
    assert (state["faults"], state["used"]["acme"]) == ([], 0)


async def test_the_journal_leaves_the_simulator_s_own_paths_out(
    simulator: Simulator, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{simulator.url}me") as response:
        assert response.status == 200
    _, journal = await told(simulator, session, "journal?period=5&last=1")
    assert (journal["requests"], journal["worst_window"]) == (1, {"period": 5, "requests": 1})
    assert journal["arrivals"][0]["target"] == "/me"
    assert (await told(simulator, session))[1]["requests"] == 1
