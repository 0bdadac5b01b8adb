"""What the end of a try means for its job."""

from __future__ import annotations

import pytest

from gateway.policy.faults import REFUSALS, Fault, Kind
from gateway.policy.jobs import verdict as job_verdict
from gateway.policy.jobs.job import State
from gateway.policy.jobs.verdict import PAUSE, Doubted, Ended, Later
from gateway.policy.messages import Headers, Response

LOST = (Kind.UPSTREAM_UNREACHABLE, Kind.UPSTREAM_TIMED_OUT, Kind.UPSTREAM_UNINTELLIGIBLE)


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, State.COMPLETED), (202, State.COMPLETED), (400, State.FAILED), (404, State.FAILED), (500, State.FAILED)],
)
def test_the_upstreams_own_answer_is_the_result(status: int, state: State) -> None:
    ended = job_verdict.of_answer(Response(status, Headers(), b"said"), cost=1)
    assert (ended.state, ended.why) == (state, None)
    assert ended.result is not None
    assert (ended.result.status, ended.result.body, ended.result.cost) == (status, b"said", 1)


@pytest.mark.parametrize("kind", sorted(REFUSALS))
@pytest.mark.parametrize("cost", [0, 1])
@pytest.mark.parametrize("safe", [True, False])
def test_a_refusal_is_tried_again_when_it_said(kind: Kind, cost: int, safe: bool) -> None:
    verdict = job_verdict.of_fault(Fault(kind, "no", retry_after=77.0), cost=cost, safe=safe)
    assert isinstance(verdict, Later)
    assert (verdict.seconds, verdict.why, verdict.lost) == (1.0 if kind is Kind.SHUTTING_DOWN else 77.0, "no", 0)


def test_a_refusal_without_a_time_is_tried_again_before_long() -> None:
    verdict = job_verdict.of_fault(Fault(Kind.ACCOUNT_CLOSED, "banned"), cost=0, safe=False)
    assert isinstance(verdict, Later)
    assert verdict.seconds == PAUSE


@pytest.mark.parametrize("kind", LOST)
def test_what_never_left_is_tried_again_what_left_is_doubtful_and_a_read_is_no_doubt(kind: Kind) -> None:
    fault = Fault(kind, "gone")
    never_left = job_verdict.of_fault(fault, cost=0, safe=False)
    assert isinstance(never_left, Later)
    assert (never_left.seconds, never_left.why, never_left.lost) == (PAUSE, "gone", 0)
    assert job_verdict.of_fault(fault, cost=1, safe=False) == Doubted("the answer was lost: gone")
    read = job_verdict.of_fault(fault, cost=1, safe=True)
    assert isinstance(read, Later)
    assert read.lost == 1


@pytest.mark.parametrize(("said", "seconds"), [(305.0, PAUSE), (2.0, 2.0), (None, PAUSE)])
def test_a_job_whose_key_is_in_use_comes_back_for_the_answer(said: float | None, seconds: float) -> None:
    fault = Fault(Kind.IDEMPOTENCY_RUNNING, "not answered yet", retry_after=said)
    verdict = job_verdict.of_fault(fault, cost=0, safe=False)
    assert isinstance(verdict, Later)
    assert (verdict.seconds, verdict.why, verdict.lost) == (seconds, "not answered yet", 0)


def test_a_job_whose_key_belongs_to_a_lost_answer_is_doubtful() -> None:
    fault = Fault(Kind.IDEMPOTENCY_UNKNOWN, "its answer was lost")
    assert job_verdict.of_fault(fault, cost=0, safe=False) == Doubted("its answer was lost")


@pytest.mark.parametrize("kind", [Kind.MALFORMED, Kind.NOT_ALLOWED, Kind.NOT_ACCEPTABLE, Kind.UNSUPPORTED_MEDIA_TYPE])
def test_the_callers_mistake_is_an_end(kind: Kind) -> None:
    ended = job_verdict.of_fault(Fault(kind, "wrong"), cost=0, safe=False)
    assert isinstance(ended, Ended)
    assert (ended.state, ended.why) == (State.FAILED, "wrong")
    assert ended.result is not None
    assert ended.result.kind == kind


def test_a_fault_after_a_write_has_left_is_doubtful_whatever_it_is() -> None:
    fault = Fault(Kind.NOT_ACCEPTABLE, "cannot be written")
    assert isinstance(job_verdict.of_fault(fault, cost=1, safe=False), Doubted)
    assert isinstance(job_verdict.of_fault(fault, cost=1, safe=True), Ended)


@pytest.mark.parametrize(
    ("stood", "state"), [(State.WAITING, State.FAILED), (State.RUNNING, State.FAILED), (State.CHECKING, State.UNKNOWN)]
)
def test_who_is_not_tried_again_ends(stood: State, state: State) -> None:
    given_up = Later(1.0, "the day is spent").given_up(stood)
    assert given_up.state is state
    assert "the day is spent" in (given_up.why or "")
