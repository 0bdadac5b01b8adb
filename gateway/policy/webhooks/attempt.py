"""How one attempt to deliver ended, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver's status, and for how many seconds it asks to be left alone (`Retry-After`)."""

    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No status came, or nothing was sent; `why` is for an operator."""

    why: str


Attempt = Answered | Unanswered


class Verdict(StrEnum):
    """What an attempt comes to."""

    DELIVERED = "delivered"
    GONE = "gone"
    FAILED = "failed"


def verdict(attempt: Attempt) -> Verdict:
    """2xx is success, 410 the end of the subscription (Standard Webhooks); all else, redirects as well, a failure."""
    match attempt:
        case Answered(410):
            return Verdict.GONE
        case Answered(status) if 200 <= status < 300:
            return Verdict.DELIVERED
        case _:
            return Verdict.FAILED


def told(attempt: Attempt) -> str:
    """Say in a few words how it ended."""
    return f"status {attempt.status}" if isinstance(attempt, Answered) else attempt.why
