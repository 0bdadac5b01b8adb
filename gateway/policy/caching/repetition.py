"""A hit given again: what all its repetitions have in common is said once, and each adds only what is its own.

Thousands of hits a second would otherwise make as many traces that differ in two ids and two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.policy.caching import freshness
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Response
from gateway.policy.trace import Trace


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The hit that is repeated: its trace, its target, and the bytes of its body. It keeps no body alive."""

    trace: Trace
    target: str
    size: int
    entry: Entry

    @classmethod
    def of(cls, trace: Trace, target: str, size: int, entry: Entry) -> First:
        """Take what answered, but for the answer itself."""
        return cls(trace, target, size, replace(entry, response=Response(entry.response.status)))

    def ttl(self, at: float) -> float:
        """What is left of the entry's life at a moment, in seconds."""
        return self.entry.lifetime - freshness.age(self.entry, at)


class Repetition(NamedTuple):
    """One more answer like the first: `at` in epoch seconds, `spent` in seconds; `minted` as in `Trace`."""

    first: First
    at: float
    spent: float
    request_id: str
    traceparent: str
    minted: bool

    def trace(self) -> Trace:
        """The history of this one request, as a walk would have recorded it."""
        return replace(
            self.first.trace,
            request_id=self.request_id,
            traceparent=self.traceparent,
            minted=self.minted,
            ttl=self.first.ttl(self.at),
            spent=self.spent,
        )
