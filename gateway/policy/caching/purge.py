"""What an operator's purge drops: an account's entries, a resource's, one key's, or all.

A key is a cache key (64 hexadecimal digits) or a target, path and query. A documented target has an
entry, and the whole list of its resource may answer in its place: both go. Where callers may bring credentials of their
own, each has entries that cannot be named without it: there the whole resource goes. Any other target has one entry in
each account that all its variants hang on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.policy.caching import cachekey, choices
from gateway.policy.caching.entry import Selector
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.names import AccountName, CacheKey, Partition

_CACHE_KEY = re.compile(r"[0-9a-fA-F]{64}")

Owners = Mapping[AccountName, Partition | None]
"""Who shares what is stored of each configured account; None where callers may bring credentials of their own."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What was asked for: all conditions that are given must hold, none given means all."""

    account: AccountName | None = None
    resource: str | None = None
    key: str | None = None

    @property
    def cache_key(self) -> CacheKey | None:
        return CacheKey(self.key.lower()) if self.key is not None and _CACHE_KEY.fullmatch(self.key) else None

    @property
    def target(self) -> str | None:
        """The target that the key is, if it is one."""
        return self.key if self.key is not None and self.key.startswith("/") else None


def resource_of(purge: Purge, rows: Catalogue) -> str | None:
    """The resource whose entries go, or None for more than one."""
    return purge.resource if purge.target is None else rows.label(purge.target.partition("?")[0])


def selectors(purge: Purge, owners: Owners, rows: Catalogue) -> tuple[Selector, ...]:
    """Name what to drop. A target of another resource than the one given names nothing."""
    resources = None if purge.resource is None else frozenset({purge.resource})
    if purge.target is None:
        return (Selector(purge.account, resources, purge.cache_key),)
    resource = rows.label(purge.target.partition("?")[0])
    if purge.resource not in (None, resource):
        return ()
    accounts = owners if purge.account is None else {purge.account: owners[purge.account]}
    return tuple(
        selector
        for account, partition in accounts.items()
        for selector in _of_target(purge.target, account, partition, rows)
    )


def _of_target(target: str, account: AccountName, partition: Partition | None, rows: Catalogue) -> Iterator[Selector]:
    path, _, query = target.partition("?")
    match = rows.match(path)
    if match is None:
        yield Selector(account, key=choices.key(account, target))
    elif partition is None:
        yield Selector(account, frozenset({match.resource.name}))
    else:
        yield Selector(account, key=cachekey.document_key(partition, match, query))
        whole = Match(match.resource, None)
        yield Selector(account, key=cachekey.document_key(partition, whole, match.resource.unbounded))
