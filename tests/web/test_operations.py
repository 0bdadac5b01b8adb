"""The operations listener over a real socket: health, readiness, metrics, the list of endpoints."""

from __future__ import annotations

import gzip

import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpClient

from gateway.web.operations import operations

SECURE = {"Content-Security-Policy", "X-Content-Type-Options"}


class Parts:
    """What the listener asks; tests change it."""

    def __init__(self) -> None:
        self.ledger: str | None = None
        self.accepts: list[str] = []

    async def expose(self, accept: str) -> tuple[bytes, str]:
        self.accepts.append(accept)
        return b"# metrics\n" * 100, "text/plain; version=0.0.4; charset=utf-8"

    def app(self) -> web.Application:
        return operations(probes={"store": lambda: None, "ledger": lambda: self.ledger}, expose=self.expose)


async def _nothing(_: web.Request) -> web.Response:
    return web.Response()


async def test_alive(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(Parts().app())
    answer = await client.get("/livez")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert await answer.json() == {"alive": True}


async def test_ready_as_long_as_every_part_is(aiohttp_client: AiohttpClient) -> None:
    parts = Parts()
    client = await aiohttp_client(parts.app())
    answer = await client.get("/readyz")
    assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": {}})
    parts.ledger = "is being opened"
    answer = await client.get("/readyz")
    assert (answer.status, await answer.json()) == (503, {"ready": False, "reasons": {"ledger": "is being opened"}})
    assert answer.headers["Cache-Control"] == "no-store"


async def test_what_only_weakens_the_gateway_is_told_and_sends_nobody_away(aiohttp_client: AiohttpClient) -> None:
    parts = Parts()
    parts.ledger = "is away"
    app = operations(probes={"gateway": lambda: None}, degraded={"ledger": lambda: parts.ledger}, expose=parts.expose)
    answer = await (await aiohttp_client(app)).get("/readyz")
    assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": {"ledger": "is away"}})


async def test_metrics_by_accept(aiohttp_client: AiohttpClient) -> None:
    parts = Parts()
    client = await aiohttp_client(parts.app())
    answer = await client.get("/metrics", headers=[("Accept", "a/b;q=0.1"), ("Accept", "text/plain")])
    assert parts.accepts == ["a/b;q=0.1,text/plain"]
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert await answer.read() == b"# metrics\n" * 100


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip", "gzip"), ("deflate, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None)]
)
async def test_metrics_with_gzip_if_asked(aiohttp_client: AiohttpClient, accepted: str, coding: str | None) -> None:
    client = await aiohttp_client(Parts().app(), auto_decompress=False)
    answer = await client.get("/metrics", headers={"Accept-Encoding": accepted})
    body = await answer.read()
    assert answer.headers.get("Content-Encoding") == coding
    assert (gzip.decompress(body) if coding else body) == b"# metrics\n" * 100


@pytest.mark.parametrize("path", ["/api/", "/livez", "/readyz", "/metrics"])
async def test_head_is_get_without_the_body(aiohttp_client: AiohttpClient, path: str) -> None:
    client = await aiohttp_client(Parts().app())
    got, head = await client.get(path), await client.head(path)
    assert head.status == 200
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert await head.read() == b""


async def test_the_page_lists_what_there_is_and_comes_from_the_cache(aiohttp_client: AiohttpClient) -> None:
    app = Parts().app()
    app.router.add_get("/api/quota", _nothing)
    app.router.add_get("/api/usage/{app}", _nothing)
    client = await aiohttp_client(app)
    first, second = await client.get("/api/"), await client.get("/api/")
    text = await first.text()
    for path in ("/livez", "/readyz", "/metrics", "/api/quota"):
        assert f'href="{path}"' in text
    assert "{app}" not in text
    assert await second.text() == text
    assert second.content_type == "text/html"
    assert second.headers.keys() >= SECURE
    assert len(app["cache"]._cache) == 1


async def test_the_cache_of_pages_has_an_end(aiohttp_client: AiohttpClient) -> None:
    app = Parts().app()
    client = await aiohttp_client(app)
    for number in range(150):
        assert (await client.get(f"/api/?{number}")).status == 200
    assert len(app["cache"]._cache) == 50


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [("GET", "/nothing", 404, "Not Found"), ("POST", "/metrics", 405, "Method Not Allowed")],
)
async def test_what_is_not_there_is_a_problem(
    aiohttp_client: AiohttpClient, method: str, path: str, status: int, title: str
) -> None:
    client = await aiohttp_client(Parts().app())
    answer = await client.request(method, path)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert await answer.json() == {"type": "about:blank", "title": title, "status": status}
    assert answer.headers.get("Allow") == ("GET,HEAD" if status == 405 else None)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_page_of_another_site_changes_nothing(
    aiohttp_client: AiohttpClient, fields: dict[str, str], status: int
) -> None:
    app = Parts().app()
    app.router.add_post("/-/change", _nothing)
    client = await aiohttp_client(app)
    sent = {name: value.format(port=client.port) for name, value in fields.items()}
    answer = await client.post("/-/change", headers=sent)
    assert answer.status == status
    assert status == 200 or (await answer.json(content_type=None))["detail"].startswith("a page of another site")
    assert (await client.get("/livez", headers=sent)).status == 200
