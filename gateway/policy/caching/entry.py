"""A stored response (RFC 9111 §3) and the means to name many of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.policy.catalogue import OTHER
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey

_ENTRY = 1250
"""Bytes of an entry without body, target and fields: its objects, its key, its places in a store."""
_FIELD = 290
"""Bytes of a field beside its name (kept in two spellings) and its value."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored response with all that is needed to decide on its reuse.

    The response is kept as the upstream sent it (connection-specific fields removed). Times are epoch seconds, spans
    are seconds. `target` is the path only: a query may hold what nobody should find in a file. `resource` is a
    documented resource, or "other".
    """

    key: CacheKey
    account: AccountName
    resource: str
    target: str
    response: Response
    requested_at: float
    received_at: float
    initial_age: float
    lifetime: float
    stale_while_revalidate: float = 0.0
    stale_if_error: float = 0.0
    vary: tuple[tuple[str, str | None], ...] = ()

    @property
    def weight(self) -> int:
        """Bytes this entry holds in memory, with what the interpreter and a store need to keep track of it.

        Measured with tracemalloc; `tests/adapters/memory/test_weight.py` measures it again.
        """
        fields = sum(2 * len(name) + len(value) + _FIELD for name, value in self.response.headers)
        return len(self.response.body) + len(self.target) + fields + _ENTRY


@dataclass(frozen=True, slots=True)
class Selector:
    """Which entries to drop: all conditions that are given must hold, none given means all."""

    account: AccountName | None = None
    resources: frozenset[str] | None = None
    key: CacheKey | None = None

    def covers(self, entry: Entry) -> bool:
        return (
            (self.account is None or entry.account == self.account)
            and (self.resources is None or entry.resource in self.resources)
            and (self.key is None or entry.key == self.key)
        )

    def outdates(self) -> tuple[tuple[AccountName, str], ...] | None:
        """The resources whose answers under way may be from before the write that this drop is for; None: all.

        A key alone is dropped to make room, and with its account because a write to an undocumented path changed it.
        """
        if self.key is not None:
            return () if self.account is None else ((self.account, OTHER),)
        if self.account is None or self.resources is None:
            return None
        account = self.account
        return tuple((account, resource) for resource in sorted(self.resources))
