"""A tool that repeats a write with its Idempotency-Key, because it did not hear the answer to the first."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import House, OpenGateway, OpenHouse
from tests.journeys.program import StartProgram
from tests.journeys.tool import JSON, XML, Answer, Tool
from tests.journeys.waiting import back_at, until

KEY = '"4f0cbd1c-7ae1-4a59-a5a2-41ef9b0a6f6a"'
CLIENT = {"name": "Acme & Sons", "datecreated": "2026-11-02"}
CLIENT_XML = b"<client><name>Acme &amp; Sons</name><datecreated>2026-11-02</datecreated></client>"


async def create(tool: Tool, accept: str = JSON, body: object = CLIENT, **fields: str) -> Answer:
    return await tool.ask("POST", "/client/", accept, body, **{"idempotency_key": KEY, **fields})


def created(house: House) -> int:
    """Clients that the upstream has under this name."""
    rows = house.simulator.service.world("acme").tables["client"].values()
    return sum(row["name"] == "Acme &amp; Sons" for row in rows)


async def test_a_write_is_repeated_in_the_other_format_and_done_once(open_house: OpenHouse) -> None:
    house = await open_house()
    first = await create(house.tool())
    again = await create(house.tool(), XML, CLIENT_XML, content_type=XML)
    assert (first.status, again.status) == (201, 201)
    assert again.xml.findtext("client/id") == first.json["client"]["id"]
    assert again.headers["Content-Type"].startswith(XML)
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert (first.cost, again.cost, again.headers.get("Cache-Status")) == (1, 0, None)
    assert (created(house), len(house.arrivals("POST"))) == (1, 1)
    await house.until_metric("request_duration_seconds_count", 1, app="timesheets", outcome="replayed")

    other = await create(house.tool(), XML, {"name": "Another", "datecreated": "2026-11-02"})
    assert (other.status, other.problem) == (422, "idempotency_mismatch")
    assert (await create(house.tool("invoices"))).headers.get("Idempotent-Replayed") is None, "its keys are its own"


async def test_of_two_callers_at_once_one_is_sent(open_house: OpenHouse) -> None:
    house = await open_house()
    house.relay.hold()
    first = asyncio.create_task(create(house.tool()))
    await until(lambda: house.arrivals("POST"))
    second = await create(house.tool(), XML)
    assert (second.status, second.problem) == (409, "idempotency_running")
    assert second.retry_after > 0
    house.relay.release()
    assert (await first).status == 201
    assert (await create(house.tool(), XML)).headers["Idempotent-Replayed"] == "true"
    assert created(house) == 1


async def test_two_gateways_on_one_store_send_it_once(open_house: OpenHouse, open_gateway: OpenGateway) -> None:
    setup = Setup(store="sqlite")
    house = await open_house(setup)
    beside = await open_gateway(house, setup)
    answers = await asyncio.gather(*(create(place.tool()) for place in (house, beside) * 5))
    assert sorted({answer.status for answer in answers}) in ([201], [201, 409])
    assert sum(answer.headers.get("Idempotent-Replayed") is None and answer.status == 201 for answer in answers) == 1
    for place in (house, beside):
        assert (await create(place.tool())).headers["Idempotent-Replayed"] == "true"
    assert created(house) == 1


@pytest.mark.parametrize("fault", ["apply_then_reset", "timeout", "truncated"])
async def test_a_lost_answer_is_said_to_be_lost(open_house: OpenHouse, fault: str) -> None:
    house = await open_house(Setup(timeout=0.3))
    house.simulator.fail_next(fault)
    assert (await create(house.tool())).status in (502, 504)
    for accept in (JSON, XML):
        again = await create(house.tool(), accept)
        assert (again.status, again.problem) == (409, "idempotency_unknown")
        assert b"new key" in again.body
    assert created(house) == 1
    assert (await create(house.tool(), idempotency_key="another")).status == 201, "as the answer advises"


async def test_what_was_refused_by_a_limit_may_be_repeated(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=1, period=1.2, patience=0.1))
    await house.tool().get("/time/900001")
    refused = await create(house.tool())
    assert (refused.status, refused.problem) == (429, "wait_too_long")
    await back_at(refused.retry_after)
    assert (await create(house.tool())).status == 201
    assert created(house) == 1


async def test_answers_survive_a_restart(open_house: OpenHouse, start_program: StartProgram, tmp_path: Path) -> None:
    house = await open_house()
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    program = await start_program(config)
    first = await create(house.tool_at(program.url))
    await program.kill()
    program = await start_program(config)
    again = await create(house.tool_at(program.url), XML)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.xml.findtext("client/id") == first.json["client"]["id"]
    assert created(house) == 1


async def test_kill_9_between_sending_and_answering_leaves_it_unknown_and_says_so(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = Setup(store="sqlite", timeout=0.2).write(tmp_path, house.relay.url)
    program = await start_program(config)
    house.relay.hold()

    async def hears_nothing() -> None:
        with suppress(aiohttp.ClientError):
            await create(house.tool_at(program.url))

    asking = asyncio.create_task(hears_nothing())
    await until(lambda: house.arrivals("POST"))
    await program.kill()
    await asking
    house.relay.release()

    program = await start_program(config)
    running = await create(house.tool_at(program.url))
    assert (running.status, running.problem) == (409, "idempotency_running"), "it could still be under way"
    await back_at(running.retry_after)
    unknown = await create(house.tool_at(program.url), XML)
    assert (unknown.status, unknown.problem) == (409, "idempotency_unknown")
    assert (created(house), len(house.arrivals("POST"))) == (1, 1)
