from __future__ import annotations

from aiohttp import encode_basic_auth, web
from pytest_aiohttp import AiohttpServer

from gateway.demo.callers import play
from gateway.demo.tally import Tally
from gateway.demo.workload import Call


async def test_a_caller_sends_its_key_and_format_and_comes_back_when_told(aiohttp_server: AiohttpServer) -> None:
    seen: list[web.Request] = []
    bodies: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        bodies.append(await request.text())
        if len(seen) == 1:
            return web.Response(status=429, headers={"Retry-After": "0"})
        return web.Response(headers={"Quota-Cost": "1"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = await aiohttp_server(app)
    tally = Tally()
    call = Call(0.0, "mobile", "POST", "/tasknote/?x=1", xml=True, body="<tasknote/>", wait=2)
    await play(str(server.make_url("/")), [call], {"mobile": tally}, pace=1.0)

    assert bodies == ["<tasknote/>"] * 2
    fields = seen[0].headers
    assert seen[0].path_qs == "/tasknote/?x=1"
    assert fields["Authorization"] == encode_basic_auth("demo-mobile", "x")
    assert fields["Accept"] == fields["Content-Type"] == "application/xml"
    assert fields["Prefer"] == "wait=2"
    assert (tally.requests, tally.refused, tally.spent, tally.answered) == (2, 1, 1, 1)


async def test_a_caller_that_is_always_refused_gives_up(aiohttp_server: AiohttpServer) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "0"})

    app = web.Application()
    app.router.add_get("/client/", refuse)
    server = await aiohttp_server(app)
    tally = Tally()
    await play(str(server.make_url("/")), [Call(0.0, "sync", "GET", "/client/")], {"sync": tally}, pace=0.0)
    assert tally.refused == tally.requests > 1
    assert tally.unexpected == {"gave up after refusals": 1}


async def test_a_gateway_that_is_gone_is_told(unused_tcp_port: int) -> None:
    tally = Tally()
    url = f"http://127.0.0.1:{unused_tcp_port}/"
    await play(url, [Call(0.0, "sync", "GET", "/client/")], {"sync": tally}, pace=0.0)
    assert tally.unexpected == {"no answer: ClientConnectorError": 1}
