"""Whatever is done to a gateway, nothing it writes anywhere holds a secret or what a query says of a person.

A process of its own is asked in every way there is, also by what is no HTTP, by a reload, right and wrong, and by an
operator; then all it wrote is searched: both streams, the store's files, every page, the collector of its traces.
"""

from __future__ import annotations

import base64
import signal
from pathlib import Path
from urllib.parse import quote

import pytest
from yarl import URL

from gateway.exchange.walk import Walk
from tests.fakes.collector import Collector
from tests.journeys.configuration import ADMIN, GLOBEX, KEYS, RESOURCE, RESTRICTED, Setup
from tests.journeys.house import House, OpenHouse
from tests.journeys.program import Program, StartProgram
from tests.journeys.test_reload import told
from tests.journeys.test_secrets import spellings, written_to
from tests.journeys.tool import JSON, XML, Tool
from tests.simulator.asking import basic

CALLBACKS = "whsec_Y2FsbGJhY2tzLW9mLW5vYm9keS1lbHNlLTE="
EVENTS = "whsec_ZXZlbnRzLW9mLW5vYm9keS1lbHNlLTIyMjI="
NEW_KEY, PASSWORD, STRANGER = "key-of-tomorrow-e1f2a3b4", "Basic-pass-word-7", "stranger-4d5e6f7a8b9c"
SECRETS = [*KEYS.values(), ADMIN, RESOURCE, RESTRICTED, GLOBEX, CALLBACKS, EVENTS, NEW_KEY, PASSWORD, STRANGER]

PERSON, MAIL, PHRASE = "Zebulon Quartermaine", "z.quartermaine@example.org", "overdue-since-spring"
PERSONAL = [PERSON, "Zebulon", "Quartermaine", "z.quartermaine", MAIL, PHRASE]
QUERY = f"search={PHRASE}&name={quote(PERSON)}&email={quote(MAIL)}&{PERSON.split(maxsplit=1)[0]}"

MORE = f"""
[telemetry]
traces = "COLLECTOR"
[apps.signed]
account = "acme"
key = "signed-8a7b6c5d4e3f"
callbacks = ["http://127.0.0.1:9/"]
secret = "{CALLBACKS}"
[[webhooks]]
url = "http://127.0.0.1:9/"
events = ["quota.*", "intervals.client.*"]
account = "acme"
secret = "{EVENTS}"
"""
PAGES = (
    "",
    "events",
    "metrics",
    "readyz",
    "api/",
    "api/status",
    "api/quota",
    "api/usage?by=app",
    "api/cache",
    "api/jobs",
    "api/webhooks",
)


