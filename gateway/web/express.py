"""The express lane: a request that was a hit before, octet for octet, is answered before anything of it is parsed.

Why that is right: what a request means is in its octets alone, and what a hit answers depends on that meaning, on the
entry it is answered from, and on the time. So for the octets of a read that the walk answered from the cache, the lane
remembers the entry and the part of the head that stays the same. When the same octets come again, it asks `Repeat`
whether the cache would still answer them so, adds what is true only now, and gives the same answer as the walk would,
with the same trace. Whatever else comes, or has changed, is left to the walk; everything works without this file.

The fields of tracing differ with each request of a tool, so they are cut out first (`trace_fields.py`). When the
places are taken, only a request that came before gets one: to remember those that come once made the long way longer
by half.
The octets hold an app key, so only their SHA-256 is kept; and nothing here keeps a body alive that left the cache.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from gateway.exchange.reading.repeat import Repeat
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import Response
from gateway.policy.trace import Trace, instant
from gateway.web import correlation, head, trace_fields
from gateway.web.known import Known, RateLimits

ObserveAgain = Callable[[First, Sequence[Repetition]], None]
"""Is told of hits that were given again: of each once, soon after it, those of one first together."""

_REMEMBERED = 4096
"""Requests that are remembered, some 3 KiB each; the longest unused goes first."""

_LONGEST = 4096
"""Octets of the longest request that is looked at."""

_SEEN = 4096
"""Requests that were not remembered, of which it is known that they came."""

_NONE: Mapping[bytes, str] = {}

Kept = TypeVar("Kept")


class Express:
    """Remembers hits by the octets of their requests."""

    def __init__(self, *, rate_limits: RateLimits, observe: ObserveAgain) -> None:
        self._rate_limits = rate_limits
        self._observe = observe
        self._known: OrderedDict[bytes, Known] = OrderedDict()
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._given: list[Known] = []

    def forget(self) -> None:
        """Let the walk judge everything again: who may ask, and for what, has changed."""
        self._known.clear()

    def remember(self, octets: bytes, repeat: Callable[[], Repeat | None], response: Response, trace: Trace) -> None:
        """Keep what the walk has answered, if it can be repeated; `octets` are the whole request, which had no body."""
        if len(octets) > _LONGEST:
            return
        key = _digest(trace_fields.without(octets))
        if len(self._known) >= _REMEMBERED and key not in self._seen:
            _keep(self._seen, key, None, most=_SEEN)
        elif (again := repeat()) is not None:
            known = Known.of(again, response, trace, self._rate_limits)
            if known is not None:
                _keep(self._known, key, known, most=_REMEMBERED)

    def __call__(self, octets: bytes) -> Sequence[bytes] | None:
        """Answer one whole request; None: it is for aiohttp and the walk."""
        began = time.perf_counter()
        known, ids = self._found(octets)
        if known is None:
            return None
        now = known.repeat.clock()
        if (body := known.body(now)) is None:
            return None
        request_id, traceparent = correlation.mint()
        if ids:
            request_id = ids.get(b"x-request-id", request_id)
            traceparent = ids.get(b"traceparent", traceparent)
        spent = time.perf_counter() - began
        self._note(known, Repetition(known.first, now, spent, request_id, traceparent, not ids))
        return known.answer(body, head.own(instant(spent), request_id, traceparent).encode())

    def _found(self, octets: bytes) -> tuple[Known | None, Mapping[bytes, str]]:
        """What is known of a request, and the ids that it brings along."""
        if len(octets) > _LONGEST:
            return None, _NONE
        ids, key = _NONE, _digest(octets)
        known = self._known.get(key)
        if known is None and (apart := trace_fields.apart(octets)) is not None:
            key, ids = _digest(apart[0]), apart[1]
            known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known, ids

    def _note(self, known: Known, repetition: Repetition) -> None:
        """Keep for the end of this turn of the event loop: hits that came together are observed together."""
        if not known.times:
            if not self._given:
                asyncio.get_running_loop().call_soon(self._turned)
            self._given.append(known)
        known.times.append(repetition)

    def _turned(self) -> None:
        given, self._given = self._given, []
        for known in given:
            times, known.times = known.times, []
            self._observe(known.first, times)
            known.repeat.given(len(times))


def _keep(kept: OrderedDict[bytes, Kept], key: bytes, value: Kept, *, most: int) -> None:
    """Keep a value, and so many: the one that came first, or was used first, goes first."""
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()
