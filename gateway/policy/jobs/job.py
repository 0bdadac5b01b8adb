"""What may happen to a job: a request that was accepted to be run later, and is run once.

    waiting  -> running                its turn came: from here on it may have been sent
             -> completed, failed      a read, which never enters `running`; or nobody is left to send it for
             -> cancelled
    running  -> completed, failed      the upstream's own answer
             -> waiting                it was refused for certain
             -> checking               its answer was lost, or its replica died
    checking -> completed, unknown     what became of it was looked up

The record says `running` before the first byte leaves. A job that waits was not sent, whoever holds it: it can be
cancelled, taken over and tried again. So can a read, which changes nothing. `unknown` is an end: what became of the
request could not be found out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.policy.names import AccountName, AppName

LONGEST_WAIT = 7 * 86_400.0
"""Seconds after its acceptance until which a job is tried."""

KEPT = 7 * 86_400.0
"""Seconds for which a job is kept after its end."""

MOST_TRIES = 5
"""Times a job is tried that leaves no word: its replica died, or the answer to its read was lost."""

LONGEST_PAUSE = 300.0
"""Seconds until a job that has to wait is looked at again, though it was told to wait longer: an operator may have
opened the account meanwhile, and to ask the gate costs nothing."""

_SETTLING = 1.0
"""Seconds in which an upstream that was late has done what it was sent."""


class State(StrEnum):
    """Where a job stands; see the picture above."""

    WAITING = "waiting"
    RUNNING = "running"
    CHECKING = "checking"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


ENDS = frozenset({State.COMPLETED, State.FAILED, State.CANCELLED, State.UNKNOWN})

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may run twice (RFC 9110 §9.2.1)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was accepted. `place` counts the jobs of its app, `about` is the object whose jobs keep their order."""

    place: int
    at: float
    method: str
    target: str
    resource: str
    about: str
    callback: str | None = None
    request_id: str = ""

    @property
    def safe(self) -> bool:
        return self.method in SAFE


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands. Times are epoch seconds of the store.

    `holder` is the replica that is at it; `due` when it is looked at next, `back` the time to come back that callers
    are told; `tries` counts those that left no word; `why` says what holds it up, or how it ended.
    """

    id: str
    app: AppName
    account: AccountName
    asked: Asked
    state: State = State.WAITING
    holder: str | None = None
    due: float = 0.0
    back: float = 0.0
    tries: int = 0
    why: str | None = None
    status: int | None = None
    ended_at: float | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDS

    @property
    def cancellable(self) -> bool:
        return self.state is State.WAITING


def taken(job: Job, holder: str) -> Job:
    """A replica takes a job up. If another held it, that one has died: what it may have sent is to be looked up."""
    tries = job.tries + (job.holder is not None)
    state = State.CHECKING if job.state is State.RUNNING else job.state
    return replace(job, state=state, holder=holder, tries=tries)


def departing(job: Job) -> Job:
    """Its turn has come, and it may be sent from now on."""
    return replace(job, state=State.RUNNING, why=None)


def deferred(job: Job, why: str, *, now: float, pause: float, lost: int = 0) -> Job:
    """It was not done for certain, or could not be looked up: come back to it. `lost`: tries that left no word."""
    state = State.CHECKING if job.state is State.CHECKING else State.WAITING
    due = now + min(pause, LONGEST_PAUSE)
    return replace(job, state=state, holder=None, due=due, back=now + pause, tries=job.tries + lost, why=why)


def hastened(job: Job, *, now: float) -> Job:
    """What held it up may be over: come back to it at once, unless that is so in any case."""
    return replace(job, due=now, back=now) if job.due > now + _SETTLING else job


def doubted(job: Job, why: str, *, now: float) -> Job:
    """It may have been done, and there is no answer: look it up, but not before a late upstream has settled."""
    back = now + _SETTLING
    return replace(job, state=State.CHECKING, holder=None, due=back, back=back, why=why)


def ended(job: Job, state: State, *, now: float, why: str | None, status: int | None = None) -> Job:
    """It has ended in this state."""
    return replace(job, state=state, holder=None, why=why, status=status, ended_at=now)


def exhausted(job: Job, *, now: float, lost: int = 0) -> bool:
    """Has it been tried as long, or as often without a word, as a job is?"""
    return now - job.asked.at > LONGEST_WAIT or job.tries + lost >= MOST_TRIES


def retry_after(job: Job, now: float) -> float | None:
    """Seconds after which it is worth asking again; None when it has ended."""
    return None if job.ended else max(1.0, job.back - now)


def about(resource: str, member: str | None, path: str) -> str:
    """Name the object of a request: a documented collection or member, else the path with or without its last slash."""
    if member is None:
        return f"/{path.strip('/')}"
    return f"/{resource}/{member.lstrip('0') or '0'}"