async def test_no_secret_and_no_person_is_written_anywhere(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    async with Collector() as collector:
        house = await open_house()
        more = MORE.replace("COLLECTOR", collector.url)
        config = Setup(store="sqlite", timeout=0.3, limit=30, period=1, more=more).write(tmp_path, house.relay.url)
        program = await start_program(config)
        at = Tool(house.session, program.url, {})
        await everything_that_tools_do(house, program)
        await what_is_no_http(program, KEYS["timesheets"])
        kept = written_to(tmp_path)
        await put_off(house, program)
        pages = [await shown(house, program, page) for page in PAGES]
        pages += await reloads(house, program, config)
        await at.get(f"/client/?{QUERY}")
        pages += [await shown(house, program, page) for page in PAGES]
        program.process.terminate()
        assert await program.end() == 0
    said = "".join(program.lines).encode()
    places = {"streams": said, "pages": b"".join(pages), "traces": collector.octets, **written_to(tmp_path)}
    assert said.count(b'"event":"request"') > 60
    assert said.count(b'"status":400') > 5
    assert b'"event":"reload_refused"' in said
    assert len(collector.spans) > 60
    assert b"Recent refusals" in places["pages"]
    for where, octets in places.items():
        for secret in SECRETS:
            assert not [it for it in spellings(secret) if it in octets], f"{secret} is written in {where}"
        if not where.startswith("gateway.db"):  # there the rows of documents are kept, and what jobs have yet to ask
            for word in PERSONAL:
                found = [it for it in (word.encode(), quote(word).encode()) if it in octets]
                assert not found, f"{word} is written in {where}"
    for word in (MAIL, PHRASE):
        assert not [name for name, octets in kept.items() if word.encode() in octets], "only a job keeps what it asks"


async def everything_that_tools_do(house: House, program: Program) -> None:
    """Hits, misses, selections, writes, refusals, and every way in which an upstream fails."""
    own, guest = (Tool(house.session, program.url, house.tool(app, RESOURCE).fields) for app in ("own", "guest"))
    password = base64.b64encode(f"{KEYS['invoices']}:{PASSWORD}".encode()).decode()
    strangers = [
        Tool(house.session, program.url, fields)
        for fields in (
            {"X-Api-Key": STRANGER},
            {"Authorization": basic(STRANGER)},
            {"Authorization": f"Bearer {STRANGER}", "Cookie": f"session={STRANGER}"},
            {"Authorization": f"Basic {password}", "X-Request-Id": f"by-{STRANGER[:8]}"},
        )
    ]
    tools = [house.tool_at(program.url, app) for app in ("timesheets", "staff", "globex", "planner")]
    for tool in (*tools, own, guest, *strangers):
        for accept in (JSON, XML, "text/csv"):
            for target in (
                f"/client/?{QUERY}",
                f"/person/?{QUERY}&limit=3",
                f"/{quote(PERSON)}/{quote(MAIL)}/?{QUERY}",
            ):
                await tool.get(target, accept)
        await tool.ask("PUT", f"/client/4501/?{QUERY}", body={"name": PERSON, "email": MAIL})
        await tool.ask("POST", f"/client/?{QUERY}", XML, b"<" + PERSON.encode(), content_type=XML)
        await tool.ask("POST", f"/client/?{QUERY}", body=b'{"name": "' + MAIL.encode())
        await tool.ask("DELETE", f"/person/?{QUERY}")
        await tool.get(f"/client/?{QUERY}", prefer="wait=0", cache_control="no-cache")
        await tool.ask("PUT", f"/client/4501/?{QUERY}", body={"name": PERSON}, idempotency_key=f"once-{PHRASE}")
    for fault in ("reset", "truncated", "timeout", "error"):
        house.simulator.fail_next(fault, times=2)
        await own.get(f"/task/?title={PHRASE}-{fault}&{QUERY}")
        house.simulator.fail_next(fault, times=2)
        await own.ask("PUT", f"/client/4501/?{QUERY}", body={"name": PERSON})
    house.simulator.options.account_states["globex"] = "banned"
    await house.tool_at(program.url, "globex").get(f"/project/?{QUERY}")


async def put_off(house: House, program: Program) -> None:
    """Jobs, of which one is refused for its callback."""
    for tool in (house.tool_at(program.url, app) for app in ("invoices", "staff")):
        answer = await tool.get(f"/task/?{QUERY}", prefer="respond-async")
        assert answer.status == 202
        await tool.ask("PUT", f"/client/4501/{quote(PERSON)}?{QUERY}", body={"name": PERSON}, prefer="respond-async")
        await tool.get(f"/task/?{QUERY}", prefer="respond-async", callback_url=f"http://127.0.0.1:9/?{QUERY}")


async def what_is_no_http(program: Program, key: str) -> None:
    """Octets of which a parser may quote whatever it did not understand."""
    import asyncio

    url = URL(program.url)
    head = f"GET /client/?{QUERY} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {key}\r\n".encode()
    person = PERSON.encode()
    for octets in (
        head + b"X-Name: " + person + b"\0\r\n\r\n",
        head + person + b"\r\n\r\n",
        head + b"Content-Length: " + person + b"\r\n\r\n",
        head + b"Transfer-Encoding: chunked\r\n\r\n" + person + b"\r\n",
        head.replace(b"HTTP/1.1", person) + b"\r\n",
        head.replace(b"GET", MAIL.encode()) + b"\r\n",
        head.replace(b"GET", b"TRACE") + b"\r\n",
        head + b"Authorization: Basic " + person + b"\r\n\r\n",
        head + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
        head + b"X: " + person * 2000 + b"\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(octets)
        writer.write_eof()
        await reader.read()
        writer.close()


async def shown(house: House, program: Program, page: str) -> bytes:
    """A page of the operations listener; of the stream of events the first."""
    async with house.session.get(program.operations_url + page) as response:
        return await (response.content.readline() if page == "events" else response.read())


async def reloads(house: House, program: Program, config: Path) -> list[bytes]:
    """Once with another key, once with mistakes beside secrets."""
    changed(config, (KEYS["timesheets"], NEW_KEY))
    program.process.send_signal(signal.SIGHUP)
    await told(program, "reloaded")
    changed(
        config,
        (EVENTS, f"whsec_{STRANGER}"),
        (f'token = "{ADMIN}"', f'token = ["{STRANGER}"]'),
        ("[queue]", f'[queue]\n"{NEW_KEY}" = 1'),
    )
    async with house.session.post(f"{program.operations_url}-/reload") as response:
        assert response.status == 422
        return [await response.read()]


def changed(config: Path, *changes: tuple[str, str]) -> None:
    text = config.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    config.write_text(text, encoding="utf-8")


async def test_a_mistake_of_the_gateway_does_not_tell_what_it_was_about(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: object, request: object, *told: object) -> None:
        raise RuntimeError(f"{request!r} {told!r} GET /client/?{QUERY} {MAIL} Authorization: {basic(STRANGER)}")

    house = await open_house()
    monkeypatch.setattr(Walk, "handle", fails)
    for app in ("timesheets", "own"):
        answer = await house.tool(app).get(f"/client/?{QUERY}")
        assert answer.status == 500
        assert not [word for word in (*PERSONAL, *SECRETS) if word.encode() in answer.body]
    await house.stop()
    said = b"".join(house.lines)
    assert b"RuntimeError" in said
    for word in (*SECRETS, *PERSONAL):
        found = [it for it in (*spellings(word), quote(word).encode()) if it in said]
        assert not found, f"{word} is written"
