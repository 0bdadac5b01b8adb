"""The stages of an exchange put in line: from the adapters to the walk."""

from __future__ import annotations

import time

from gateway.exchange.background import Background
from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer
from gateway.exchange.delivery import Delivery
from gateway.exchange.fetch import Fetch
from gateway.exchange.gate import Gate
from gateway.exchange.passage import Passage
from gateway.exchange.reads import Reads
from gateway.exchange.rendering import Renderer
from gateway.exchange.walk import Walk
from gateway.exchange.writes import Writes
from gateway.policy.catalogue import Catalogue
from gateway.policy.negotiation import Representation
from gateway.policy.translation.malformed import Limits
from gateway.ports import Send, Watch
from gateway.settings import Settings

MAX_ANSWER = 512 * 1024 * 1024
"""Bytes of the longest upstream answer that is read; the service has no cap on the rows of a list."""


def walk(
    settings: Settings,
    *,
    rows: Catalogue,
    cache: Cache,
    renderer: Renderer,
    gate: Gate,
    send: Send,
    watch: Watch,
    background: Background,
) -> Walk:
    """Put the stages together; all of them share one cache, one gate and one clock."""
    form = Representation(settings.upstream.format)
    fetch = Fetch(gate=gate, send=send, clock=time.time, watch=watch)
    return Walk(
        catalogue=rows,
        reads=Reads(
            cache=cache, fetch=fetch, coalescer=Coalescer(background), clock=time.time, form=form, max_body=MAX_ANSWER
        ),
        writes=Writes(
            catalogue=rows,
            cache=cache,
            fetch=fetch,
            coalescer=Coalescer(background),
            watch=watch,
            form=form,
            limits=Limits(size=settings.server.max_body),
            max_body=MAX_ANSWER,
        ),
        passage=Passage(cache=cache, fetch=fetch, coalescer=Coalescer(background), clock=time.time),
        delivery=Delivery(renderer),
        clock=time.time,
    )
