"""What a remembered hit is answered with, and when that is worked out anew."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName
from gateway.web.known import Known
from gateway.web.wire import ONE_WRITE
from tests.fakes.exchange import Exchange
from tests.fakes.upstream import JSON


class Limits:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, account: AccountName) -> Sequence[tuple[str, str]]:
        self.asked += 1
        return [("RateLimit", f'"{account}";r={self.asked}')]


async def known(it: Exchange, limits: Limits, target: str = "/personcontact/", method: str = "GET") -> Known:
    await it.walk.handle(*it.asking(method, target, accept=JSON))
    asking = it.asking(method, target, accept=JSON)
    response = await it.walk.handle(*asking)
    asking[2].account, asking[2].status = asking[1].account, response.status
    repeat = it.walk.repeat(*asking)
    assert repeat is not None
    made = Known.of(repeat, response, asking[2], limits)
    assert made is not None
    return made


def told(it: Known, exchange: Exchange) -> tuple[str, ...] | None:
    """The Age and the RateLimit field of an answer now."""
    body = it.body(exchange.clock())
    if body is None:
        return None
    head, _, rest = b"".join(it.answer(body, b"X: y\r\n")).partition(b"\r\n\r\n")
    assert rest == body
    assert head.endswith(b"\r\nX: y")
    return tuple(value.decode() for value in re.findall(rb"\r\n(?:Age|RateLimit): ([^\r]*)", head))


async def test_a_head_is_written_once_a_second() -> None:
    async with Exchange() as it:
        limits = Limits()
        kept = await known(it, limits)
        await asyncio.sleep(0.3)  # amid a second
        assert {told(kept, it) for _ in range(5)} == {("1", '"acme";r=1')}
        await asyncio.sleep(1)
        assert {told(kept, it) for _ in range(5)} == {("2", '"acme";r=2')}
        assert limits.asked == 2


async def test_a_change_in_the_cache_has_it_looked_at_again() -> None:
    async with Exchange() as it:
        limits = Limits()
        kept = await known(it, limits)
        await asyncio.sleep(0.3)
        assert told(kept, it) is not None
        assert limits.asked == 1
        it.cache.changes.note()
        assert told(kept, it) == ("1", '"acme";r=2')
        await it.cache.drop(Selector(resources=frozenset({"personcontact"})))
        assert told(kept, it) is None


async def test_while_others_are_not_heard_the_cache_is_asked_each_time() -> None:
    async with Exchange() as it:
        limits = Limits()
        kept = await known(it, limits)
        await asyncio.sleep(0.3)
        it.cache.changes.current = lambda: False
        for _ in range(3):
            assert told(kept, it) is not None
        assert limits.asked == 3


async def test_a_clock_that_steps_back_has_it_written_anew() -> None:
    async with Exchange() as it:
        limits = Limits()
        kept = await known(it, limits)
        now = it.clock()
        assert kept.body(now) is not None
        assert kept.body(now - 3600) is not None
        assert limits.asked == 2


async def test_it_ends_with_its_lifetime() -> None:
    async with Exchange() as it:
        kept = await known(it, Limits())
        assert told(kept, it) is not None
        await asyncio.sleep(kept.repeat.until - it.clock() - 0.25)
        assert told(kept, it) is not None
        await asyncio.sleep(0.25)
        assert told(kept, it) is None


async def test_what_has_left_is_not_remembered() -> None:
    async with Exchange() as it:
        asking = it.asking("GET", "/personcontact/", accept=JSON)
        await it.walk.handle(*asking)
        asking = it.asking("GET", "/personcontact/", accept=JSON)
        response = await it.walk.handle(*asking)
        repeat = it.walk.repeat(*asking)
        await it.cache.purge(Selector())
        assert repeat is not None
        assert Known.of(repeat, response, asking[2], Limits()) is None


@pytest.mark.parametrize(("method", "size", "writes"), [("GET", 10, 1), ("GET", ONE_WRITE + 1, 2), ("HEAD", 10, 1)])
async def test_a_long_body_is_not_copied(method: str, size: int, writes: Any) -> None:
    async with Exchange() as it:
        kept = await known(it, Limits(), method=method)
        assert kept.body(it.clock()) is not None
        octets = kept.answer(b"x" * size, b"")
        assert len(octets) == writes
        assert b"".join(octets).endswith(b"x" * size) is (method == "GET")
