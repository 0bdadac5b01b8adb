"""A repetition is told as a trace of its own, and keeps no body alive."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import freshness
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.trace import Outcome, Trace
from tests.policy.caching.test_sealing import ENTRY

TRACE = Trace("r1", "00-1", method="GET", outcome=Outcome.HIT, status=200, ttl=60.0, spent=0.5, minted=True)
OWN = {"request_id", "traceparent", "minted", "ttl", "spent"}


@given(st.floats(0.0, 1e6))
def test_its_trace_is_the_first_ones_but_for_what_is_its_own(later: float) -> None:
    at = ENTRY.received_at + later
    trace = Repetition(First.of(TRACE, "/client/", 2, ENTRY), at, 0.25, "r2", "00-2", minted=False).trace()
    assert (trace.request_id, trace.traceparent, trace.minted, trace.spent) == ("r2", "00-2", False, 0.25)
    assert trace.ttl == ENTRY.lifetime - freshness.age(ENTRY, at)
    shared = [field.name for field in dataclasses.fields(Trace) if field.name not in OWN]
    assert [getattr(trace, name) for name in shared] == [getattr(TRACE, name) for name in shared]
    assert TRACE.request_id == "r1", "the first stays as it was"


def test_it_keeps_no_body() -> None:
    first = First.of(TRACE, "/client/", len(ENTRY.response.body), ENTRY)
    assert ENTRY.response.body
    assert first.entry.response.body == b""
    assert first.entry.response.status == ENTRY.response.status
