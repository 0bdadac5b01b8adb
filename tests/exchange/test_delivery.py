"""The last stage: validate, render, respond."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

from gateway.exchange.background import Background
from gateway.exchange.delivery import Delivery
from gateway.exchange.rendering import Renderer
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.held import Held
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Trace
from tests.fakes.exchange import NOON, request, trace
from tests.fakes.upstream import JSON, XML, answer, error, plain

ROWS = [{"id": str(n), "name": "a client of some length"} for n in range(100)]
LONG = plain(orjson.dumps({"code": 200, "client": ROWS}), JSON)


async def deliver(
    source: Response,
    form: Representation = Representation.JSON,
    *,
    method: str = "GET",
    lifetime: float = 900.0,
    record: Trace | None = None,
    **fields: Any,
) -> Response:
    entry = Entry(CacheKey("k"), AccountName("acme"), "client", "/client/", source, NOON, NOON, 3.0, lifetime)
    renderer = Renderer(Background(lambda name, error: None), lambda held, by: None)
    asked = request(method, "/client/", **fields)
    return await Delivery(renderer)(Held(entry, 0), form, asked, record or trace(), now=NOON + 100)


@pytest.mark.parametrize("form", Representation)
async def test_what_a_caller_gets_of_a_stored_answer(form: Representation) -> None:
    record = trace()
    response = await deliver(answer(), form, record=record)
    types = {Representation.JSON: JSON, Representation.XML: f"{XML}; charset=utf-8"}
    assert response.status == 200
    assert response.headers.get("content-type") == types[form]
    assert response.headers.get("vary") == "Accept, Accept-Encoding"
    assert response.headers.get("cache-control") == "private, max-age=900"
    assert response.headers.get("age") == "103"
    assert (response.headers.get("etag") or "").startswith('"')
    assert record.representation == form.value


async def test_age_is_only_on_what_was_not_made_for_this_request() -> None:
    record = trace()
    record.forwarded = "uri-miss"
    assert "age" not in (await deliver(answer(), record=record)).headers


async def test_fields_of_the_upstream_that_are_untrue_of_another_representation_do_not_go_out() -> None:
    fields = {
        "Content-Length": "999",
        "ETag": '"theirs"',
        "Last-Modified": "Sat, 01 Jan 2000 00:00:00 GMT",
        "Date": "Sat, 01 Jan 2000 00:00:00 GMT",
        "Age": "7",
        "Set-Cookie": "session=1",
        "Server": "theirs",
        "X-Theirs": "kept",
    }
    response = await deliver(answer(fields=fields), Representation.XML)
    names = {name.lower() for name, _ in response.headers}
    assert not names & {"content-length", "last-modified", "date", "set-cookie", "server"}
    assert response.headers.get("x-theirs") == "kept"
    assert response.headers.lines("age") == ["103"]
    assert len(response.headers.lines("etag")) == 1
    assert response.headers.get("etag") != '"theirs"'


async def test_the_upstreams_own_vary_and_cache_control_stand() -> None:
    said = {"Vary": "X-Region", "Cache-Control": "max-age=5"}
    response = await deliver(answer(fields=said))
    assert response.headers.get("vary") == "X-Region, Accept, Accept-Encoding"
    assert response.headers.lines("cache-control") == ["max-age=5"]


async def test_what_may_not_be_kept_says_so() -> None:
    assert (await deliver(answer(), lifetime=0.0)).headers.get("cache-control") == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", Representation)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_who_has_it_already_gets_304_without_a_body(method: str, form: Representation, coding: str) -> None:
    whole = await deliver(LONG, form, method=method, accept_encoding=coding)
    tag = whole.headers.get("etag") or ""
    for sent in (tag, f'W/{tag}, "other"', "*"):
        short = await deliver(LONG, form, method=method, accept_encoding=coding, if_none_match=sent)
        assert (short.status, short.body) == (304, b"")
        for name in ("etag", "vary", "cache-control"):  # RFC 9110 §15.4.5
            assert short.headers.get(name) == whole.headers.get(name)
        assert "content-type" not in short.headers


async def test_the_tag_of_another_representation_or_coding_is_no_reason_for_304() -> None:
    tags = {
        (form, coding): (await deliver(LONG, form, accept_encoding=coding)).headers.get("etag") or ""
        for form in Representation
        for coding in ("identity", "gzip")
    }
    for form, coding in tags:
        others = ", ".join(tag for of, tag in tags.items() if of != (form, coding))
        assert (await deliver(LONG, form, accept_encoding=coding, if_none_match=others)).status == 200


async def test_a_write_is_never_answered_with_304() -> None:
    response = await deliver(answer(), method="PUT", if_none_match="*")
    assert response.status == 200


async def test_gzip_for_who_asks() -> None:
    response = await deliver(LONG, accept_encoding="gzip, deflate")
    assert response.headers.get("content-encoding") == "gzip"
    assert gzip.decompress(response.body) == LONG.body
    assert "content-encoding" not in (await deliver(LONG)).headers
    assert "content-encoding" not in (await deliver(LONG, accept_encoding="gzip;q=0")).headers


async def test_the_body_of_an_error_is_translated_and_has_no_tag() -> None:
    response = await deliver(error(400, 17), Representation.XML, lifetime=0.0)
    assert response.status == 400
    assert b"<code>17</code>" in response.body
    assert "etag" not in response.headers
    assert response.headers.get("content-type") == f"{XML}; charset=utf-8"


@pytest.mark.parametrize(
    "source",
    [
        plain(b"\x89PNG\r\n", "image/png", fields={"ETag": '"theirs"'}),
        plain(b"<html><p>Sorry", "text/html", status=502),
        plain(b'{"client":[', JSON),
        Response(204),
    ],
)
async def test_what_is_no_document_passes_unchanged(source: Response) -> None:
    response = await deliver(source, Representation.XML, lifetime=0.0)
    assert response == source


async def test_replaced_characters_are_counted_in_the_trace() -> None:
    record = trace()
    source = plain(rb'{"code":200,"client":[{"name":"\u0001\u0002"}]}', JSON)
    await deliver(source, Representation.XML, record=record)
    assert record.replaced_characters == 2
