"""Writes: the body in the upstream's format, sent once, and nothing left of what it may have changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import JSON, XML, error, timed_out, unreachable

OTHER_APP = caller("other", token="another")
OTHER_ACCOUNT = caller(account="globex")
READERS = (caller(), OTHER_APP, OTHER_ACCOUNT)


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        yield exchange


async def fill(it: Exchange, *targets: str) -> None:
    """Store these targets for every reader."""
    for target in targets:
        for by in READERS:
            await it.get(target, by=by)
    it.upstream.seen.clear()


async def hits(it: Exchange, target: str = "/personcontact/") -> list[bool]:
    """Tell for every reader whether a target is still stored."""
    held = []
    for by in READERS:
        try:
            await it.get(target, by=by, cache_control="only-if-cached")
            held.append(True)
        except Fault:
            held.append(False)
    return held


async def test_a_write_then_a_read_gives_the_new_value(it: Exchange) -> None:
    await it.get()
    heard = await it.post()
    assert (heard.status, heard.name) == (201, "revision 2")
    assert (heard.trace.outcome, heard.trace.cost) == (Outcome.WRITE, 1)
    assert heard.cache_status == "fwd=method; fwd-status=201"
    assert heard["cache-control"] == "no-store"
    assert (await it.get()).name == "revision 2"
    assert it.asked == ["GET /personcontact/", "POST /personcontact/", "GET /personcontact/"]
    assert it.spent() == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_write_drops_all_partitions_of_its_account_and_no_other(it: Exchange, method: str) -> None:
    await fill(it, "/personcontact/", "/personcontact/1/?x=y", "/person/", "/worktype/")
    await it.ask(method, "/personcontact/1/")
    assert await hits(it) == await hits(it, "/personcontact/1/?x=y") == [False, False, True]
    assert await hits(it, "/person/") == [False, False, True], "a person shows its contacts"
    assert await hits(it, "/worktype/") == [True] * 3, "no contact can change these"
    dropped = {resource for resource, cause in it.watch.drops if cause == "write"}
    assert {"personcontact", "person"} <= dropped
    assert "worktype" not in dropped


@pytest.mark.parametrize("status", [400, 404, 405])
async def test_a_callers_mistake_drops_nothing(it: Exchange, status: int) -> None:
    await fill(it, "/personcontact/")
    it.upstream.script.append(error(status, 17))
    heard = await it.post(accept=XML)
    assert (heard.status, b"<code>17</code>" in heard.body) == (status, True)
    assert (await hits(it), it.watch.drops) == ([True] * 3, [])


@pytest.mark.parametrize(
    "lost",
    [timed_out(), Fault(Kind.UPSTREAM_UNREACHABLE, "reset"), Fault(Kind.UPSTREAM_UNINTELLIGIBLE, "cut")],
    ids=["timed out", "reset", "cut"],
)
async def test_a_lost_answer_drops_too_and_the_write_is_not_sent_again(it: Exchange, lost: Fault) -> None:
    await fill(it, "/personcontact/")
    it.upstream.script.append(lost)
    refused = await it.refused("POST", "/personcontact/", b"{}", content_type=JSON)
    assert refused.fault.kind is lost.kind
    assert it.asked == ["POST /personcontact/"]
    assert await hits(it) == [False, False, True]
    assert ("personcontact", "unknown") in it.watch.drops


async def test_a_failure_of_the_upstream_drops_too(it: Exchange) -> None:
    await fill(it, "/personcontact/")
    it.upstream.script.append(error(500, 19))
    assert (await it.post()).status == 500
    assert await hits(it) == [False, False, True]


@pytest.mark.parametrize("refusal", [error(400, 11), error(400, 12), error(503, 4), error(401, 9)])
async def test_a_refused_write_drops_nothing(it: Exchange, refusal: Response) -> None:
    await fill(it, "/personcontact/")
    it.upstream.script.append(refusal)
    await it.refused("POST", "/personcontact/", b"{}", content_type=JSON)
    assert await hits(it) == [True] * 3


async def test_a_write_that_never_left_drops_nothing(it: Exchange) -> None:
    """What is stored is all there is while the upstream cannot be reached."""
    await fill(it, "/personcontact/")
    it.upstream.script += [unreachable()] * 3
    await it.refused("POST", "/personcontact/", b"{}", content_type=JSON)
    assert await hits(it) == [True] * 3


async def test_too_fast_is_sent_again_once_after_the_pause(it: Exchange) -> None:
    it.upstream.script.append(error(400, 12))
    heard = await it.post(by=caller(patience=100.0))
    assert heard.status == 201
    assert [request.body for request in it.upstream.seen] == [b'{"name":"x"}'] * 2


async def test_equal_writes_are_two_writes(it: Exchange) -> None:
    await asyncio.gather(it.post(), it.post())
    assert it.asked == ["POST /personcontact/"] * 2


async def test_a_read_under_way_while_a_write_changes_its_rows_is_not_kept_and_not_joined(it: Exchange) -> None:
    it.upstream.latency = 10.0
    early = it.later(it.get())
    await asyncio.sleep(1)
    it.upstream.latency = 1.0
    await it.post()
    late = await it.get()
    assert (late.name, late.trace.outcome) == ("revision 2", Outcome.MISS)
    heard = await early
    assert (heard.name, heard.trace.stored) == ("revision 1", False)
    assert (await it.get()).name == "revision 2"


async def test_a_read_that_left_before_a_writes_answer_is_not_kept(it: Exchange) -> None:
    it.upstream.latency = 10.0
    writing = it.later(it.post())
    await asyncio.sleep(9)
    reading = it.later(it.get())
    await writing
    assert not (await reading).trace.stored


async def test_a_hung_up_write_that_was_sent_takes_effect(it: Exchange) -> None:
    await fill(it, "/personcontact/")
    writing = it.later(it.post())
    await asyncio.sleep(0.5)
    writing.cancel()
    await asyncio.sleep(1)
    assert await hits(it) == [False, False, True]


async def test_a_hung_up_write_in_line_is_never_sent() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        writing = it.later(it.post(by=caller(patience=100.0)))
        await asyncio.sleep(5)
        writing.cancel()
        await asyncio.sleep(200)
        assert it.asked == ["GET /personcontact/"]
        assert (await it.get()).trace.outcome is Outcome.HIT
