"""After all kinds of traffic nothing that was written holds a token, a key, or what a caller searched for."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import aiohttp

from tests.journeys.configuration import ADMIN, GLOBEX, KEYS, RESOURCE, RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse
from tests.journeys.program import StartProgram
from tests.journeys.tool import JSON, XML, Tool

STRANGE_KEY, STRANGE_TOKEN = "stranger-3f2e1d0c9b8a", "somebody0tok"
SEARCHED = "Pssst-very-private-42"
WRITTEN = "Salary-of-nobody-77"


def spellings(secret: str) -> set[bytes]:
    """A secret as it may be written: plain, percent-encoded, and as Basic credentials hold it."""
    basic = {base64.b64encode(f"{secret}:{word}".encode())[:12] for word in ("x", "X", "")}
    return {secret.encode(), quote(secret).encode(), *basic}


def written_to(folder: Path) -> dict[str, bytes]:
    """The store's files."""
    return {path.name: path.read_bytes() for path in folder.glob("gateway.db*")}


async def all_kinds_of_traffic(house: House, url: str) -> list[bytes]:
    """Hits, misses, writes, refusals and faults; tells the problems that callers were given."""
    problems: list[bytes] = []

    async def ask(tool: Tool, method: str, target: str, body: object = None, **fields: str) -> None:
        for accept in (JSON, XML):
            answer = await tool.ask(method, target, accept, body, **fields)
            if answer.problem is not None:
                problems.append(answer.body + repr(answer.headers).encode())

    own, guest = (Tool(house.session, url, house.tool(app, RESOURCE).fields) for app in ("own", "guest"))
    stranger = Tool(house.session, url, {"X-Api-Key": STRANGE_KEY})
    for tool in (house.tool_at(url), own, guest, stranger, house.tool_at(url, "globex")):
        await ask(tool, "GET", f"/client/?search={SEARCHED}")
        await ask(tool, "GET", f"/nowhere/?apikey={KEYS['timesheets']}&search={SEARCHED}")
        await ask(tool, "PUT", "/client/4501", {"name": WRITTEN})
        await ask(tool, "PUT", "/client/4501", b"<" + WRITTEN.encode(), content_type=XML)
        await ask(tool, "GET", f"/client/{KEYS['invoices']}")
    for fault in ("reset", "truncated", "timeout", "error"):
        house.simulator.fail_next(fault, times=2)
        await ask(own, "GET", f"/task/?title={SEARCHED}-{fault}")
    house.simulator.options.user_states[RESOURCE] = "inactive"
    await ask(own, "GET", f"/project/?search={SEARCHED}")
    house.simulator.options.account_states["acme"] = "banned"
    await ask(house.tool_at(url), "GET", f"/project/?search={SEARCHED}")
    return problems


async def test_nothing_written_holds_a_secret(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    config = Setup(store="sqlite", timeout=0.3).write(tmp_path, house.relay.url)
    program = await start_program(config)
    problems = await all_kinds_of_traffic(house, program.url)
    metrics = await house.metrics(program.operations_url)
    async with aiohttp.ClientSession() as session, session.get(f"{program.operations_url}readyz") as response:
        pages = metrics.encode() + await response.read()
    program.process.terminate()
    assert await program.end() == 0
    said = "".join(program.lines).encode()
    files = written_to(tmp_path)

    secrets = [*KEYS.values(), ADMIN, RESOURCE, RESTRICTED, GLOBEX, STRANGE_KEY, STRANGE_TOKEN]
    assert said.count(b'"event":"request"') > 40
    assert len(problems) > 10
    assert files
    for where, text in {"log": said, "metrics": pages, "problems": b"".join(problems), **files}.items():
        for secret in secrets:
            found = [spelling for spelling in spellings(secret) if spelling in text]
            assert not found, f"{secret} is written in {where}"
    for where, text in {"log": said, "metrics": pages, "problems": b"".join(problems)}.items():
        assert SEARCHED.encode() not in text, f"a query's value is written in {where}"
        assert WRITTEN.encode() not in text, f"a body is written in {where}"


async def test_the_store_does_not_tell_what_was_searched_for(open_house: OpenHouse, tmp_path: Path) -> None:
    house = await open_house(Setup(store="sqlite"))
    await house.tool().get(f"/client/?search={SEARCHED}")
    await house.stop()
    held = written_to(tmp_path)
    assert held
    for name, octets in held.items():
        assert SEARCHED.encode() not in octets, f"a query's value is written in {name}"


async def test_every_request_has_one_line_with_what_happened_to_it(open_house: OpenHouse) -> None:
    house = await open_house()
    tool = house.tool()
    for _ in range(2):
        await tool.get(f"/client/?search={SEARCHED}&limit=5", XML, x_request_id="from-the-tool-1")
    await tool.ask("PUT", "/client/4501", JSON, {"name": "X"})
    await Tool(house.session, house.gateway.url, {}).get("/client/")
    await house.stop()
    lines = [json.loads(line) for line in b"".join(house.lines).splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    told = [(line.get("app"), line["method"], line["status"], line["outcome"], line["cost"]) for line in requests]
    assert told == [
        ("timesheets", "GET", 200, "miss", 1),
        ("timesheets", "GET", 200, "hit", 0),
        ("timesheets", "PUT", 202, "write", 1),
        (None, "GET", 401, "refused", 0),
    ]
    assert requests[0]["request_id"] == "from-the-tool-1"
    assert requests[0]["parameters"] == ["search", "limit"]
