"""From what is stored to what this caller reads: translate, compress, tag; each rendition is made once and kept."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gateway.exchange.background import Background
from gateway.exchange.pace import drive
from gateway.policy import negotiation
from gateway.policy.caching import validation
from gateway.policy.caching.held import Held
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.negotiation import Representation
from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Document, Untranslatable, discarding
from gateway.policy.translation.malformed import Limits, Malformed

_WORTH_COMPRESSING = 1024
"""Bytes below which gzip's own overhead and the caller's work outweigh what it saves."""

_LARGE = 64 * 1024
"""Bytes above which a rendition is made once for all who wait for it, and compressed in a thread."""

_ANSWER = Limits(size=1024 * 1024 * 1024)  # the connector bounds the bytes of an answer


@dataclass(frozen=True, slots=True)
class Rendition:
    """The bytes of one representation in one content coding."""

    body: bytes
    etag: str
    content_type: str
    coding: str = "identity"
    replaced: int = 0


HeldAnswer: TypeAlias = Held[Rendition]
Grew: TypeAlias = Callable[[HeldAnswer, int], None]


class Renderer:
    """Makes renditions. `grew` is told of the bytes that an entry in memory now weighs more."""

    def __init__(self, background: Background, grew: Grew) -> None:
        self._background = background
        self._grew = grew
        self._under_way: dict[tuple[int, str], asyncio.Task[Rendition | Malformed | Fault]] = {}

    async def make(self, held: HeldAnswer, representation: Representation, coding: str) -> Rendition:
        """Render an answer for a caller; the source's own format is delivered byte for byte.

        Raises `Malformed` where the source is no document, `Fault` where the format cannot carry it.
        """
        name = f"{representation.value}+{coding}"
        if (kept := held.renditions.get(name)) is not None:
            return kept
        if len(held.entry.response.body) <= _LARGE:
            return await self._made(held, representation, coding)
        under_way = self._under_way.get((id(held), name))
        if under_way is None:
            under_way = self._background.spawn(self._told(held, representation, coding), f"render {name}")
            self._under_way[id(held), name] = under_way
            under_way.add_done_callback(lambda _: self._under_way.pop((id(held), name)))
        made = await asyncio.shield(under_way)
        if isinstance(made, Rendition):
            return made
        raise made

    async def _told(
        self, held: HeldAnswer, representation: Representation, coding: str
    ) -> Rendition | Malformed | Fault:
        """Make a rendition, or give the reason why not to all who wait: for a task that is no death."""
        try:
            return await self._made(held, representation, coding)
        except (Malformed, Fault) as reason:
            return reason

    async def _made(self, held: HeldAnswer, representation: Representation, coding: str) -> Rendition:
        if coding != "identity":
            plain = await self.make(held, representation, "identity")
            made = plain if len(plain.body) < _WORTH_COMPRESSING else await _compressed(plain)
        else:
            made = await _translated(held.entry.response, representation)
        held.renditions[f"{representation.value}+{coding}"] = made
        self._grew(held, 0 if made.body is held.entry.response.body else len(made.body))
        return made


async def document(answer: Response) -> Document:
    """Parse an answer of either format. Raises `Malformed`."""
    form = negotiation.body_format(answer.headers.get("content-type"))
    if not isinstance(form, Representation):
        raise Malformed(f"the media type {answer.headers.get('content-type')} holds no document", 1, 1)
    codec = json_codec if form is Representation.JSON else xml_codec
    return await drive(codec.reading(answer.body, limits=_ANSWER))


async def _translated(answer: Response, representation: Representation) -> Rendition:
    content_type = negotiation.content_type(representation)
    if negotiation.body_format(answer.headers.get("content-type")) is representation:
        if representation is Representation.XML and not xml_codec.is_utf8(answer.body):
            content_type = "application/xml"  # a charset would outweigh what the text itself says (RFC 7303 §3.2)
        return Rendition(answer.body, await _tag(answer.body), content_type)
    writing = json_codec.writing if representation is Representation.JSON else xml_codec.writing
    parsed = await document(answer)
    try:
        rendered = await drive(writing(parsed))
    except Untranslatable as error:
        detail = f"the answer cannot be written as {representation.value}: {error}; ask for JSON"
        raise Fault(Kind.NOT_ACCEPTABLE, detail) from error
    await drive(discarding(parsed))
    return Rendition(rendered.body, await _tag(rendered.body), content_type, replaced=rendered.replaced)


async def _compressed(plain: Rendition) -> Rendition:
    gzip = _gzip(plain.body) if len(plain.body) <= _LARGE else await asyncio.to_thread(_gzip, plain.body)
    return Rendition(gzip, await _tag(plain.body, coding="gzip"), plain.content_type, "gzip", plain.replaced)


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, level=6, wbits=zlib.MAX_WBITS | 16)


async def _tag(body: bytes, *, coding: str = "identity") -> str:
    """Tag a body; a large one in a thread: the hash of 10 MB takes some 30 ms, and needs no interpreter lock."""
    if len(body) <= _LARGE:
        return validation.entity_tag(body, coding=coding)
    return await asyncio.to_thread(validation.entity_tag, body, coding=coding)
