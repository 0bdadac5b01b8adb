from collections.abc import Sequence

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.web import reload_api
from gateway.web.reload_api import Refused


async def test_what_changed_is_told_and_what_is_wrong_too() -> None:
    mistakes: list[str] = []

    async def reload() -> tuple[Sequence[str], Sequence[str]]:
        if mistakes:
            raise Refused(mistakes)
        return ("apps.tool.weight",), ("server.port",)

    app = web.Application()
    reload_api.add_to(app, reload)
    async with TestClient(TestServer(app)) as client:
        done = await client.post("/-/reload")
        told = {"reloaded": True, "changed": ["apps.tool.weight"], "needs_restart": ["server.port"]}
        assert (done.status, await done.json()) == (200, told)
        mistakes += ["config.toml: apps.tool.weight: 0 is not right", "config.toml: apps.tool.wait: is no known key"]
        refused = await client.post("/-/reload")
        assert (refused.status, refused.content_type) == (422, "application/problem+json")
        problem = await refused.json()
        assert problem["mistakes"] == mistakes
        assert problem["detail"] == "2 mistakes in the configuration; nothing was changed"
        assert (await client.get("/-/reload")).status == 405
