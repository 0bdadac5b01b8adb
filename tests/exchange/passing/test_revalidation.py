"""What an answer to a read does to what is stored, and what its caller gets."""

from __future__ import annotations

import asyncio

import pytest

from gateway.policy.messages import Headers, Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange
from tests.fakes.upstream import plain, unreachable

STALE = {"Cache-Control": "max-age=10"}
FRESH = {"Cache-Control": "max-age=600"}


def text(body: str = "body", status: int = 200, **fields: str) -> Response:
    return plain(
        body.encode(), "text/plain", status=status, fields={name.replace("_", "-"): it for name, it in fields.items()}
    )


def unmodified(**fields: str) -> Response:
    return Response(304, Headers((name.replace("_", "-"), value) for name, value in fields.items()))


async def test_a_304_makes_the_stored_response_fresh_for_all() -> None:
    """RFC 9111 §4.3.4."""
    async with Exchange() as it:
        it.upstream.script += [text(cache_control="max-age=10", etag='"a"', x="1"), unmodified(etag='"a"', x="2")]
        await it.get("/x")
        await asyncio.sleep(20)
        heard = await it.get("/x")
        assert it.upstream.seen[1].headers.get("if-none-match") == '"a"'
        assert (heard.status, heard.body, heard["x"], heard["age"]) == (200, b"body", "2", None)
        assert heard.cache_status == "fwd=stale; fwd-status=304; ttl=9"
        again = await it.get("/x")
        assert (again.trace.outcome, again["x"], again.body) == (Outcome.HIT, "2", b"body")
        assert len(it.asked) == 2


async def test_a_304_that_forbids_it_is_given_and_what_was_stored_is_gone() -> None:
    async with Exchange() as it:
        it.upstream.script += [
            text(cache_control="max-age=10", etag='"a"'),
            unmodified(etag='"a"', cache_control="private"),
            text("new"),
        ]
        await it.get("/x")
        await asyncio.sleep(20)
        assert (await it.get("/x")).body == b"body"
        assert (await it.get("/x")).body == b"new"
        assert it.upstream.seen[2].headers.get("if-none-match") is None


async def test_a_callers_no_store_leaves_the_stored_response_as_it_is() -> None:
    async with Exchange() as it:
        it.upstream.script += [text(cache_control="max-age=600", etag='"a"'), unmodified(etag='"a"', x="2")]
        await it.get("/x")
        validated = await it.get("/x", cache_control="no-cache, no-store")
        assert (validated.body, validated["x"]) == (b"body", "2")
        assert (await it.get("/x"))["x"] is None


async def test_an_answer_that_may_not_be_stored_replaces_what_is_out_of_date() -> None:
    async with Exchange() as it:
        it.upstream.script += [text("old", cache_control="max-age=10, stale-if-error=600"), text("new")]
        it.upstream.script += [unreachable()] * 3
        await it.get("/x")
        await asyncio.sleep(20)
        assert (await it.get("/x")).body == b"new"
        assert (await it.refused("GET", "/x")).fault.status == 502, "the old one does not come back"


async def test_a_failure_is_not_stored_over_what_may_stand_in() -> None:
    """RFC 5861 §4."""
    async with Exchange() as it:
        failed = text("down", 503, cache_control="max-age=600")
        it.upstream.script += [text("good", cache_control="max-age=10, stale-if-error=600"), failed, text("new")]
        await it.get("/x")
        await asyncio.sleep(20)
        heard = await it.get("/x")
        assert (heard.body, heard.trace.outcome, heard.cache_status) == (b"good", Outcome.STALE, "hit; ttl=-12")
        await asyncio.sleep(10)
        assert (await it.get("/x")).body == b"new"


async def test_vary_that_changes_with_a_304_moves_the_response() -> None:
    async with Exchange() as it:
        it.upstream.script += [
            text(cache_control="max-age=10", etag='"a"'),
            unmodified(etag='"a"', vary="Accept-Language", cache_control="max-age=600"),
            text("french"),
        ]
        await it.get("/x", accept_language="de")
        await asyncio.sleep(20)
        await it.get("/x", accept_language="de")
        assert (await it.get("/x", accept_language="de")).trace.outcome is Outcome.HIT
        assert (await it.get("/x", accept_language="fr")).cache_status == "fwd=vary-miss; fwd-status=200"


@pytest.mark.parametrize(("etag", "outcome"), [('"a"', Outcome.HIT), ('"b"', Outcome.MISS)])
async def test_head_freshens_or_removes(etag: str, outcome: Outcome) -> None:
    """RFC 9111 §4.3.5."""
    async with Exchange() as it:
        it.upstream.script += [
            text(cache_control="max-age=10", etag='"a"'),
            text("", cache_control="max-age=600", etag=etag, x="2"),
        ]
        await it.get("/x")
        await asyncio.sleep(20)
        assert (await it.ask("HEAD", "/x", cache_control="no-cache"))["x"] == "2"
        heard = await it.get("/x")
        assert heard.trace.outcome is outcome
        assert outcome is Outcome.MISS or (heard.body, heard["x"]) == (b"body", "2")


async def test_a_range_of_a_stale_response_that_is_validated() -> None:
    async with Exchange() as it:
        it.upstream.script += [text("0123456789", cache_control="max-age=10", etag='"a"'), unmodified(etag='"a"')]
        await it.get("/x")
        await asyncio.sleep(20)
        heard = await it.get("/x", range="bytes=2-4")
        assert (heard.status, heard.body, heard["content-range"]) == (206, b"234", "bytes 2-4/10")
        assert it.upstream.seen[1].headers.get("range") == "bytes=2-4"
