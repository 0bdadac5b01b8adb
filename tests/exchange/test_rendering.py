"""From what is stored to what a caller reads: made once for each format and coding, and kept."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import orjson
import pytest

from gateway.adapters.memory import MemoryEntries
from gateway.exchange.background import Background
from gateway.exchange.rendering import HeldAnswer, Renderer, Rendition, document
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.held import Held
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.negotiation import Representation
from gateway.policy.translation.malformed import Malformed
from tests.fakes.upstream import JSON, XML, answer, plain

LARGE = plain(orjson.dumps({"code": 200, "client": [{"id": str(n), "name": "x" * 50} for n in range(2000)]}), JSON)


class Bench:
    """A renderer and what it reports."""

    def __init__(self) -> None:
        self.deaths: list[str] = []
        self.grown: list[int] = []
        self.background = Background(lambda name, error: self.deaths.append(f"{name}: {error!r}"))
        self.renderer = Renderer(self.background, lambda held, by: self.grown.append(by))

    async def make(
        self, held: HeldAnswer, form: Representation = Representation.JSON, coding: str = "identity"
    ) -> Rendition:
        return await self.renderer.make(held, form, coding)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    it = Bench()
    yield it
    await it.background.drain(10)
    assert it.deaths == []


def held(response: Response) -> HeldAnswer:
    entry = Entry(CacheKey("k"), AccountName("acme"), "client", "/client/", response, 0.0, 0.0, 0.0, 60.0)
    return Held(entry, entry.weight)


async def test_the_sources_own_format_goes_out_byte_for_byte(bench: Bench) -> None:
    source = plain(b'{ "code" : 200,\n"client":[ ] }', "application/json;charset=utf-8")
    made = await bench.make(held(source))
    assert made.body is source.body
    assert (made.content_type, made.coding, made.replaced) == ("application/json", "identity", 0)
    assert bench.grown == [0], "the same bytes weigh nothing more"


@pytest.mark.parametrize(
    ("declared", "sent", "content_type"),
    [
        ("utf-8", "utf-8", "application/xml; charset=utf-8"),
        ("iso-8859-1", "latin-1", "application/xml"),
        ("utf-16", "utf-16", "application/xml"),
        ("x-unknown", "latin-1", "application/xml"),
    ],
)
async def test_no_charset_is_told_that_the_text_has_not(
    bench: Bench, declared: str, sent: str, content_type: str
) -> None:
    source = plain(f'<?xml version="1.0" encoding="{declared}"?><intervals>é</intervals>'.encode(sent), XML)
    made = await bench.make(held(source), Representation.XML)
    assert (made.body, made.content_type) == (source.body, content_type)


async def test_the_other_format_keeps_null_and_empty_apart(bench: Bench) -> None:
    made = await bench.make(held(answer(name="A & B")), Representation.XML)
    assert b"<notes/>" in made.body
    assert b"<fax></fax>" in made.body
    assert b"<name><![CDATA[A & B]]></name>" in made.body
    assert made.content_type == "application/xml; charset=utf-8"
    assert bench.grown == [len(made.body)]
    back = await bench.make(held(plain(made.body, XML)))
    assert orjson.loads(back.body)["personcontact"] == orjson.loads(answer(name="A & B").body)["personcontact"]


async def test_each_format_and_coding_is_made_once_and_has_a_tag_of_its_own(bench: Bench) -> None:
    it = held(LARGE)
    wanted = [(form, coding) for form in Representation for coding in ("identity", "gzip")]
    made = [await bench.make(it, *each) for each in wanted]
    assert len({rendition.etag for rendition in made}) == 4
    assert all(rendition.etag.startswith('"') for rendition in made)
    assert [await bench.make(it, *each) for each in wanted] == made
    assert len(bench.grown) == 4
    again = held(LARGE)
    assert [(await bench.make(again, *each)).etag for each in wanted] == [rendition.etag for rendition in made]


async def test_gzip_holds_the_same_and_is_smaller(bench: Bench) -> None:
    made = await bench.make(held(LARGE), Representation.JSON, "gzip")
    assert made.coding == "gzip"
    assert gzip.decompress(made.body) == LARGE.body
    assert len(made.body) < len(LARGE.body) / 2


async def test_a_small_body_is_not_worth_compressing(bench: Bench) -> None:
    made = await bench.make(held(answer()), Representation.JSON, "gzip")
    assert (made.coding, made.body) == ("identity", answer().body)


async def test_a_large_rendition_is_made_once_for_all_who_wait(bench: Bench) -> None:
    it = held(LARGE)
    waiting = [asyncio.create_task(bench.make(it, Representation.XML, "gzip")) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    first, *others = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert all(made is others[0] for made in others)
    assert len(bench.grown) == 2, "the XML and its gzip"


async def test_what_the_renditions_weigh_is_counted_by_the_store() -> None:
    memory = MemoryEntries[Rendition](10_000_000)
    renderer = Renderer(Background(lambda name, error: None), memory.grew)
    it = memory.keep(held(answer()).entry)
    assert it is not None
    before = memory.bytes
    made = await renderer.make(it, Representation.XML, "identity")
    assert len(made.body) <= memory.bytes - before < len(made.body) + 1000


@pytest.mark.parametrize("size", [10, 100_000])
async def test_what_is_no_document_cannot_be_translated(bench: Bench, size: int) -> None:
    it = held(plain(b"{" + b" " * size, JSON))
    with pytest.raises(Malformed):
        await bench.make(it, Representation.XML)


async def test_characters_that_xml_cannot_carry_are_replaced_and_counted(bench: Bench) -> None:
    made = await bench.make(held(plain(rb'{"code":200,"client":[{"name":"a\u0000b"}]}', JSON)), Representation.XML)
    assert made.replaced == 1
    assert "a\N{REPLACEMENT CHARACTER}b".encode() in made.body


async def test_a_name_that_xml_cannot_carry_is_said(bench: Bench) -> None:
    with pytest.raises(Fault) as caught:
        await bench.make(held(plain(b'{"code":200,"client":[{"a b":"1"}]}', JSON)), Representation.XML)
    assert caught.value.kind is Kind.NOT_ACCEPTABLE
    assert "a b" in caught.value.detail


async def test_other_media_hold_no_document() -> None:
    with pytest.raises(Malformed, match="image/png"):
        await document(plain(b"{}", "image/png"))
