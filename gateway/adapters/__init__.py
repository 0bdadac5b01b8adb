"""How the world does it: one file per product; none imports another."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from aiohttp_cache.backends import BaseCache
from typing_extensions import override

from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.names import CacheKey


class CacheFace(BaseCache):
    """aiohttp-cache's interface of a store, over the port's: the same for every product.

    `load`, `store` and `drop` are those of the entry store of each product.
    """

    @abstractmethod
    async def load(self, key: CacheKey) -> Entry | None: ...

    @abstractmethod
    async def store(self, entry: Entry) -> None: ...

    @abstractmethod
    async def drop(self, selector: Selector) -> int: ...

    @override
    async def get(self, key: str) -> Any:
        return await self.load(CacheKey(key))

    @override
    async def set(self, key: str, value: object, expires: int = 0) -> None:
        if not isinstance(value, Entry) or value.key != key:
            raise TypeError("only an Entry is kept, under its own key")
        await self.store(value)

    @override
    async def has(self, key: str) -> bool:
        return await self.load(CacheKey(key)) is not None

    @override
    async def delete(self, key: str) -> None:
        await self.drop(Selector(key=CacheKey(key)))

    @override
    async def clear(self) -> None:
        await self.drop(Selector())
