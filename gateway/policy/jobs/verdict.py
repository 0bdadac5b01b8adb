"""What the end of a try means for its job: an end, a later try, or a doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gateway.policy.faults import REFUSALS, Fault, Kind, Side
from gateway.policy.jobs.job import State
from gateway.policy.jobs.result import Result
from gateway.policy.messages import Response

PAUSE = 15.0
"""Seconds until the next try where nobody said when: the upstream was not reached, or the account is closed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The job has ended so. `why` is for a person."""

    state: State
    why: str | None
    result: Result | None


@dataclass(frozen=True, slots=True)
class Later:
    """It was not done for certain: try again after so many seconds. `lost`: 1 where the upstream left no word.

    `result` is what the job has if there is no other try; `alone` says that the app's other jobs are not held up.
    """

    seconds: float
    why: str
    result: Result | None = None
    lost: int = 0
    alone: bool = False

    def given_up(self, state: State) -> Ended:
        """The end of a job that stood in this state and is not tried again."""
        if state is State.CHECKING:
            return Ended(State.UNKNOWN, f"{self.why}; it could not be looked up", None)
        return Ended(State.FAILED, f"given up; the last try said: {self.why}", self.result)


@dataclass(frozen=True, slots=True)
class Doubted:
    """It may have been done, and nobody knows."""

    why: str


Verdict: TypeAlias = Ended | Later | Doubted


def of_answer(response: Response, *, cost: int) -> Ended:
    """The upstream's own answer is the result, an error as well as a success."""
    state = State.COMPLETED if response.status < 400 else State.FAILED
    return Ended(state, None, Result.of(response, cost=cost))


def of_fault(fault: Fault, *, cost: int, safe: bool) -> Verdict:
    """A try ended without an answer; `cost` are the requests that left for the upstream, `safe` says a read."""
    result = Result.refused(fault, cost=cost)
    if fault.kind is Kind.SHUTTING_DOWN:
        return Later(1.0, fault.detail, result)
    if fault.kind in REFUSALS:  # the gateway's, or the upstream's "not now": it was not done
        return Later(PAUSE if fault.retry_after is None else fault.retry_after, fault.detail, result)
    if fault.kind is Kind.IDEMPOTENCY_RUNNING:  # or claimed by this job itself, when its gateway died
        return Later(min(PAUSE, fault.retry_after or PAUSE), fault.detail, result, alone=True)
    if fault.kind is Kind.IDEMPOTENCY_UNKNOWN:  # an earlier request under its key may have done it
        return Doubted(fault.detail)
    lost = fault.side is Side.UPSTREAM
    if lost and not cost:
        return Later(PAUSE, fault.detail, result)
    if lost and safe:
        return Later(PAUSE, fault.detail, result, lost=1)
    if cost and not safe:
        return Doubted(f"the answer was lost: {fault.detail}")
    return Ended(State.FAILED, fault.detail, result)
