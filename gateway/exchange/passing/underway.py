"""Reads that are under way while something is invalidated: what they bring may be from before it (RFC 9111 §4.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.exchange.coalescer import Flight
from gateway.policy.names import AccountName, CacheKey


@dataclass(eq=False, slots=True)
class Read:
    """One read, and what became invalid since it was sent; in the line it is from after every write."""

    account: AccountName
    flight: Flight[Any]
    outdated: bool = False
    groups: set[str] = field(default_factory=set)

    def overtaken(self, groups: Iterable[str]) -> bool:
        """May an answer with these groups not be stored?"""
        return self.outdated or not self.groups.isdisjoint(groups)


@dataclass(slots=True)
class _Reads:
    writes: int = 0
    reads: set[Read] = field(default_factory=set)


class Underway:
    """The reads under way, by the key of what they are about."""

    def __init__(self) -> None:
        self._by_key: dict[CacheKey, _Reads] = {}
        self._grouped: dict[AccountName, int] = {}

    def sort(self, key: CacheKey, account: AccountName) -> tuple[int, int]:
        """Reads of one sort may share an answer: no write came between them."""
        known = self._by_key.get(key)
        return (known.writes if known else 0, self._grouped.get(account, 0))

    @contextmanager
    def reading(self, key: CacheKey, account: AccountName, flight: Flight[Any]) -> Iterator[Read]:
        """Be known as under way."""
        read = Read(account, flight)
        known = self._by_key.setdefault(key, _Reads())
        known.reads.add(read)
        try:
            yield read
        finally:
            known.reads.discard(read)
            if not known.reads:
                self._by_key.pop(key, None)

    def invalidate(self, account: AccountName, keys: Iterable[CacheKey], groups: frozenset[str]) -> None:
        """Tell the reads whose answers may be from before."""
        for known in filter(None, map(self._by_key.get, keys)):
            known.writes += 1
            for read in known.reads:
                read.outdated = read.outdated or read.flight.sent
        if groups:
            self._grouped[account] = self._grouped.get(account, 0) + 1
            for read in (read for known in self._by_key.values() for read in known.reads if read.account == account):
                read.groups |= groups if read.flight.sent else frozenset()
