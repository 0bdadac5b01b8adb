"""The express lane: a request that was a hit before, octet for octet, is answered before anything of it is parsed.

Why that is right: what a request means is in its octets alone, and what a hit answers depends on that meaning, on the
entry it is answered from, and on the time. So for the octets of a read that the walk answered from the cache, the lane
remembers the entry and the part of the head that stays the same. When the same octets come again, it asks `Repeat`
whether the cache would still answer them so, adds what is true only now, and gives the same answer as the walk would,
with the same trace. Whatever else comes, or has changed, is left to the walk; everything works without this file.

Two fields differ with each request of a tool that traces, X-Request-Id and traceparent: they are cut out first.
The octets hold an app key, so only their SHA-256 is kept; and nothing here keeps a body alive that left the cache.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.exchange.repeat import Repeat
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.web import correlation, head
from gateway.web.wire import ONE_WRITE, WITHOUT_BODY, opening

Observe = Callable[[Trace, Request | None, Response | None], None]
"""Is told of each finished request, once."""

RateLimits = Callable[[AccountName], Sequence[tuple[str, str]]]
"""The RateLimit fields of an account; the same object as long as they say the same."""

_REMEMBERED = 4096
"""Requests that are remembered, some 3 KiB each; the longest unused goes first."""

_LONGEST = 4096
"""Octets of the longest request that is looked at."""

_IDS = re.compile(rb"\r\n(x-request-id|traceparent):[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)", re.IGNORECASE)

_NONE: Mapping[bytes, str] = {}


@dataclass(slots=True)
class _Known:
    """A remembered hit. `ageing` is text for one pair of whole seconds, and made anew for the next."""

    repeat: Repeat
    headers: Headers
    trace: Trace
    opening: bytes
    bodiless: bool
    seconds: tuple[int, int] = (-1, -1)
    ageing: str = ""


class Express:
    """Remembers hits by the octets of their requests."""

    def __init__(self, *, rate_limits: RateLimits, observe: Observe) -> None:
        self._rate_limits = rate_limits
        self._observe = observe
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._current: dict[AccountName, tuple[int, object, str]] = {}

    def forget(self) -> None:
        """Let the walk judge everything again: who may ask, and for what, has changed."""
        self._known.clear()

    def remember(self, octets: bytes, repeat: Repeat, response: Response, trace: Trace) -> None:
        """Keep what the walk has answered; `octets` are the whole request, which had no body."""
        if len(octets) > _LONGEST:
            return
        first = opening(response.status, head.lasting(response, trace), len(response.body))
        bodiless = trace.method == "HEAD" or response.status in WITHOUT_BODY
        known = _Known(repeat, response.headers, trace, first.encode("utf-8", "surrogateescape"), bodiless)
        self._known[_digest(_IDS.sub(b"", octets))] = known
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def __call__(self, octets: bytes) -> Sequence[bytes] | None:
        """Answer one whole request; None: it is for aiohttp and the walk."""
        began = time.perf_counter()
        if len(octets) > _LONGEST:
            return None
        ids: Mapping[bytes, str] | None = _NONE
        known = self._known.get(key := _digest(octets))
        if known is None and (ids := _ids(octets)) is not None:
            known = self._known.get(key := _digest(_IDS.sub(b"", octets)))
        again = None if known is None else known.repeat()
        if known is None or ids is None or again is None:
            return None
        self._known.move_to_end(key)
        trace = _trace(known.trace, again.ttl, ids)
        seconds = int(again.age), int(again.ttl)
        if seconds != known.seconds:
            known.seconds, known.ageing = seconds, head.ageing(str(seconds[0]), trace)
        trace.spent = time.perf_counter() - began
        body = b"" if trace.status in WITHOUT_BODY else again.body
        self._observe(trace, known.repeat.question.request, Response(trace.status, known.headers, body))
        passing = f"{known.ageing}{self._now(trace)}{head.own(trace)}\r\n".encode()
        if known.bodiless:
            return (known.opening + passing,)
        return (known.opening + passing + body,) if len(body) <= ONE_WRITE else (known.opening + passing, body)

    def _now(self, trace: Trace) -> str:
        """What is true this second; rendered once in it for each account."""
        account = trace.account
        assert account is not None
        second, limits = int(time.time()), self._rate_limits(account)
        made = self._current.get(account)
        if made is None or made[0] != second or made[1] is not limits:
            made = self._current[account] = second, limits, head.current(limits)
        return made[2]


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def _ids(octets: bytes) -> Mapping[bytes, str] | None:
    """The ids that a request brings along; None where there is none, one is sent twice, or one would not be kept."""
    sent = [(name.lower(), value.decode("latin-1")) for name, value in _IDS.findall(octets)]
    ids = dict(sent)
    kept = correlation.is_request_id(ids.get(b"x-request-id", "-")) and (
        b"traceparent" not in ids or correlation.is_traceparent(ids[b"traceparent"])
    )
    return ids if ids and kept and len(ids) == len(sent) else None


def _trace(before: Trace, ttl: float, ids: Mapping[bytes, str]) -> Trace:
    request_id, traceparent = correlation.mint()
    return Trace(
        request_id=ids.get(b"x-request-id", request_id),
        traceparent=ids.get(b"traceparent", traceparent),
        minted=not ids,
        app=before.app,
        account=before.account,
        method=before.method,
        resource=before.resource,
        representation=before.representation,
        outcome=before.outcome,
        ttl=ttl,
        detail=before.detail,
        status=before.status,
        replaced_characters=before.replaced_characters,
    )
