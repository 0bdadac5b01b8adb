from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.web import reopen_api


async def test_an_operator_reopens_a_configured_account_and_no_other() -> None:
    opened: list[str] = []
    app = web.Application()
    reopen_api.add_to(app, lambda: {"acme", "globex"}, opened.append)
    async with TestClient(TestServer(app)) as client:
        done = await client.post("/api/accounts/acme/reopen")
        assert (done.status, await done.json()) == (200, {"account": "acme", "closed": None})
        unknown = await client.post("/api/accounts/nobody/reopen")
        assert (unknown.status, unknown.content_type) == (404, "application/problem+json")
        assert (await unknown.json())["detail"] == "accounts are: acme, globex"
        assert (await client.get("/api/accounts/acme/reopen")).status == 405
    assert opened == ["acme"]
