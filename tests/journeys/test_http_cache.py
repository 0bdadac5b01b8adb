"""Paths that are no documented resource, over real sockets: the gateway as the HTTP cache that the RFCs describe.

Each case has paths of its own and plays on both sides: what the caller gets, and what arrives at the origin.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count

import pytest
import pytest_asyncio

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.app import Gateway
from gateway.settings import load
from tests.journeys import tool
from tests.journeys.http_cache import choosing, freshness, storing, validating
from tests.journeys.http_cache.case import Case
from tests.journeys.http_cache.origin import Origin
from tests.journeys.http_cache.playing import Player

_CONFIGURATION = """
[server]
port = 0
[operations]
port = 0
[upstream]
url = "{url}"
[store]
url = "memory://"
[egress]
limit = 0
[accounts.open]
per_day = 100000
[apps.any]
account = "open"
anonymous = true
"""

CASES = [*freshness.CASES, *storing.CASES, *validating.CASES, *choosing.CASES]

pytestmark = pytest.mark.asyncio(loop_scope="module")
_numbers = count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def player(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Player]:
    """One gateway for all cases."""
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(Origin())
        path = tmp_path_factory.mktemp("cache") / "config.toml"
        path.write_text(_CONFIGURATION.format(url=origin.base), encoding="utf-8")
        log = stack.enter_context(Log(lambda line: None, as_json, Redaction([])))
        gateway = await stack.enter_async_context(Gateway(load(path, {}), log))
        session = await stack.enter_async_context(tool.session())
        yield Player(session, gateway.url, origin, now=time.time(), marked=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace("§", ""))
async def test_http_cache(case: Case, player: Player) -> None:
    await player.play(case, f"/case/{next(_numbers)}")


async def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 150
