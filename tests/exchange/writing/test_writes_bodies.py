"""Writes: what the upstream reads of what a caller wrote."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.negotiation import Representation
from tests.fakes.exchange import Exchange
from tests.fakes.upstream import JSON, XML, answer

XML_BODY = b"<personcontact><name>A &amp; B</name><notes/><fax></fax><id>007</id></personcontact>"
FIELDS = {"name": "A & B", "notes": None, "fax": "", "id": "007"}


async def test_an_xml_callers_body_is_json_upstream() -> None:
    async with Exchange() as it:
        heard = await it.post(body=XML_BODY, content_type="text/xml; charset=utf-8", accept=XML)
        (seen,) = it.upstream.seen
        assert orjson.loads(seen.body) == FIELDS
        assert seen.headers.lines("content-type") == [JSON]
        assert seen.headers.lines("accept") == [JSON]
        assert b"<name>revision 2</name>" in heard.body


async def test_a_json_callers_body_is_xml_upstream() -> None:
    async with Exchange(form=Representation.XML) as it:
        await it.post(body=orjson.dumps(FIELDS))
        (seen,) = it.upstream.seen
        assert seen.body.endswith(
            b"<personcontact><name><![CDATA[A & B]]></name><notes/><fax></fax><id>007</id></personcontact>"
        )
        assert seen.headers.lines("content-type") == [f"{XML}; charset=utf-8"]


@pytest.mark.parametrize(
    ("form", "body", "content_type"),
    [
        (Representation.JSON, b'{ "name" : "\\u00e9",\n"a":1.10 }', "application/json; charset=UTF-8"),
        (Representation.XML, b"<personcontact>\n  <name>x</name> </personcontact>", "text/xml"),
    ],
)
async def test_a_body_that_is_right_already_goes_on_byte_for_byte(
    form: Representation, body: bytes, content_type: str
) -> None:
    async with Exchange(form=form) as it:
        await it.post(body=body, content_type=content_type)
        (seen,) = it.upstream.seen
        assert (seen.body, seen.headers.lines("content-type")) == (body, [content_type])


@pytest.mark.parametrize(
    ("body", "content_type", "kind", "says"),
    [
        (b"{", JSON, Kind.MALFORMED, "line 1, column 2"),
        (b"<personcontact>\n<name></personcontact>", XML, Kind.MALFORMED, "line 2, column"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><personcontact>&a;</personcontact>', XML, Kind.MALFORMED, "line 1"),
        (b"3", JSON, Kind.MALFORMED, "object"),
        (b"name=x", "application/x-www-form-urlencoded", Kind.UNSUPPORTED_MEDIA_TYPE, "x-www-form-urlencoded"),
        (b"{}", None, Kind.UNSUPPORTED_MEDIA_TYPE, "Content-Type"),
        (b"{}", "application/json; charset=latin1", Kind.UNSUPPORTED_MEDIA_TYPE, "latin1"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_before_anything_is_spent(
    body: bytes, content_type: str | None, kind: Kind, says: str
) -> None:
    async with Exchange() as it:
        fields: dict[str, Any] = {} if content_type is None else {"content_type": content_type}
        with pytest.raises(Fault, match=says) as caught:
            await it.ask("POST", "/personcontact/", body, **fields)
        assert caught.value.kind is kind
        assert (it.asked, it.spent()) == ([], 0)


async def test_what_xml_cannot_carry_is_refused_and_not_changed() -> None:
    async with Exchange(form=Representation.XML) as it:
        with pytest.raises(Fault) as caught:
            await it.post(body=b'{"a b":"1"}')
        assert (caught.value.kind, it.asked) == (Kind.MALFORMED, [])


async def test_a_write_without_a_body_needs_no_content_type() -> None:
    async with Exchange() as it:
        await it.ask("POST", "/personcontact/")
        (seen,) = it.upstream.seen
        assert seen.body == b""
        assert "content-type" not in seen.headers


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"personid":"5"}', JSON, b'{"personid":"5"}'),
        (b"<projectteam><personid>5</personid></projectteam>", XML, b'{"personid":"5"}'),
        (b"anything", "text/plain", b"anything"),
    ],
)
async def test_a_delete_may_have_a_body(body: bytes, content_type: str, expected: bytes) -> None:
    async with Exchange() as it:
        await it.ask("DELETE", "/projectteam/1/", body, content_type=content_type)
        assert it.upstream.seen[0].body == expected


async def test_the_callers_own_fields_go_along_but_not_what_speaks_to_the_gateway() -> None:
    async with Exchange() as it:
        it.upstream.script.append(answer())
        await it.post(
            user_agent="tool/1",
            traceparent="00-a",
            x_api_key="key",
            prefer="wait=5",
            idempotency_key="k",
            authorization="Bearer key",
            if_match='"x"',
            accept_encoding="br",
            connection="x-hop",
            x_hop="1",
        )
        names = {name.lower() for name, _ in it.upstream.seen[0].headers}
        assert names == {"user-agent", "traceparent", "accept", "accept-encoding", "authorization", "content-type"}
        assert it.upstream.seen[0].headers.get("authorization") != "Bearer key"
