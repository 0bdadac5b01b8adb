"""A hit that is remembered: the head it is answered with now, and how often it was given in this turn of the loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gateway.exchange.reading.repeat import Repeat
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import WITHOUT_BODY, Response
from gateway.policy.names import AccountName
from gateway.policy.trace import Trace
from gateway.web import head
from gateway.web.wire import ONE_WRITE, opening

RateLimits = Callable[[AccountName], Sequence[tuple[str, str]]]
"""The RateLimit fields of an account as they are this second."""


@dataclass(slots=True)
class Known:
    """What the walk has answered. It keeps no body alive, and nothing of the request that is secret.

    `head` is all of its head that is not one request's own: worked out once a second and after each change in the
    cache, not for each hit. It is true from `since` until `until`, while `changes` is what the cache counts.
    """

    repeat: Repeat
    first: First
    account: AccountName
    opening: bytes
    bodiless: bool
    rate_limits: RateLimits
    head: bytes = b""
    since: float = math.inf
    until: float = -math.inf
    changes: int = -1
    times: list[Repetition] = field(default_factory=list)

    @classmethod
    def of(cls, repeat: Repeat, response: Response, trace: Trace, rate_limits: RateLimits) -> Known | None:
        """Make one of what was just answered; None where that has already left the cache."""
        held = repeat.held()
        if held is None or trace.account is None:
            return None
        size = len(response.body)
        first = First.of(trace, repeat.question.request.target, size, held.entry)
        start = opening(response.status, head.lasting(response, trace), size).encode("utf-8", "surrogateescape")
        bodiless = trace.method == "HEAD" or response.status in WITHOUT_BODY
        return cls(repeat, first, trace.account, start, bodiless, rate_limits)

    def body(self, now: float) -> bytes | None:
        """What answers it now, with a head that is true; None where the cache would not answer so any more."""
        true = self.since <= now < self.until and self.repeat.changes.none_since(self.changes)
        return self.repeat.body() if true or self._anew(now) else None

    def answer(self, body: bytes, own: bytes) -> Sequence[bytes]:
        """The octets to write, with the lines of the head that are one request's own."""
        if self.bodiless:
            return (b"%b%b\r\n" % (self.head, own),)
        if len(body) > ONE_WRITE:
            return b"%b%b\r\n" % (self.head, own), body
        return (b"%b%b\r\n%b" % (self.head, own, body),)

    def _anew(self, now: float) -> bool:
        """Look into the cache, and write what is true for the rest of this second."""
        changes, again = self.repeat.changes.count, self.repeat()
        if again is None:
            return False
        ageing = head.ageing(str(int(again.age)), replace(self.first.trace, ttl=again.ttl))
        self.head = self.opening + (ageing + head.current(self.rate_limits(self.account))).encode()
        self.since, self.until, self.changes = now, min(again.until, math.floor(now) + 1.0), changes
        return True
