"""The same request again: what a walk found for it holds as long as nothing it depends on has changed.

A hit depends on the request, on the entry it was answered from, and on the time. The request is the same one, the entry
is compared with what is in the cache now, and the time decides by arithmetic that was done once. Between two looks
into the cache nothing has to be compared while `changes` stands still: `Again` says until when what was found is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from weakref import ref

from gateway.exchange.reading.question import Question
from gateway.exchange.reading.reads import Reads
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import negotiation
from gateway.policy.caching import freshness
from gateway.policy.caching.held import Changes
from gateway.policy.trace import Outcome, Trace
from gateway.ports import Clock


class Again(NamedTuple):
    """A hit as it is now: its body in the caller's representation, its age and what is left of its life in seconds.

    In whole seconds these are the same before `until`, if nothing changes in the cache.
    """

    body: bytes
    age: float
    ttl: float
    until: float


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """One hit, ready to be given again. It keeps nothing alive: what has left the cache is gone."""

    question: Question
    held: ref[HeldAnswer]
    name: str
    etag: str
    outcome: Outcome
    until: float
    reads: Reads
    changes: Changes
    clock: Clock

    @classmethod
    def of(cls, question: Question, trace: Trace, *, reads: Reads, clock: Clock) -> Repeat | None:
        """Make one of a question that was just answered with this trace; None where its answer is already gone."""
        held = reads.at_hand(question, trace.outcome)
        name = f"{trace.representation}+{negotiation.coding(question.request.headers.get('accept-encoding'))}"
        if held is None or (rendition := held.renditions.get(name)) is None:
            return None
        until = freshness.fresh_until(held.entry, question.asked)
        return cls(question, ref(held), name, rendition.etag, trace.outcome, until, reads, reads.changes, clock)

    def __call__(self) -> Again | None:
        """Look into the cache and answer again, or None: walk. The entry counts as used, as on a walk."""
        now, held, body = self.clock(), self.held(), self.body()
        if held is None or body is None or now >= self.until:
            return None
        if self.reads.at_hand(self.question, self.outcome) is not held:
            return None
        age = freshness.age(held.entry, now)
        steady = min(self.until, freshness.steady_until(held.entry, now))
        return Again(body, age, held.entry.lifetime - age, steady)

    def body(self) -> bytes | None:
        """The body as it is at hand; None where it was let go."""
        held = self.held()
        rendition = None if held is None else held.renditions.get(self.name)
        return None if rendition is None or rendition.etag != self.etag else rendition.body

    def given(self, times: int) -> None:
        """Take note of answers given; a selected one may be checked, as on a walk."""
        held = self.held()
        if held is not None and self.outcome is Outcome.SELECTED:
            self.reads.repeated(self.question, held, times=times)
