"""What the gateway need not touch arrives exactly as it was sent, in both directions."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping

import aiohttp
import pytest
from yarl import URL

from gateway.simulator import Canned
from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.tool import JSON, XML, Tool


@pytest.mark.parametrize("accept", ["image/png", "image/*", "*/*", JSON, XML, None])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_documents_picture_comes_byte_for_byte_with_its_content_type(
    open_house: OpenHouse, accept: str | None, slash: str
) -> None:
    house = await open_house()
    target = f"/document/60001/download{slash}"
    wanted = house.truth(target, accept or "")
    assert wanted.body.startswith(b"\x89PNG")
    answer = await house.tool().get(target, accept)
    assert (answer.status, answer.body) == (200, wanted.body)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == wanted.headers["Content-Disposition"]
    assert [arrival.target for arrival in house.arrivals()] == [target]


_ODD = [
    "/time/?limit=1&&offset=0",
    "/client/?search=M%C3%BCller+%26+Co%2e",
    "/client/?search=a+b&search=%20",
    "/client/?search=%e4%F6",
    "/client/?search=%zz%",
    "/client/?search=a%2Cb,c;d",
    "/client/?=&=x&limit",
    "/client/?search='\"<>",
    "/client/?search=a/b?c=d",
    "/client//4501",
    "//client/4501",
    "/client/%34501",
    "/client/4501%2f",
    "/CLIENT/4501",
    "/unknown",
    "/unknown/1/2/3/?a=b",
    "/unknown/../client/",
    "/.well-known/x;y=1",
    "/",
    "/?q",
    "/unknown/?",
    "/timer/?",
    "/client/??",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_target_arrives_exactly_as_it_was_sent(open_house: OpenHouse, method: str) -> None:
    house = await open_house()
    body = b"" if method == "GET" else b'{"name":"X"}'
    for target in _ODD:
        status = await _status(house.tool(), method, target, body)
        assert [(arrival.method, arrival.target) for arrival in house.arrivals()] == [(method, target)]
        assert status == house.truth(target, JSON, method=method, body=body).status
        house.simulator.journal.clear()


async def _status(tool: Tool, method: str, target: str, body: bytes) -> int:
    """Send a request over a bare socket: client libraries tidy targets up. Tells the status of the answer."""
    url = URL(tool.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    fields = tool.fields | {"Host": "gateway", "Accept": JSON, "Connection": "close", "Content-Length": str(len(body))}
    if body:
        fields["Content-Type"] = JSON
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(answer.split(b" ", 2)[1])


async def test_other_media_of_unknown_paths_pass_both_ways_untouched(open_house: OpenHouse) -> None:
    pdf = bytes(range(256)) * 40
    headers = {"Content-Type": "application/pdf", "Content-Language": "de", "X-Own": "kept"}
    house = await open_house(upstream=options(canned={"/report/7": Canned(pdf, 203, headers)}))
    answer = await house.tool().ask("PUT", "/report/7", "application/pdf", b"\x00\xff raw", content_type="image/x-raw")
    assert (answer.status, answer.body) == (203, pdf)
    assert {name: answer.headers[name] for name in headers} == headers
    assert [arrival.accept for arrival in house.arrivals()] == ["application/pdf"]


async def test_redirects_are_passed_on_and_not_followed(open_house: OpenHouse) -> None:
    moved = Canned(b"", 302, {"Location": "/client/"})
    house = await open_house(upstream=options(canned={"/old/": moved, "/time/900001/": moved}))
    for target in ("/old/", "/time/900001/"):
        answer = await house.tool().get(target)
        assert (answer.status, answer.headers["Location"]) == (302, "/client/")
    assert len(house.arrivals()) == 2


async def test_head_tells_what_get_would_and_has_no_body(open_house: OpenHouse) -> None:
    house = await open_house()
    got = await house.tool().get("/client/", XML, accept_encoding="identity")
    head = await house.tool().ask("HEAD", "/client/", XML, accept_encoding="identity")
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == got.headers[name]
    cold = await house.tool().ask("HEAD", "/project/", JSON)
    assert (cold.status, cold.body) == (200, b"")
    assert (await house.tool().get("/project/")).body == house.truth("/project/").body
    assert len(house.arrivals()) == 2, "what HEAD fetched is stored for GET"


async def test_options_is_answered_without_the_upstream(open_house: OpenHouse) -> None:
    house = await open_house()
    answer = await house.tool().ask("OPTIONS", "/client/4501")
    assert answer.status in {200, 204}
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "HEAD", "GET", "POST", "PUT", "DELETE"}
    assert "DELETE" not in (await house.tool().ask("OPTIONS", "/client")).headers["Allow"]
    assert not house.arrivals()


@pytest.mark.parametrize(("method", "status"), [("PUT", 202), ("DELETE", 200), ("put", 202)])
async def test_a_post_can_say_which_method_is_meant(open_house: OpenHouse, method: str, status: int) -> None:
    house = await open_house()
    await house.tool().get("/time/900001")
    body = {"description": "Renamed"} if status == 202 else None
    answer = await house.tool().ask("POST", "/time/900001", JSON, body, x_http_method_override=method)
    assert answer.status == status
    assert [arrival.method for arrival in house.arrivals()] == ["GET", method.upper()]
    assert (await house.tool().get("/time/900001")).status == (200 if body else 404)


async def test_gzip_goes_to_callers_who_ask_for_it_and_bodies_may_come_in_it(open_house: OpenHouse) -> None:
    house = await open_house()
    wanted = house.truth("/task/?limit=0", XML).body
    zipped, plain = [await _raw(house.tool(), "task/?limit=0", coding) for coding in ("gzip", "identity")]
    assert (zipped[0]["Content-Encoding"], gzip.decompress(zipped[1])) == ("gzip", wanted)
    assert ("Content-Encoding" in plain[0], plain[1]) == (False, wanted)
    assert zipped[0]["ETag"] != plain[0]["ETag"]
    body = gzip.compress(b'{"name":"Renamed"}')
    answer = await house.tool().ask("PUT", "/client/4501", JSON, body, content_encoding="gzip")
    assert (answer.status, answer.json["client"]["name"]) == (202, "Renamed")


async def _raw(tool: Tool, path: str, coding: str) -> tuple[Mapping[str, str], bytes]:
    """Read without undoing the coding."""
    headers = tool.fields | {"Accept": XML, "Accept-Encoding": coding}
    url = f"{tool.url}{path}"
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(url, headers=headers) as response,
    ):
        return response.headers, await response.read()


_UNFIT: list[tuple[dict[str, str], bytes, int, str]] = [
    ({"content_type": "text/csv"}, b"name\nX", 415, "unsupported_media_type"),
    ({"content_type": "application/json; charset=latin-1"}, b"{}", 415, "unsupported_media_type"),
    ({"content_type": XML}, b"<client><name>X</client>", 400, "malformed"),
    ({"content_type": XML}, b"<!DOCTYPE c [<!ENTITY e 'x'>]><client><name>&e;</name></client>", 400, "malformed"),
    ({"content_type": XML}, b"<a>" * 5000, 400, "malformed"),
    ({"content_type": JSON}, b'{"name": "X"', 400, "malformed"),
    ({"content_type": JSON}, b"[" * 100_000, 400, "malformed"),
    ({"content_type": JSON}, b'"' + b"x" * 70_000 + b'"', 413, "too_large"),
    ({"content_type": JSON, "content_encoding": "gzip"}, gzip.compress(b" " * 1_000_000), 413, "too_large"),
    ({"content_type": JSON, "content_encoding": "gzip"}, b"no gzip at all", 400, "malformed"),
]


@pytest.mark.parametrize(("fields", "body", "status", "kind"), _UNFIT)
async def test_a_body_that_cannot_be_read_is_told_and_costs_nothing(
    open_house: OpenHouse, fields: dict[str, str], body: bytes, status: int, kind: str
) -> None:
    house = await open_house(Setup(max_body="64KiB" if status == 413 else "10MiB"))
    answer = await house.tool().ask("PUT", "/client/4501", XML, body, **fields)
    assert (answer.status, answer.problem) == (status, kind)
    assert not house.arrivals()
    assert await house.spent() == 0
