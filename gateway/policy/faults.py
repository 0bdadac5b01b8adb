"""Every way to say no: one table of kinds, one exception.

A fault names whose fault it is (caller, gateway, upstream), the status that tells a program, the title that
tells a person, and, where waiting helps, for how long. It becomes a response in one place: `web/problems.py`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    """Who has to change something so that the request can succeed."""

    CALLER = "caller"
    GATEWAY = "gateway"
    UPSTREAM = "upstream"


class Verdict(NamedTuple):
    """The fixed part of a fault: who, with which status, under which title (RFC 9457 §3.1)."""

    side: Side
    status: int
    title: str


class Kind(StrEnum):
    """The closed set of faults; the value is the last part of the problem's type and a metric label."""

    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    NOT_ALLOWED = "not_allowed"
    MALFORMED = "malformed"
    NOT_ACCEPTABLE = "not_acceptable"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    EXPECTATION_FAILED = "expectation_failed"
    METHOD_UNSUPPORTED = "method_unsupported"
    NOT_CACHED = "not_cached"
    NO_SUCH_JOB = "no_such_job"
    JOB_UNDER_WAY = "job_under_way"
    TOO_MANY_JOBS = "too_many_jobs"
    IDEMPOTENCY_RUNNING = "idempotency_running"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    IDEMPOTENCY_UNKNOWN = "idempotency_unknown"
    BACKLOG_FULL = "backlog_full"
    WAIT_TOO_LONG = "wait_too_long"
    TIMED_OUT = "timed_out"
    QUOTA_SPENT = "quota_spent"
    TOO_FAST = "too_fast"
    ACCOUNT_CLOSED = "account_closed"
    CREDENTIAL_REFUSED = "credential_refused"
    SHUTTING_DOWN = "shutting_down"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    RECORDS_UNAVAILABLE = "records_unavailable"
    INTERNAL = "internal"
    UPSTREAM_UNREACHABLE = "upstream_unreachable"
    UPSTREAM_UNINTELLIGIBLE = "upstream_unintelligible"
    UPSTREAM_TIMED_OUT = "upstream_timed_out"


VERDICTS: dict[Kind, Verdict] = {
    Kind.KEY_MISSING: Verdict(Side.CALLER, 401, "No app key was sent"),
    Kind.KEY_UNKNOWN: Verdict(Side.CALLER, 401, "The app key is not known here"),
    Kind.NOT_ALLOWED: Verdict(Side.CALLER, 403, "This app may not send this request"),
    Kind.MALFORMED: Verdict(Side.CALLER, 400, "The request cannot be understood"),
    Kind.NOT_ACCEPTABLE: Verdict(Side.CALLER, 406, "No representation fits the Accept field"),
    Kind.TOO_LARGE: Verdict(Side.CALLER, 413, "The request body is too large"),
    Kind.UNSUPPORTED_MEDIA_TYPE: Verdict(Side.CALLER, 415, "The body's media type is not supported"),
    Kind.EXPECTATION_FAILED: Verdict(Side.CALLER, 417, "The expectation cannot be met"),
    Kind.METHOD_UNSUPPORTED: Verdict(Side.CALLER, 501, "The method is not supported"),
    Kind.NOT_CACHED: Verdict(Side.CALLER, 504, "Not stored, and only a stored response was asked for"),
    Kind.NO_SUCH_JOB: Verdict(Side.CALLER, 404, "The app has no such job"),
    Kind.JOB_UNDER_WAY: Verdict(Side.CALLER, 409, "The job may have been sent, or has ended"),
    Kind.TOO_MANY_JOBS: Verdict(Side.GATEWAY, 429, "The app has too many jobs"),
    Kind.IDEMPOTENCY_RUNNING: Verdict(Side.CALLER, 409, "The request with this Idempotency-Key is under way"),
    Kind.IDEMPOTENCY_MISMATCH: Verdict(Side.CALLER, 422, "This Idempotency-Key was used for another request"),
    Kind.IDEMPOTENCY_UNKNOWN: Verdict(
        Side.CALLER, 409, "The request with this Idempotency-Key was sent, and its answer is not known"
    ),
    Kind.BACKLOG_FULL: Verdict(Side.GATEWAY, 429, "The line is full"),
    Kind.WAIT_TOO_LONG: Verdict(Side.GATEWAY, 429, "The wait would be longer than the caller's patience"),
    Kind.TIMED_OUT: Verdict(Side.GATEWAY, 429, "The caller's patience ended before its turn came"),
    Kind.QUOTA_SPENT: Verdict(Side.GATEWAY, 429, "The day's requests of this account are spent"),
    Kind.TOO_FAST: Verdict(Side.GATEWAY, 429, "The upstream says that requests come too fast"),
    Kind.ACCOUNT_CLOSED: Verdict(Side.UPSTREAM, 503, "The upstream has closed this account"),
    Kind.CREDENTIAL_REFUSED: Verdict(Side.UPSTREAM, 401, "The upstream refuses this credential"),
    Kind.SHUTTING_DOWN: Verdict(Side.GATEWAY, 503, "The gateway is shutting down"),
    Kind.TOO_MANY_CONNECTIONS: Verdict(Side.GATEWAY, 503, "The gateway has no room for another connection"),
    Kind.LEDGER_UNAVAILABLE: Verdict(Side.GATEWAY, 503, "What was spent cannot be recorded"),
    Kind.RECORDS_UNAVAILABLE: Verdict(Side.GATEWAY, 503, "What must outlive this request cannot be recorded"),
    Kind.INTERNAL: Verdict(Side.GATEWAY, 500, "The gateway failed"),
    Kind.UPSTREAM_UNREACHABLE: Verdict(Side.UPSTREAM, 502, "The upstream cannot be reached"),
    Kind.UPSTREAM_UNINTELLIGIBLE: Verdict(Side.UPSTREAM, 502, "The upstream's answer cannot be understood"),
    Kind.UPSTREAM_TIMED_OUT: Verdict(Side.UPSTREAM, 504, "The upstream did not answer in time"),
}

REFUSALS = frozenset(
    {
        Kind.TOO_MANY_JOBS,
        Kind.BACKLOG_FULL,
        Kind.WAIT_TOO_LONG,
        Kind.TIMED_OUT,
        Kind.QUOTA_SPENT,
        Kind.TOO_FAST,
        Kind.ACCOUNT_CLOSED,
        Kind.CREDENTIAL_REFUSED,
        Kind.SHUTTING_DOWN,
        Kind.LEDGER_UNAVAILABLE,
        Kind.RECORDS_UNAVAILABLE,
    }
)
"""The faults that say "not now" to a request that is right in itself: `refusals_total{reason}`."""


class Fault(Exception):
    """A request that ends without the answer it asked for.

    `status` overrides the table's where the upstream's own must be kept (an account state);
    `retry_after` is in seconds, and true: a caller who comes back then gets through.
    """

    def __init__(self, kind: Kind, detail: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        self.status = status or VERDICTS[kind].status

    def again(self) -> Fault:
        """The same fault for another caller; an exception raised twice would carry two histories."""
        return Fault(self.kind, self.detail, retry_after=self.retry_after, status=self.status)

    @property
    def unanswered(self) -> bool:
        """Is there no word of the upstream's, so that what is stored may stand in?

        That it refuses a credential is one: who lost the right to read does not read on from the store.
        """
        if self.kind is Kind.CREDENTIAL_REFUSED:
            return False
        return self.kind in REFUSALS or self.side is Side.UPSTREAM

    @property
    def side(self) -> Side:
        return VERDICTS[self.kind].side

    @property
    def title(self) -> str:
        return VERDICTS[self.kind].title
