"""Who shares an answer with whom, and what a write on its way does to reads on theirs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.policy import httpdate
from gateway.policy.faults import Kind
from gateway.policy.messages import Headers, Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import error, plain, timed_out


def text(body: str = "body", status: int = 200, **fields: Any) -> Response:
    return plain(
        body.encode(), "text/plain", status=status, fields={name.replace("_", "-"): it for name, it in fields.items()}
    )


@pytest.mark.parametrize(
    ("said", "requests"),
    [
        ({}, 1),
        ({"cache_control": "max-age=60"}, 1),
        ({"cache_control": "max-age=0, must-revalidate"}, 1),
        ({"cache_control": "no-store"}, 3),
        ({"cache_control": "private"}, 3),
        ({"cache_control": "no-cache"}, 3),
        ({"set_cookie": "session=1"}, 3),
        ({"vary": "*"}, 3),
    ],
)
async def test_what_is_one_readers_own_is_not_shared(said: dict[str, Any], requests: int) -> None:
    async with Exchange() as it:
        it.upstream.script += [text(f"{number}", **said) for number in range(3)]
        heard = await asyncio.gather(*(it.get("/x") for _ in range(3)))
        assert len({each.body for each in heard}) == requests == len(it.asked)
        assert sum(each.trace.cost for each in heard) == requests
        assert sum(each.trace.collapsed for each in heard) == 3 - requests


async def test_patience_goes_on_for_those_who_ask_a_second_time() -> None:
    async with Exchange(limit=1) as it:
        it.upstream.script += [text("1", cache_control="no-store")] * 2
        first, second = it.later(it.get("/x")), it.later(it.refused("GET", "/x", prefer="wait=5"))
        assert (await first).status == 200
        assert (await second).fault.kind is Kind.WAIT_TOO_LONG


async def test_a_read_from_before_a_write_is_neither_stored_nor_joined() -> None:
    """RFC 9111 §4.4."""
    async with Exchange() as it:
        it.upstream.latency = 10.0
        it.upstream.script += [text("old", cache_control="max-age=600"), Response(204)]
        before = it.later(it.get("/x"))
        await asyncio.sleep(1)
        write = it.later(it.ask("PUT", "/x", b"new"))
        await asyncio.sleep(1)
        it.upstream.script += [text("new", cache_control="max-age=600")]
        it.upstream.latency = 1.0
        await write
        after = await it.get("/x")
        assert ((await before).body, after.body, after.trace.collapsed) == (b"old", b"new", False)
        assert ((await it.get("/x")).body, len(it.asked)) == (b"new", 3)


@pytest.mark.parametrize(("dated", "expected"), [(0, b"new"), (5, b"old")])
async def test_an_answer_that_was_asked_for_earlier_takes_no_newer_ones_place(dated: int, expected: bytes) -> None:
    """RFC 9111 §4: the most recent by its Date, however long it was on its way."""
    async with Exchange() as it:
        it.upstream.latency = 10.0
        it.upstream.script += [text("old", cache_control="max-age=600", date=httpdate.write(it.clock() + dated))]
        before = it.later(it.get("/x", user_agent="a"))
        await asyncio.sleep(1)
        it.upstream.script += [text("new", cache_control="max-age=600", date=httpdate.write(it.clock()))]
        it.upstream.latency = 1.0
        assert (await it.get("/x", user_agent="b")).body == b"new"
        assert (await before).body == b"old"
        assert ((await it.get("/x")).body, len(it.asked)) == (expected, 2)


async def test_a_validation_that_was_outrun_brings_nothing_back() -> None:
    """RFC 9111 §4.3.4: what it was about is not what is stored by now."""
    async with Exchange() as it:
        it.upstream.script += [text("old", cache_control="max-age=10", etag='"a"')]
        await it.get("/x")
        await asyncio.sleep(20)
        it.upstream.latency = 10.0
        dated = httpdate.write(it.clock())
        unmodified = Headers([("ETag", '"a"'), ("Cache-Control", "max-age=600"), ("Date", dated)])
        it.upstream.script += [Response(304, unmodified)]
        before = it.later(it.get("/x", user_agent="a"))
        await asyncio.sleep(1)
        it.upstream.script += [text("new", cache_control="max-age=600", etag='"b"')]
        it.upstream.latency = 1.0
        assert (await it.get("/x", user_agent="b")).body == b"new"
        assert (await before).body == b"old"
        assert ((await it.get("/x")).body, len(it.asked)) == (b"new", 3)


async def test_a_write_whose_answer_is_lost_drops_its_target() -> None:
    async with Exchange() as it:
        it.upstream.script += [text(cache_control="max-age=600"), timed_out(), text("new")]
        await it.get("/x")
        await it.refused("PUT", "/x", b"new")
        assert (await it.get("/x")).body == b"new"


async def test_a_write_that_was_refused_drops_nothing() -> None:
    async with Exchange(per_day=2) as it:
        it.upstream.script += [text(cache_control="max-age=600"), text()]
        await it.get("/x")
        await it.get("/y")
        await it.refused("PUT", "/x", b"new")
        assert (await it.get("/x")).trace.outcome is Outcome.HIT


async def test_a_write_invalidates_what_another_credential_has_stored() -> None:
    async with Exchange() as it:
        another = caller(token="another")
        it.upstream.script += [text(cache_control="max-age=600")] * 2 + [Response(204), text("new"), text("new")]
        await it.get("/x")
        await it.get("/x", by=another)
        await it.ask("DELETE", "/x")
        assert [(await it.get("/x", by=by)).body for by in (another, caller())] == [b"new", b"new"]


async def test_the_answer_of_a_post_that_is_also_gets_is_stored() -> None:
    """RFC 9110 §9.3.3."""
    async with Exchange() as it:
        it.upstream.script += [
            text("before", cache_control="max-age=600"),
            text("after", cache_control="max-age=600", content_location="/x"),
        ]
        await it.get("/x")
        await it.post("/x")
        heard = await it.get("/x")
        assert (heard.body, heard.trace.outcome) == (b"after", Outcome.HIT)


async def test_a_stale_answer_is_given_while_one_refresh_is_under_way() -> None:
    """RFC 5861 §3."""
    async with Exchange() as it:
        it.upstream.script += [
            text("old", cache_control="max-age=10, stale-while-revalidate=60", etag='"a"'),
            text("new", cache_control="max-age=600"),
        ]
        await it.get("/x")
        await asyncio.sleep(20)
        stale = [await it.get("/x", if_none_match='"b"', range="bytes=0-0") for _ in range(3)]
        assert {(each.status, each.body, each.trace.cost) for each in stale} == {(206, b"o", 0)}
        assert stale[0].cache_status == "hit; ttl=-11"
        assert (await it.get("/x", cache_control="only-if-cached")).body == b"old"
        await asyncio.sleep(5)
        assert ((await it.get("/x")).body, len(it.asked)) == (b"new", 2)
        seen = it.upstream.seen[1].headers
        assert (seen.get("if-none-match"), seen.get("range")) == ('"a"', None)


async def test_stale_service_while_the_day_is_spent() -> None:
    async with Exchange(per_day=1) as it:
        it.upstream.script.append(text(cache_control="max-age=10"))
        await it.get("/x")
        await asyncio.sleep(20)
        heard = await it.get("/x")
        assert (heard.trace.outcome, heard.trace.cost, heard.cache_status) == (Outcome.STALE, 0, "hit; ttl=-11")
        await asyncio.sleep(3600)
        assert (await it.refused("GET", "/x")).fault.kind is Kind.QUOTA_SPENT


async def test_what_was_stored_under_a_credential_is_not_given_when_the_upstream_refuses_it() -> None:
    async with Exchange() as it:
        it.upstream.script += [text(cache_control="max-age=10, stale-if-error=600"), error(401, 8)]
        await it.get("/x")
        await asyncio.sleep(20)
        assert (await it.refused("GET", "/x")).fault.kind is Kind.CREDENTIAL_REFUSED


@pytest.mark.parametrize(
    ("target", "again"),
    [
        ("/PERSONCONTACT/5/", True),
        ("//personcontact/5/", True),
        ("/personcontact/5/a/b/", True),
        ("/contact/5/", False),
    ],
)
async def test_a_write_to_an_odd_path_drops_what_a_lenient_service_may_take_it_for(target: str, again: bool) -> None:
    async with Exchange() as it:
        await it.get("/personcontact/")
        it.upstream.script.append(text("done"))
        await it.ask("PUT", target, b"{}", content_type="application/json")
        await it.get("/personcontact/")
        assert it.asked.count("GET /personcontact/") == 1 + again
