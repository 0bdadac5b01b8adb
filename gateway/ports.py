"""What the exchange asks of the world. Each port is as small as its use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.policy.entry import Entry, Selector
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName, AppName, CacheKey
from gateway.policy.usage import Counts, Line, Row

Clock = Callable[[], float]
"""Wall time in epoch seconds: for ages and dates, never for the quota (the ledger has its own)."""

Send = Callable[[Request], Awaitable[Response]]
"""Send one request to the upstream exactly once and read its whole answer.

Raises `Fault` UPSTREAM_UNREACHABLE, UPSTREAM_TIMED_OUT or UPSTREAM_UNINTELLIGIBLE; see `NeverSent`."""


class NeverSent(Exception):
    """Raised by `Send` beside the fault (as its cause) when not one byte can have left: the lease can be given back."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """The stored text of some budgets' states (None: never written), and the ledger's own time in epoch seconds."""

    states: tuple[str | None, ...]
    now: float


class LedgerAway(Exception):
    """The ledger cannot be read or written now; the gate falls back to its safe share."""


class Ledger(Protocol):
    """Keeps what was spent. It only compares and swaps: the arithmetic is in `policy/quota.py`. Raises `LedgerAway`."""

    async def read(self, budgets: Sequence[str]) -> Reading: ...

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        """Write all of `after` if every state still equals `before`; durable before it returns True."""


class UsageAway(Exception):
    """Daily totals cannot be read or written now."""


class UsageStore(Protocol):
    """Keeps daily totals for `KEPT_DAYS`. Raises `UsageAway`."""

    async def add(self, day: str, counts: Mapping[Line, Counts]) -> None:
        """Add to a day's totals: all of it or nothing. Forgets the days that are too old on that day."""

    async def read(self, since: str) -> Sequence[Row]:
        """The totals of that day (ISO 8601) and later ones."""
