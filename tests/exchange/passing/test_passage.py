"""What is no documented record: byte for byte, and cached as RFC 9111 says and no further."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import JSON, answer, error, plain, timed_out, zipped

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
PATH = "/document/1/download/"


def image(**fields: Any) -> Response:
    return plain(PNG, "image/png", fields={name.replace("_", "-"): value for name, value in fields.items()})


async def test_an_image_passes_byte_for_byte_and_is_not_kept_without_the_upstreams_word() -> None:
    async with Exchange() as it:
        it.upstream.script += [image(etag='"1"', date="Sat, 01 Jan 2000 00:00:00 GMT"), image()]
        heard = await it.get(PATH, accept="image/*")
        assert heard.response == image(etag='"1"', date="Sat, 01 Jan 2000 00:00:00 GMT")
        assert heard.cache_status == "fwd=uri-miss; fwd-status=200"
        assert (heard.trace.resource, heard.trace.cost) == ("document", 1)
        await it.get(PATH, accept="image/*")
        assert (len(it.asked), it.spent()) == (2, 2)


async def test_the_request_goes_on_as_it_came() -> None:
    async with Exchange() as it:
        target = "/No/such%2Fthing//x?b=2&a=%E4&a="
        await it.ask(
            "PATCH",
            target,
            b"\x00\xff",
            accept="application/pdf",
            content_type="application/x-odd",
            accept_encoding="br",
            cookie="a=b",
            x_api_key="key",
            prefer="wait=1",
            authorization="Bearer key",
            te="trailers",
        )
        (seen,) = it.upstream.seen
        assert (seen.method, seen.target, seen.body) == ("PATCH", target, b"\x00\xff")
        assert dict(seen.headers) == {
            "accept": "application/pdf",
            "content-type": "application/x-odd",
            "accept-encoding": "br",
            "cookie": "a=b",
            "Authorization": caller().authorization,
        }


@pytest.mark.parametrize("response", [Response(204), error(404, 10), plain(b"", "text/html", status=301)])
async def test_every_status_and_body_passes(response: Response) -> None:
    async with Exchange() as it:
        it.upstream.script.append(response)
        assert (await it.get("/unknown/")).response == response


async def test_an_answer_in_gzip_stays_in_gzip() -> None:
    async with Exchange() as it:
        it.upstream.script.append(zipped(answer()))
        heard = await it.get("/unknown/", accept_encoding="gzip")
        assert heard.response == zipped(answer())


async def test_an_explicit_lifetime_is_kept_and_its_age_told() -> None:
    async with Exchange() as it:
        it.upstream.script.append(image(cache_control="max-age=60", etag='"1"'))
        assert (await it.get("/x")).cache_status == "fwd=uri-miss; fwd-status=200; stored"
        await asyncio.sleep(30)
        heard = await it.get("/x")
        assert (heard.body, heard["age"], heard.trace.outcome, heard.trace.cost) == (PNG, "31", Outcome.HIT, 0)
        short = await it.get("/x", if_none_match='"1"')
        assert (short.status, short.body, short["etag"]) == (304, b"", '"1"')
        assert (await it.ask("HEAD", "/x")).trace.outcome is Outcome.HIT
        await asyncio.sleep(30)
        it.upstream.script.append(image(cache_control="max-age=60"))
        assert (await it.get("/x")).cache_status == "fwd=stale; fwd-status=200; stored"


async def test_what_the_caller_asks_of_the_cache_is_told_as_the_reason() -> None:
    async with Exchange() as it:
        it.upstream.script += [image(cache_control="max-age=60"), image(cache_control="max-age=60")]
        await it.get("/x")
        assert (await it.get("/x", cache_control="no-cache")).cache_status == "fwd=request; fwd-status=200; stored"
        assert (await it.get("/x", cache_control="only-if-cached")).trace.outcome is Outcome.HIT
        refused = await it.refused("GET", "/y", cache_control="only-if-cached")
        assert refused.fault.kind is Kind.NOT_CACHED


async def test_a_stored_answer_serves_only_those_its_vary_means() -> None:
    async with Exchange() as it:
        german = image(cache_control="max-age=60", vary="Accept-Language, X-Region")
        it.upstream.script += [german, german]
        await it.get("/x", accept_language="de")
        assert (await it.get("/x", accept_language="de")).trace.outcome is Outcome.HIT
        assert (await it.get("/x", accept_language="fr")).cache_status == "fwd=vary-miss; fwd-status=200; stored"


async def test_what_is_stored_belongs_to_one_credential() -> None:
    async with Exchange() as it:
        it.upstream.script += [image(cache_control="max-age=60")] * 2
        await it.get("/x")
        assert (await it.get("/x", by=caller(token="another"))).trace.cost == 1
        assert (await it.get("/x", by=caller("other"))).trace.cost == 0


async def test_a_callers_own_credential_is_kept_only_by_the_upstreams_leave() -> None:
    async with Exchange() as it:
        it.upstream.script += [image(cache_control="max-age=60"), image(cache_control="max-age=60, public")]
        own = caller(token="own", lent=False)
        costs = [(await it.get("/x", by=own)).trace.cost for _ in range(3)]
        assert costs == [1, 1, 0]


async def test_equal_reads_are_collapsed_and_differing_ones_are_not() -> None:
    async with Exchange() as it:
        it.upstream.script += [image()] * 3
        heard = await asyncio.gather(
            it.get("/x", x_request_id="1"), it.get("/x", x_request_id="2"), it.get("/x", accept_language="de")
        )
        assert [each.trace.outcome for each in heard] == [Outcome.MISS, Outcome.COLLAPSED, Outcome.MISS]
        assert [each.trace.cost for each in heard] == [1, 0, 1]
        assert len(it.asked) == 2


@pytest.mark.parametrize(
    ("method", "fields", "body"),
    [("POST", {}, b"{}"), ("PUT", {}, b""), ("GET", {"if_match": '"1"'}, b""), ("GET", {}, b"search")],
)
async def test_what_is_no_plain_read_is_neither_collapsed_nor_answered_from_the_store(
    method: str, fields: dict[str, Any], body: bytes
) -> None:
    async with Exchange() as it:
        it.upstream.script += [image(cache_control="max-age=60"), *[plain(b"", "text/plain")] * 2]
        await it.get("/x")
        heard = await asyncio.gather(*(it.ask(method, "/x", body, **fields) for _ in range(2)))
        assert {each.trace.outcome for each in heard} == {Outcome.BYPASS}
        assert {each.cache_status for each in heard} == {"fwd=method; fwd-status=200"} or method == "GET"
        assert len(it.asked) == 3


async def test_a_write_drops_what_is_stored_of_its_target() -> None:
    """RFC 9111 §4.4."""
    async with Exchange() as it:
        it.upstream.script += [image(cache_control="max-age=60"), Response(204), image(cache_control="max-age=60")]
        await it.get("/x")
        await it.ask("PUT", "/x", b"new", content_type="image/png")
        assert (await it.get("/x")).trace.cost == 1


@pytest.mark.parametrize(
    ("method", "target", "accept"),
    [("POST", "/personcontact/1/", "image/png"), ("POST", "/personcontact/1/archive/", JSON)],
)
async def test_a_write_to_a_documented_resource_drops_what_it_changes_also_here(
    method: str, target: str, accept: str
) -> None:
    async with Exchange() as it:
        await it.get("/personcontact/")
        await it.ask(method, target, b'{"name":"x"}', content_type=JSON, accept=accept)
        assert (await it.get("/personcontact/")).name == "revision 2"


async def test_a_fault_is_told_and_nothing_is_kept() -> None:
    async with Exchange() as it:
        it.upstream.script += [timed_out(), image()]
        with pytest.raises(Fault, match="no answer in time"):
            await it.get("/x")
        assert (await it.get("/x")).body == PNG


async def test_head_keeps_the_length_the_upstream_told() -> None:
    async with Exchange() as it:
        it.upstream.script.append(Response(200, Headers([("Content-Length", "1234"), ("Content-Type", "image/png")])))
        assert (await it.ask("HEAD", PATH, accept="image/*"))["content-length"] == "1234"
