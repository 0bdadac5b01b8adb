"""Reads: what the caller asks of the cache, what the upstream says to it, and what it may serve when it is stale."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import TOOL, Exchange, caller
from tests.fakes.upstream import XML, answer, error, plain, timed_out, unreachable, zipped

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
FRESH = 15 * MINUTE  # /personcontact/: then an hour of stale-while-revalidate and a day of stale-if-error


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ({}, Outcome.HIT),
        ({"cache_control": "no-cache"}, Outcome.MISS),
        ({"pragma": "no-cache"}, Outcome.MISS),
        ({"cache_control": "max-age=0"}, Outcome.MISS),
        ({"cache_control": "max-age=99"}, Outcome.MISS),
        ({"cache_control": "max-age=102"}, Outcome.HIT),
        ({"cache_control": "min-fresh=700"}, Outcome.HIT),
        ({"cache_control": "min-fresh=850"}, Outcome.MISS),
        ({"cache_control": "only-if-cached"}, Outcome.HIT),
        ({"cache_control": "no-store"}, Outcome.HIT),
    ],
)
async def test_what_a_caller_asks_of_a_fresh_entry(asked: dict[str, Any], outcome: Outcome) -> None:
    async with Exchange() as it:
        await it.get()
        await asyncio.sleep(100)
        it.upstream.revision = 2
        heard = await it.get(**asked)
        assert heard.trace.outcome is outcome
        assert heard.name == ("revision 1" if outcome is Outcome.HIT else "revision 2")
        if outcome is Outcome.MISS:
            assert heard.cache_status == "fwd=request; fwd-status=200; stored; ttl=899"
            assert (await it.get()).name == "revision 2", "what was fetched took the old one's place"


async def test_only_if_cached_asks_nobody() -> None:
    async with Exchange() as it:
        refused = await it.refused("GET", "/personcontact/", cache_control="only-if-cached")
        assert (refused.fault.kind, refused.fault.status) == (Kind.NOT_CACHED, 504)
        assert it.asked == []


async def test_an_answer_for_a_no_store_caller_is_not_kept_and_not_shared_with_others() -> None:
    async with Exchange() as it:
        secret, other = await asyncio.gather(it.get(cache_control="no-store"), it.get())
        assert not secret.trace.stored
        assert other.trace.stored
        assert len(it.asked) == 2


@pytest.mark.parametrize(
    ("said", "age", "asks"),
    [
        ("max-age=30", 20.0, False),
        ("max-age=30", 40.0, True),
        ("s-maxage=30, max-age=900", 40.0, True),
        ("max-age=7200", FRESH + 100, False),
        ("no-store", 1.0, True),
        ("no-cache", 1.0, True),
        ("private, max-age=30", 20.0, False),
    ],
)
async def test_the_upstreams_own_cache_control_is_kept(said: str, age: float, asks: bool) -> None:
    async with Exchange() as it:
        it.upstream.script.append(answer("expense", fields={"Cache-Control": said}))
        heard = await it.get("/expense/")
        assert heard["cache-control"] == said
        await asyncio.sleep(age)
        await it.get("/expense/")
        assert (len(it.asked) == 2) is asks


async def test_a_stale_entry_is_served_at_once_and_refreshed_once_behind() -> None:
    async with Exchange() as it:
        await it.get()
        it.upstream.revision = 2
        await asyncio.sleep(FRESH + 10)
        began = it.clock()
        for accept in ("application/json", XML):
            heard = await it.get(accept=accept)
            assert (heard.trace.outcome, heard.trace.cost, heard["age"]) == (Outcome.STALE, 0, "911")
            assert heard.cache_status == "hit; ttl=-11"
        assert it.clock() == began
        await asyncio.sleep(2)
        assert (await it.get()).name == "revision 2"
        assert (len(it.asked), it.spent()) == (2, 2)


async def test_after_that_it_is_asked_anew() -> None:
    async with Exchange() as it:
        await it.get()
        await asyncio.sleep(FRESH + HOUR + 1)
        heard = await it.get()
        assert heard.cache_status == "fwd=stale; fwd-status=200; stored; ttl=899"
        assert heard["age"] is None


async def test_max_stale_takes_an_old_one_and_asks_nobody() -> None:
    async with Exchange() as it:
        await it.get()
        await asyncio.sleep(FRESH + 2 * HOUR)
        heard = await it.get(cache_control=f"max-stale={3 * HOUR:.0f}")
        assert (heard.trace.outcome, heard.trace.cost) == (Outcome.STALE, 0)
        await asyncio.sleep(5)
        assert len(it.asked) == 1


TROUBLE: list[Response | Fault] = [
    unreachable(),
    timed_out(),
    Fault(Kind.UPSTREAM_UNINTELLIGIBLE, "cut"),
    error(500, 1),
    error(503, 4),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=["unreachable", "timed out", "unintelligible", "500", "suspended"])
async def test_while_the_upstream_is_in_trouble_what_is_stored_stands_in(trouble: Response | Fault) -> None:
    async with Exchange() as it:
        await it.get()
        await asyncio.sleep(FRESH + 2 * HOUR)
        it.upstream.script += [trouble] * 3
        heard = await it.get()
        assert (heard.status, heard.name, heard.trace.outcome) == (200, "revision 1", Outcome.STALE)
        assert heard["age"] is not None
        assert heard.cache_status.startswith("hit; ttl=-72")


async def test_a_refusal_at_the_door_is_answered_with_what_is_stored() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        await asyncio.sleep(FRESH + 2 * HOUR)
        await it.get("/project/")
        heard = await it.get()
        assert (heard.trace.outcome, heard.trace.cost) == (Outcome.STALE, 0)


async def test_what_is_too_old_or_not_wanted_does_not_stand_in() -> None:
    async with Exchange() as it:
        await it.get()
        await asyncio.sleep(FRESH)
        it.upstream.script += [timed_out(), error(500, 1), timed_out()]
        assert (await it.refused("GET", "/personcontact/", cache_control="no-cache")).fault.status == 504
        assert (await it.get(cache_control="no-cache")).status == 500
        await asyncio.sleep(DAY)
        assert (await it.refused("GET", "/personcontact/")).fault.kind is Kind.UPSTREAM_TIMED_OUT


async def test_a_callers_mistake_is_told_though_something_is_stored() -> None:
    async with Exchange() as it:
        await it.get("/personcontact/5/")
        await asyncio.sleep(FRESH + 2 * HOUR)
        it.upstream.script.append(error(404, 10))
        assert (await it.get("/personcontact/5/")).status == 404


async def test_whose_own_credential_is_refused_reads_no_longer() -> None:
    """Only a failure is excused by what is stored (RFC 5861 §4: 500, 502, 503, 504), not a lost right."""
    async with Exchange() as it:
        owner = caller(token="own", lent=False)
        await it.get(by=owner)
        await asyncio.sleep(FRESH + 2 * HOUR)
        it.upstream.script.append(error(401, 8))
        for _ in range(2):
            assert (await it.refused("GET", "/personcontact/", by=owner)).fault.status == 401


async def test_a_failure_without_anything_stored_is_told_in_the_callers_format() -> None:
    async with Exchange() as it:
        it.upstream.script += [error(500, 1), plain(b"Bad Gateway", "text/plain", status=502)]
        heard = await it.get(accept=XML)
        assert heard.status == 500
        assert b"<code>1</code>" in heard.body
        heard = await it.get(accept=XML)
        assert (heard.status, heard.body, heard["content-type"]) == (502, b"Bad Gateway", "text/plain")
        assert (await it.get()).trace.outcome is Outcome.MISS


async def test_an_upstream_that_compresses_is_understood() -> None:
    async with Exchange() as it:
        it.upstream.script.append(zipped(answer()))
        heard = await it.get()
        assert heard.name == "Acme"
        assert heard["content-encoding"] is None


async def test_an_etag_is_of_the_representation_and_lasts_over_a_refresh_without_a_change() -> None:
    async with Exchange() as it:
        tag = (await it.get())["etag"]
        assert tag is not None
        assert (await it.get(accept=XML))["etag"] != tag
        await asyncio.sleep(FRESH + 2 * HOUR)
        heard = await it.get(if_none_match=tag)
        assert (heard.status, heard.body, heard.trace.cost) == (304, b"", 1)
        it.upstream.revision = 2
        assert (await it.get(if_none_match=tag, cache_control="no-cache")).status == 200


async def test_the_spent_day_is_no_reason_to_hide_what_is_fresh() -> None:
    async with Exchange(per_day=1) as it:
        await it.get()
        assert (await it.get()).trace.outcome is Outcome.HIT
        refused = await it.refused("GET", "/project/", by=TOOL)
        assert (refused.fault.kind, refused.fault.status) == (Kind.QUOTA_SPENT, 429)
