"""The last stage: validate, render, respond. What is stored becomes what this caller asked for."""

from __future__ import annotations

from gateway.exchange.rendering import HeldAnswer, Renderer, Rendition
from gateway.policy import negotiation
from gateway.policy.caching import freshness, validation
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Trace
from gateway.policy.translation.malformed import Malformed

_REPLACED = frozenset(
    {
        "accept-ranges",
        "age",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "last-modified",
        "server",
        "set-cookie",
        "vary",
    }
)
"""Fields of the stored response that would be untrue of another representation, or that the edge writes."""

_NEGOTIATED = "Accept, Accept-Encoding"


class Delivery:
    """Turns a held document into a response; 304 where the caller already has this representation."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    async def __call__(
        self, held: HeldAnswer, representation: Representation, request: Request, trace: Trace, *, now: float
    ) -> Response:
        """Respond in the caller's format; what is no document passes through unchanged."""
        answer = held.entry.response
        coding = negotiation.coding(request.headers.get("accept-encoding"))
        try:
            rendition = await self._renderer.make(held, representation, coding)
        except Malformed:
            return _unchanged(answer)
        trace.representation = representation.value
        trace.replaced_characters = rendition.replaced
        fields = _fields(held, rendition)
        if trace.forwarded is None:  # Age says that the answer was not made for this request (RFC 9111 §5.1)
            fields.append(("Age", str(int(freshness.age(held.entry, now)))))
        if answer.status == 200 and request.method in ("GET", "HEAD") and _validates(request, rendition.etag):
            return Response(304, Headers(fields))
        fields.append(("Content-Type", rendition.content_type))
        if rendition.coding != "identity":
            fields.append(("Content-Encoding", rendition.coding))
        return Response(answer.status, Headers(fields), rendition.body)


def _validates(request: Request, etag: str) -> bool:
    return validation.matches(request.headers.get("if-none-match"), etag)


def _fields(held: HeldAnswer, rendition: Rendition) -> list[tuple[str, str]]:
    entry = held.entry
    stated = entry.response.headers
    fields = list(stated.without(_REPLACED))
    vary = stated.get("vary")
    fields.append(("Vary", _NEGOTIATED if vary is None else f"{vary}, {_NEGOTIATED}"))
    if "cache-control" not in stated:
        # Answers belong to one credential, so no cache beyond the caller's own may keep them (RFC 9111 §5.2.2.7).
        lasting = f"private, max-age={int(entry.lifetime)}" if entry.lifetime > 0 else "no-store"
        fields.append(("Cache-Control", lasting))
    if entry.response.status == 200:
        fields.append(("ETag", rendition.etag))
    return fields


def _unchanged(answer: Response) -> Response:
    return Response(answer.status, answer.headers.without({"content-length"}), answer.body)
