"""A hit that can be given again without a walk, and what ends that."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any

import pytest

from gateway.exchange.reading.repeat import Repeat
from gateway.policy.caching.entry import Selector
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import JSON


async def repeat(it: Exchange, target: str = "/personcontact/", method: str = "GET", **fields: Any) -> Repeat | None:
    """What the walk makes of a request that was answered twice."""
    asking = it.asking(method, target, accept=JSON, **fields)
    for _ in range(2):
        asking = it.asking(method, target, accept=JSON, **fields)
        await it.walk.handle(*asking)
    return it.walk.repeat(*asking)


@pytest.mark.parametrize(
    ("target", "outcome"),
    [("/personcontact/", Outcome.HIT), ("/client/", Outcome.SELECTED), ("/client/1/", Outcome.SELECTED)],
)
async def test_a_hit_is_given_again_until_its_lifetime_ends(target: str, outcome: Outcome) -> None:
    async with Exchange() as it:
        again = await repeat(it, target)
        assert again is not None
        assert again.outcome is outcome
        first = again()
        assert first is not None
        assert first.body == (await it.get(target)).body
        await asyncio.sleep(5)
        second = again()
        assert second is not None
        assert (second.age, second.ttl) == pytest.approx((first.age + 5, first.ttl - 5))
        await asyncio.sleep(second.ttl)
        assert again() is None


@pytest.mark.parametrize(
    ("target", "method", "asked"),
    [("/unknown/", "GET", ""), ("/personcontact/", "PUT", ""), ("/personcontact/", "GET", "no-cache")],
)
async def test_what_is_no_hit_is_not_repeated(target: str, method: str, asked: str) -> None:
    async with Exchange() as it:
        asking = it.asking(method, target, b'{"name":"x"}', accept=JSON, content_type=JSON, cache_control=asked)
        await it.walk.handle(*asking)
        assert it.walk.repeat(*asking) is None


@pytest.mark.parametrize("target", ["/personcontact/", "/client/"])
async def test_a_write_ends_it(target: str) -> None:
    async with Exchange() as it:
        again = await repeat(it, target)
        assert again is not None
        await it.post(target)
        assert again() is None


async def test_another_list_ends_what_was_selected_from_it() -> None:
    async with Exchange() as it:
        again = await repeat(it, "/client/")
        assert again is not None
        await it.cache.drop(Selector(key=again.question.whole.key))
        assert again() is None


async def test_a_rendition_that_was_let_go_ends_it() -> None:
    async with Exchange() as it:
        again = await repeat(it)
        assert again is not None
        held = again.held()
        assert held is not None
        held.lighten()
        assert again() is None


async def test_it_keeps_nothing_alive() -> None:
    async with Exchange() as it:
        again = await repeat(it)
        assert again is not None
        assert isinstance(again.held, weakref.ref)
        await it.cache.purge(Selector())
        assert (again.held(), again()) == (None, None)


async def test_who_brings_a_credential_along_takes_the_long_way() -> None:
    async with Exchange() as it:
        own = caller(lent=False)
        await it.get("/personcontact/", by=own)
        asking = it.asking("GET", "/personcontact/", by=own, accept=JSON)
        await it.walk.handle(*asking)
        assert asking[2].outcome is Outcome.HIT
        assert it.walk.repeat(*asking) is None


async def test_a_selected_answer_that_is_given_again_may_be_checked_too() -> None:
    async with Exchange(verify=1.0) as it:
        again = await repeat(it, "/client/")
        assert again is not None
        await asyncio.sleep(2)
        before = len(it.asked)
        it.walk._reads._checking._next.clear()  # as if the last check of this list were an hour ago
        assert again() is not None
        again.given(1)
        await asyncio.sleep(2)
        assert len(it.asked) == before + 1


async def test_answers_given_again_are_uses_of_the_list_they_are_from() -> None:
    async with Exchange() as it:
        again = await repeat(it, "/client/1/")
        assert again is not None
        whole = it.cache.peek(again.question.whole.key)
        assert whole is not None
        before = whole.uses
        again.given(7)
        assert whole.uses == before + 7
