"""Requests as public clients of the API write them, octet for octet, get what the service itself answers."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from yarl import URL

from tests.fakes.wire import Reply, say
from tests.journeys.configuration import KEYS
from tests.journeys.house import House, OpenHouse
from tests.journeys.tool import JSON, XML

_KEY = KEYS["timesheets"].encode()
_EMPTY_PASSWORD = b"Authorization: Basic " + b64encode(_KEY + b":")
_LOWER = b"authorization: basic " + b64encode(_KEY + b":X")
_HOST = b"Host: api.myintervals.com"
_CLOSE = b"Connection: close"


def _written(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([*lines, b"", b""]) + body


async def _ask(house: House, octets: bytes) -> Reply:
    return await say(URL(house.gateway.url).port or 0, octets)


_READS = {
    "no Accept, no User-Agent, an empty password": (
        _written(b"GET /person HTTP/1.1", _HOST, _CLOSE, _EMPTY_PASSWORD),
        ("/person", XML),
    ),
    "names of fields in lower case": (
        _written(b"GET /project/?limit=5 HTTP/1.1", b"host: x", b"connection: close", _LOWER, b"accept: */*"),
        ("/project/?limit=5", JSON),
    ),
    "HTTP/1.0": (
        _written(b"GET /me/ HTTP/1.0", _EMPTY_PASSWORD, b"Accept: application/json"),
        ("/me/", JSON),
    ),
    "the type of a body that is not there": (
        _written(
            b"GET /worktype/?limit=50 HTTP/1.1", _HOST, _CLOSE, _EMPTY_PASSWORD, b"Content-Type: application/json"
        ),
        ("/worktype/?limit=50", XML),
    ),
    "the body of an earlier write": (
        _written(
            *(b"GET /client/?limit=3&sortfield=id&sortdir=asc HTTP/1.1", _HOST, _CLOSE, _EMPTY_PASSWORD),
            *(b"Accept: application/json", b"Content-Type: application/json", b"Content-Length: 14"),
            body=b'{"name":"old"}',
        ),
        ("/client/?limit=3&sortfield=id&sortdir=asc", JSON),
    ),
    "through it as a forward proxy": (
        _written(
            *(b"GET http://api.myintervals.com/task?limit=2 HTTP/1.1", _HOST, _CLOSE, _EMPTY_PASSWORD),
            *(b"Proxy-Connection: Keep-Alive", b"Accept: application/json, text/plain, */*"),
        ),
        ("/task?limit=2", JSON),
    ),
    "octets of a target that are not ASCII": (
        _written("GET /client/?search=caf\u00e9 HTTP/1.1".encode(), _HOST, _CLOSE, _EMPTY_PASSWORD, b"Accept: */*"),
        ("/client/?search=caf%C3%A9", JSON),
    ),
    "marks that a URL should not hold": (
        _written(b'GET /client/?search="a|b{100%" HTTP/1.1', _HOST, _CLOSE, _EMPTY_PASSWORD, b"Accept: */*"),
        ('/client/?search="a|b{100%"', JSON),
    ),
    "an offer of HTTP/2": (
        _written(
            *(b"GET /module HTTP/1.1", _HOST, b"Connection: close, Upgrade, HTTP2-Settings", b"Upgrade: h2c"),
            *(b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA", _EMPTY_PASSWORD, b"Accept: application/json"),
        ),
        ("/module", JSON),
    ),
}


@pytest.mark.parametrize("client", _READS)
async def test_a_read_is_answered_as_the_service_answers_it(open_house: OpenHouse, client: str) -> None:
    house = await open_house()
    octets, (target, media) = _READS[client]
    truth = house.truth(target, media)
    for cached in (False, True):
        answer = await _ask(house, octets)
        assert (answer.status, str(answer["content-type"]).partition(";")[0]) == (200, media)
        assert answer.body == truth.body, f"cached: {cached}"
    assert len(house.arrivals()) == 1


_WRITES = {
    "in chunks": (b"Transfer-Encoding: chunked", b'8\r\n{"descri\r\n9\r\nption":"w\r\n3\r\nhy"\r\n1\r\n}\r\n0\r\n\r\n'),
    "after 100 Continue was asked for, and not waited for": (
        b"Expect: 100-continue\r\nContent-Length: 21",
        b'{"description":"why"}',
    ),
    "after a byte order mark": (b"Content-Length: 24", b'\xef\xbb\xbf{"description":"why"}'),
    "with a charset": (
        b'Content-Type: application/json; charset="UTF-8"\r\nContent-Length: 21',
        b'{"description":"why"}',
    ),
}


@pytest.mark.parametrize("way", _WRITES)
async def test_a_body_however_it_comes_arrives_with_its_length(open_house: OpenHouse, way: str) -> None:
    house = await open_house()
    fields, body = _WRITES[way]
    typed = fields if b"Content-Type" in fields else b"Content-Type: application/json\r\n" + fields
    line = b"PUT /time/900001 HTTP/1.1"
    answer = await _ask(house, _written(line, _HOST, _CLOSE, _EMPTY_PASSWORD, b"Accept: */*", typed, body=body))
    final = answer.body.rpartition(b"\r\n\r\n")[2] if answer.status == 100 else answer.body
    assert json.loads(final)["status"] == "Accepted"
    assert json.loads(house.truth("/time/900001").body)["time"]["description"] == "why"
    assert len(house.arrivals("PUT")) == 1
