"""The gateway as a process: it starts or says why not, stops gracefully, and remembers over a restart."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing, suppress
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.program import StartProgram, served
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until


async def test_sigterm_completes_what_is_sent_and_refuses_what_waits(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    program = await start_program(
        Setup(store="sqlite", limit=2, period=60, patience=600).write(tmp_path, house.relay.url)
    )
    tool = house.tool_at(program.url)
    house.relay.hold()
    sent = [asyncio.create_task(tool.get(target)) for target in house.far_apart(2)]
    await until(lambda: len(house.arrivals()) == 2)
    waiting = [asyncio.create_task(tool.get(target, XML)) for target in house.far_apart(4)[2:]]
    waiting += [asyncio.create_task(tool.ask("PUT", "/time/900005", XML, {"description": "X"}))]
    await house.until_waiting(3, at=program.operations_url)

    program.process.terminate()
    for answer in await asyncio.gather(*waiting):
        assert (answer.status, answer.problem) == (503, "shutting_down")
    assert not any(task.done() for task in sent)
    house.relay.release()
    assert [answer.status for answer in await asyncio.gather(*sent)] == [200, 200]
    assert await program.end() == 0
    assert len(house.arrivals()) == 2
    assert '"event":"stopped"' in "".join(program.lines)


async def test_an_idle_gateway_stops_at_once_also_with_connections_kept_alive(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    program = await start_program(Setup().write(tmp_path, house.relay.url))
    address = program.url.removeprefix("http://").rstrip("/").split(":")
    reader, writer = await asyncio.open_connection(*address)
    writer.write(b"GET /me/ HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    program.process.terminate()
    async with asyncio.timeout(5):
        assert await program.end() == 0
    writer.close()
    await writer.wait_closed()


async def test_what_is_stored_and_what_is_spent_survive_a_restart(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    for answers in ([1, 0], [0, 0]):
        program = await start_program(config)
        tool = house.tool_at(program.url)
        assert [(await tool.get("/client/", accept)).cost for accept in (JSON, XML)] == answers
        assert (await tool.get("/client/", XML)).body == house.truth("/client/", XML).body
        assert await house.metric("quota_used_requests", at=program.operations_url, budget="acme") == 1
        program.process.terminate()
        assert await program.end() == 0
    assert len(house.arrivals()) == 1


async def test_what_a_write_dropped_stays_dropped_over_kill_9(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    program = await start_program(config)
    tool = house.tool_at(program.url)
    await tool.get("/client/4501")
    await tool.get("/project/?limit=0")
    assert (await tool.ask("PUT", "/client/4501", JSON, {"name": "Renamed"})).status == 202
    await program.kill()
    program = await start_program(config)
    tool = house.tool_at(program.url)
    assert (await tool.get("/client/4501")).json["client"]["name"] == "Renamed"
    assert b"Renamed" in (await tool.get("/project/?limit=0")).body


async def test_what_a_write_may_have_changed_is_dropped_when_kill_9_came_before_its_answer(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    program = await start_program(config)
    tool = house.tool_at(program.url)
    for target in ("/client/4501", "/project/?limit=0", "/module/"):
        await tool.get(target)
    house.relay.hold()
    writing = asyncio.create_task(tool.ask("PUT", "/client/4501", JSON, {"name": "Renamed"}))
    await until(lambda: bool(house.arrivals("PUT")))
    await program.kill()
    with suppress(aiohttp.ClientError):
        await writing
    house.relay.release()
    house.simulator.journal.clear()
    program = await start_program(config)
    tool = house.tool_at(program.url)
    assert (await tool.get("/client/4501")).json["client"]["name"] == "Renamed"
    assert b"Renamed" in (await tool.get("/project/?limit=0")).body
    await tool.get("/module/")
    assert {arrival.resource for arrival in house.arrivals()} == {"client", "project"}, "the rest is still stored"


@pytest.mark.parametrize("damage", [b"", b"this is no database, it never was one\n" * 200])
async def test_a_damaged_store_does_not_stop_the_gateway(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path, damage: bytes
) -> None:
    house = await open_house()
    (tmp_path / "gateway.db").write_bytes(damage)
    program = await start_program(Setup(store="sqlite").write(tmp_path, house.relay.url))
    assert (await house.tool_at(program.url).get("/client/")).status == 200
    program.process.terminate()
    assert await program.end() == 0


async def test_a_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        config = Setup(store="sqlite").write(tmp_path, "http://127.0.0.1:9/")
        config.write_text(config.read_text().replace("port = 0", f"port = {port}", 1))
        async with asyncio.timeout(5):
            code, said = await served(config)
    assert code == 1
    assert "Another program listens there" in said
    assert "Traceback" not in said


async def test_a_configuration_with_mistakes_starts_nothing(tmp_path: Path) -> None:
    config = Setup(more='[apps.lost]\naccount = "nobody"\nkey = "k"\ncolour = "red"\n').write(
        tmp_path, "http://[::1]:9/"
    )
    code, said = await served(config)
    assert code == 2
    assert "accounts.nobody" in said
    assert "colour" in said
