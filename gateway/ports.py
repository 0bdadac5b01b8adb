"""What the exchange asks of the world. Each port is as small as its use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName, AppName, CacheKey
from gateway.policy.notices import Notice
from gateway.policy.quota.usage import Counts, Heading, Row
from gateway.policy.records import Edit
from gateway.policy.webhooks.attempt import Attempt

Clock = Callable[[], float]
"""Wall time in epoch seconds: for ages and dates, never for the quota (the ledger has its own)."""

Send = Callable[[Request], Awaitable[Response]]
"""Send one request to the upstream exactly once and read its whole answer.

Raises `Fault` UPSTREAM_UNREACHABLE, UPSTREAM_TIMED_OUT or UPSTREAM_UNINTELLIGIBLE; see `NeverSent` and `CutOff`."""


class NeverSent(Exception):
    """Raised by `Send` beside the fault (as its cause) when not one byte can have left: the lease can be given back."""


class CutOff(Exception):
    """The cause of a fault of `Send` when the connection broke before any answer: the request may have arrived."""


class Tell(Protocol):
    """Logs an event by name: `tell("job_ended", app="timesheets")`."""

    def __call__(self, name: str, /, *, level: str = "info", **fields: Any) -> None: ...


class Watch(Protocol):
    """Is told of what spends quota and what a write did; counts it. Must not raise and not wait."""

    def sent(self, account: AccountName, app: AppName, resource: str, method: str) -> None: ...

    def answered(
        self, account: AccountName, code: int, api_code: int | None, resource: str, seconds: float
    ) -> None: ...

    def invalidated(self, resource: str, cause: str) -> None: ...

    def foreign(self, account: AccountName, n: int) -> None: ...

    def verified(self, resource: str, result: str) -> None: ...


class EntryStore(Protocol):
    """Keeps entries. A store that is away behaves as a miss: these methods log and count, and do not raise."""

    async def load(self, key: CacheKey) -> Entry | None: ...

    async def store(self, entry: Entry) -> None: ...

    async def drop(self, selector: Selector) -> int: ...


class Elsewhere(Protocol):
    """What other replicas drop. Where there is no other, there is none of it."""

    def current(self) -> bool:
        """Has every drop made elsewhere been told, so that copies in memory may be served? Asks nobody."""

    async def run(self, dropped: Callable[[Selector], None]) -> None:
        """Tell of each, before whoever made it is answered; of everything where some were missed. Until cancelled."""


class Fills(Protocol):
    """Says which replica fills an entry. One that dies holds nobody up for long; where nobody can tell, all may."""

    async def claim(self, key: CacheKey, account: AccountName, resource: str) -> str | None:
        """Begin to fill: what to `release` when it is done. None: another replica fills it."""

    async def release(self, claim: str) -> None:
        """Whether it was filled or not, let others see."""

    async def changed(self, key: CacheKey, at_most: float) -> None:
        """Come back when a claim on it was released since this replica was told None, or after so many seconds."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The stored text of some budgets' states (None: never written), and the ledger's own time in epoch seconds."""

    states: tuple[str | None, ...]
    now: float


class LedgerAway(Exception):
    """The ledger cannot be read or written now; the gate falls back to its safe share."""


class Ledger(Protocol):
    """Keeps what was spent. It only compares and swaps: see `policy/quota/arithmetic.py`. Raises `LedgerAway`."""

    async def read(self, budgets: Sequence[str]) -> Reading: ...

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        """Write all of `after` if every state still equals `before`; durable before it returns True."""


class UsageAway(Exception):
    """Daily totals cannot be read or written now."""


class UsageStore(Protocol):
    """Keeps daily totals for `KEPT_DAYS`. Raises `UsageAway`."""

    async def add(self, day: str, counts: Mapping[Heading, Counts]) -> None:
        """Add to a day's totals: all of it or nothing. Forgets the days that are too old on that day."""

    async def read(self, since: str) -> Sequence[Row]:
        """The totals of that day (ISO 8601) and later ones."""


class RecordsAway(Exception):
    """Records cannot be read or written now. A swap that raises it may have been made."""


class Records(Protocol):
    """Keeps records (`policy/records.py`) until they are deleted. It only compares and swaps. Raises `RecordsAway`."""

    async def now(self) -> float:
        """The store's time in epoch seconds: one clock for all replicas."""

    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        """The records under these keys; None where there is none."""

    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        """At most so many keys and records of a kind, those above `after`, in the order of their keys' code points."""

    async def swap(self, edits: Sequence[Edit]) -> bool:
        """Make all edits if every record is as its edit says, else none; durable before it returns True.

        A key may be named once for each kind.
        """


class Outbox(Protocol):
    """Delivers notices, each at least once. What it is to deliver becomes durable with what is told of: in one swap."""

    def subscribed(self, account: AccountName, event: str) -> bool:
        """Does somebody subscribe to this type of event, so that it is worth finding out?"""

    def posting(self, notice: Notice) -> Sequence[Edit]:
        """The records that deliver a notice to all who subscribe to it; none if nobody does."""

    def calling_back(self, notice: Notice, *, app: AppName, url: str) -> Sequence[Edit]:
        """The records that deliver a notice to the address an app named (`Callback-URL`)."""

    def wake(self) -> None:
        """Say that a swap with such records was made."""


Post = Callable[[str, bytes, Sequence[tuple[str, str]]], Awaitable[Attempt]]
"""Post a body with header fields to a receiver's URL, once. Does not raise: what went wrong is an attempt as well."""
