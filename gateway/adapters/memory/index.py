"""Which keys there are of each account and resource, so that a drop looks only at what it may cover."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import AccountName, CacheKey


class Index:
    """The keys of what is held, by account and resource."""

    def __init__(self) -> None:
        self._keys: dict[AccountName, dict[str, set[CacheKey]]] = {}

    def add(self, entry: Entry) -> None:
        self._keys.setdefault(entry.account, {}).setdefault(entry.resource, set()).add(entry.key)

    def remove(self, entry: Entry) -> None:
        resources = self._keys[entry.account]
        resources[entry.resource].remove(entry.key)
        if not resources[entry.resource]:
            del resources[entry.resource]

    def groups(self, selector: Selector) -> Iterator[tuple[AccountName, str, set[CacheKey]]]:
        """The accounts and resources that a selector names, with all their keys."""
        accounts = list(self._keys) if selector.account is None else [selector.account]
        for account in accounts:
            for resource, keys in self._keys.get(account, {}).items():
                if selector.resources is None or resource in selector.resources:
                    yield account, resource, keys
