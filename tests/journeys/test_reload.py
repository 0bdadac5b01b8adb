"""A gateway in a process of its own is told to read its configuration anew, by a signal and by its operators."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.journeys.configuration import KEYS, Setup
from tests.journeys.house import House, OpenHouse
from tests.journeys.program import Program, StartProgram
from tests.journeys.tool import Tool
from tests.journeys.waiting import DEADLINE, back_at

NEW_KEY = "timesheets-from-tomorrow-on"


async def told(program: Program, event: str) -> str:
    """Read what it writes until it says this."""
    async with asyncio.timeout(DEADLINE):
        while f'"event":"{event}"' not in (line := await program._line()):
            continue
    return line


async def test_a_key_in_a_file_is_exchanged_without_a_restart(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    house = await open_house()
    secret = tmp_path / "key"
    secret.write_text(KEYS["timesheets"], encoding="utf-8")
    config = Setup(store="sqlite").write(tmp_path, house.relay.url)
    text = config.read_text(encoding="utf-8").replace(f'key = "{KEYS["timesheets"]}"', 'key = { file = "key" }')
    config.write_text(text, encoding="utf-8")
    program = await start_program(config)
    old, new = (Tool(house.session, program.url, {"X-Api-Key": key}) for key in (KEYS["timesheets"], NEW_KEY))
    for _ in range(3):
        assert (await old.get("/client/")).status == 200

    secret.write_text(NEW_KEY, encoding="utf-8")
    program.process.send_signal(signal.SIGHUP)
    line = await told(program, "reloaded")
    assert '"changed":["apps.timesheets.key"]' in line
    assert (await old.get("/client/")).status == 401
    answer = await new.get("/client/")
    assert (answer.status, answer.headers["Quota-Cost"]) == (200, "0"), "what is stored was kept"

    config.write_text(text.replace("[queue]", "[queue]\nbaklog = 3"), encoding="utf-8")
    program.process.send_signal(signal.SIGHUP)
    assert "queue.baklog: is no known key; did you mean 'backlog'?" in await told(program, "reload_refused")
    assert (await new.get("/client/")).status == 200
    program.process.terminate()
    assert await program.end() == 0
    assert NEW_KEY not in "".join(program.lines)


async def test_reloads_disturb_nobody(open_house: OpenHouse, start_program: StartProgram, tmp_path: Path) -> None:
    house = await open_house()
    config = Setup(store="sqlite", limit=0).write(tmp_path, house.relay.url)
    text = config.read_text(encoding="utf-8")
    program = await start_program(config)
    done = asyncio.Event()
    callers = [asyncio.create_task(asking(house, program, app, done)) for app in ("timesheets", "invoices", "own")]
    for number in range(20):
        config.write_text(text.replace("backlog = 1000", f"backlog = {1000 + number % 2}"), encoding="utf-8")
        async with house.session.post(f"{program.operations_url}-/reload") as response:
            assert (await response.json())["reloaded"]
        await back_at(0.01)
    done.set()
    statuses = [status for answered in await asyncio.gather(*callers) for status in answered]
    assert len(statuses) > 60
    assert set(statuses) == {200}


async def asking(house: House, program: Program, app: str, done: asyncio.Event) -> list[int]:
    """Hits, selections and misses, one after the other."""
    tool, statuses = house.tool_at(program.url, app), list[int]()
    while not done.is_set():
        targets = ("/client/", f"/task/?limit={len(statuses) + 1}", "/project/?active=t")
        statuses += [(await tool.get(target)).status for target in targets]
    return statuses
