"""What a job gives at its end, and how it is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import result as job_result
from gateway.policy.jobs.result import LONGEST_BODY, Result
from gateway.policy.messages import Headers, Response

FIELDS = Headers([("Content-Type", "image/png"), ("ETag", '"a"'), ("Set-Cookie", "secret"), ("Age", "3")])


@given(st.binary(max_size=50), st.integers(100, 599), st.integers(0, 3))
def test_what_is_kept_is_read_again(body: bytes, status: int, cost: int) -> None:
    result = Result.of(Response(status, FIELDS, body), cost=cost)
    assert job_result.read(job_result.text(result)) == result


def test_only_the_fields_that_matter_are_kept() -> None:
    assert list(Result.of(Response(200, FIELDS), cost=0).headers) == [("Content-Type", "image/png"), ("ETag", '"a"')]


def test_a_body_that_is_too_long_is_told_and_not_kept() -> None:
    whole = Result.of(Response(200, Headers(), b"x" * LONGEST_BODY), cost=0)
    assert (len(whole.body), whole.omitted) == (LONGEST_BODY, 0)
    long = Result.of(Response(200, Headers(), b"x" * (LONGEST_BODY + 1)), cost=0)
    assert (long.body, long.omitted) == (b"", LONGEST_BODY + 1)
    assert job_result.read(job_result.text(long)) == long


def test_a_fault_is_a_result_too() -> None:
    result = Result.refused(Fault(Kind.MALFORMED, "the body cannot be read"), cost=0)
    assert (result.status, result.kind) == (400, "malformed")
    assert job_result.read(job_result.text(result)) == result
