"""Claims of several replicas in one process."""

from __future__ import annotations

import asyncio

from gateway.policy.names import AccountName, CacheKey


class FakeFills:
    """One replica's view of the claims in `held`, which all share; `silent` ones tell nobody."""

    def __init__(self, held: dict[CacheKey, FakeFills]) -> None:
        self.held = held
        self.silent = False
        self.looks = 0

    async def claim(self, key: CacheKey, account: AccountName, resource: str) -> str | None:
        await asyncio.sleep(0)
        return key if self.held.setdefault(key, self) is self else None

    async def release(self, claim: str) -> None:
        self.held.pop(CacheKey(claim), None)

    async def changed(self, key: CacheKey, at_most: float) -> None:
        self.looks += 1
        await asyncio.sleep(at_most)

    def die(self) -> None:
        """What it held ends, as it does after a while in the store."""
        for key in [key for key, holder in self.held.items() if holder is self]:
            del self.held[key]
